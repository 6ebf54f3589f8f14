import { readFileSync } from 'node:fs'
import { assert, describe, it } from 'vitest'
import { gradientFindings, memoryFindings, solverFindings } from '../../src/model/comparison/findings.ts'
import { nameOf, optionsOfRole, type ComparisonPlan } from '../../src/model/comparison/plan.ts'
import type { Studies } from '../../src/model/comparison/studyFiles.ts'
import { comparisonOf, type Comparison } from '../../src/model/comparison/table.ts'
import type { EvalRecord, RunRecord, StepRecord } from '../../src/model/runRecord.ts'
import { gradientSentences } from '../../src/model/report/comparison/studySections.ts'
import { Sourced } from '../../src/model/report/comparison/sourced.ts'
import type { CertificateStudy } from '../../src/model/study/certificateStudy.ts'
import type { SolverRow } from '../../src/model/study/solverStudy.ts'
import { evalRecord, stepRecord } from '../plot/trainingRun.ts'
import { options } from './study/smallNet.ts'

const members = (['adjoint', 'stem'] as const).map((role) => {
  const own = optionsOfRole(role, options)
  return { ...nameOf(own), net: own.net, folder: role, isGiven: false, options: own }
})
const plan = { trainImages: 64, members } as unknown as ComparisonPlan

const row = (changes: Partial<SolverRow>): SolverRow => ({
  method: 'RK45',
  steps: null,
  tolerance: 0.1,
  firstStep: 0,
  accuracy: 0.9,
  loss: 0.3,
  evaluations: 8,
  agreement: 1,
  distance: 0.01,
  warnings: [],
  failure: null,
  ...changes,
})

const studies = (changes: Studies['byMember'] = {}): Studies => ({
  byMember: changes,
  memory: { images: 4, steps: [], members: [{ member: 'stem', images: 16, tensorBytes: 5, residentBefore: 6, residentPeak: 7 }] }, // prettier-ignore
})

describe('a comparison', () => {
  it('tells of each net what its run and the studies say, and what it has beyond the stem', () => {
    const runs: Record<string, { records: RunRecord[]; parameters: number }> = {
      adjoint: {
        parameters: 10,
        records: [
          stepRecord({ images: 32, nfeForward: 10, nfeBackward: 20, imagesPerSecond: 5 }),
          stepRecord({ images: 64, nfeForward: 12, nfeBackward: 22, imagesPerSecond: 7, seconds: 9 }),
          evalRecord({ accuracy: 0.5 }),
          evalRecord({ accuracy: 0.75, loss: 0.8 }),
          // Of the baseline in the same folder
          stepRecord({ net: 'stem', images: 6400 }),
        ] as (StepRecord | EvalRecord)[],
      },
      stem: { parameters: 4, records: [evalRecord({ net: 'stem', accuracy: 0.5 }) as EvalRecord] },
    }
    const [adjoint, stem] = comparisonOf(plan, runs, studies()).members
    assert.deepInclude(adjoint, { middle: 'RK45 at tolerance 0.05', epochs: 1, testAccuracy: 0.75, testLoss: 0.8, overStem: 25, trainSeconds: 9, evaluationsForward: 11, evaluationsBackward: 21, tensorBytes: null }) // prettier-ignore
    assert.deepInclude(stem, { middle: null, overStem: null, evaluationsForward: null, tensorBytes: 5, residentPeak: 7, memoryImages: 16 }) // prettier-ignore
  })

  it.each([
    [1, 'ode'],
    [0.97, 'nearly'],
    [0.5, 'discretisation'],
  ] as const)('calls a net that keeps %f of its classes when solved exactly: %s', (agreement, verdict) => {
    const solvers = {
      images: 20,
      reference: row({ accuracy: 0.8 }),
      tolerances: [],
      solvers: [row({ agreement }), row({ method: 'Euler', steps: 1, accuracy: 0.4 })],
    }
    const [finding] = solverFindings(plan, studies({ adjoint: { solvers } }))
    assert.deepInclude(finding, {
      member: 'adjoint',
      agreement,
      verdict,
      trained: 0.9,
      exact: 0.8,
      oneEulerStep: 0.4,
    })
    assert.closeTo(finding!.gain, -10, 1e-9)
  })

  it('has no finding on solvers where the exact solve failed', () => {
    const failed = row({
      accuracy: null,
      agreement: null,
      distance: null,
      failure: 'The step became too small.',
    })
    const solvers = { images: 20, reference: failed, tolerances: [], solvers: [row({})] }
    assert.isEmpty(solverFindings(plan, studies({ adjoint: { solvers } })))
  })

  it('counts certificates that hold, and says of those apart how far gradients are from the exact ones', () => {
    const one = {
      step: 0,
      epoch: 0,
      batch: 0,
      reconstruction: 1,
      difference: 0.1,
      isTrusted: true,
      fromExact: 0.2,
    }
    const rows = [
      one,
      { ...one, isTrusted: false, fromExact: 0.79 },
      { ...one, fromExact: 0.3 },
      { ...one, difference: null, isTrusted: null, fromExact: 0.4 },
      { ...one, fromExact: 0.25 },
    ]
    const certificates = { certified: 'adjoint', imagesPerBatch: 4, bounds: { reconstruction: 1000, agreement: 0.5 }, rows } as const // prettier-ignore
    assert.deepEqual(gradientFindings(plan, studies({ adjoint: { certificates } })), [
      {
        member: 'adjoint',
        checked: 5,
        trusted: 3,
        unknown: 1,
        bound: 0.5,
        worstTrusted: 0.3,
        worstOther: 0.79,
      },
    ])
    const all = gradientFindings(
      plan,
      studies({ adjoint: { certificates: { ...certificates, rows: [one] } } }),
    )
    assert.deepInclude(all[0], { trusted: 1, worstTrusted: 0.2, worstOther: null })
    const none = [{ ...one, isTrusted: false }]
    assert.deepInclude(
      gradientFindings(plan, studies({ adjoint: { certificates: { ...certificates, rows: none } } }))[0],
      { trusted: 0, worstTrusted: null, worstOther: 0.2 },
    )
  })

  it('does not say of gradients that are 0.79 off that their certificates hold', () => {
    const folder = new URL('../../results/mnist-compare/', import.meta.url)
    const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
    const comparison = read<Comparison>('comparison.json')
    const certificates = read<CertificateStudy>('studies/adjoint-certificates.json')
    const study = studies({ adjoint: { certificates } })
    const [finding] = gradientFindings(plan, study)
    assert.deepEqual(comparison.findings.gradients[0], finding)
    const sourced = new Sourced({ 'comparison.json': comparison })
    const parts = { comparison: { findings: { gradients: [finding] } }, plan, studies: study, sourced }
    const sentence = gradientSentences({ ...parts, name: (id: string) => id } as never).replaceAll(
      /<[^>]+>/g,
      '',
    )
    assert.match(
      sentence,
      /^adjoint: \d of 4 gradients have a certificate that holds, which asks for 0\.\d+ at most/,
    )
    assert.match(
      sentence,
      /certified one(s)? is 0\.36 off, the (worst of the )?other one(s)? is 0\.79 off\.$/,
    )
  })

  it('says how many times as much memory most steps take as fewest', () => {
    const at = (steps: number, tensorBytes: number) =>
      ({ gradient: 'autodiff', steps, tensorBytes, residentBefore: 0, residentPeak: 0 }) as const
    const steps = [at(8, 400), at(2, 100), at(4, 200)]
    assert.deepEqual(memoryFindings({ images: 1, steps, members: [] }), [
      { gradient: 'autodiff', fewest: 2, most: 8, growth: 4 },
    ])
  })
})

describe('Sourced', () => {
  const sourced = new Sourced({ 'a.json': { x: [{ 'b/c': 0.25, none: null, evil: '<b>' }] } })

  it('shows a number with its place, a dash for null, and escapes', () => {
    const shown = sourced.number('a.json', ['x', 0, 'b/c'], (n) => `${100 * n} %`)
    assert.include(shown, 'value="0.25" data-from="a.json#/x/0/b~1c"')
    assert.include(shown, '>25 %</data>')
    assert.equal(sourced.number('a.json', ['x', 0, 'none'], String), '–')
    assert.include(sourced.text('a.json', ['x', 0, 'evil']), '&lt;b&gt;')
  })

  it('refuses what is in no file', () => {
    assert.throws(() => sourced.number('a.json', ['x', 1], String), /a\.json#\/x\/1 does not exist/)
    assert.throws(() => sourced.number('b.json', [], String), /b\.json# does not exist/)
    assert.throws(() => sourced.number('a.json', ['x'], String), /is no number/)
  })
})
