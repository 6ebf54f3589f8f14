import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, OdeSolver, RK45, makeErk, resume, solveIvp, type Snapshot } from '../../src/index.ts'
import type { ErkTableau, IvpResult } from '../../src/index.ts'
import { seal } from '../../src/ivp/snapshot.ts'
import { corrupted, corruption } from './snapshotCorruption.ts'
import { METHOD_NAMES, stepFor } from './everyMethod.ts'

/** Van der Pol's oscillator with a periodic force: not autonomous, changes its pace. */
const vanDerPol = (t: number, y: ArrayLike<number>): number[] => [
  y[1]!,
  3 * (1 - y[0]! ** 2) * y[1]! - y[0]! + 0.1 * Math.cos(t),
]

const throughText = (snapshot: Snapshot): Snapshot => JSON.parse(JSON.stringify(snapshot)) as Snapshot

const crossings = {
  fn: (_: number, y: ArrayLike<number>): number => y[0]!,
  terminal: 4,
  direction: 1,
}

/** A snapshot of a solve that was stopped after some steps. */
function stopped(
  options: object,
  y0: Float64Array | Float32Array = Float64Array.of(2, 0),
  maxSteps = 2,
): Snapshot {
  const all = { ...BOUND, ...options, maxSteps }
  return throughText(solveIvp(vanDerPol, [0, 1], y0 as Float64Array, all as object).failure!.snapshot!)
}

/** By either of which a snapshot is gone on from, with whatever there is. */
const WAYS_ON = [resume, OdeSolver.resume] as ReadonlyArray<(...given: unknown[]) => unknown>

/** So that some steps are left after it. */
const BOUND = { maxStep: 0.05 }

/** A snapshot with other parts and a checksum that fits. */
function sealedAnew({ checksum, ...content }: Snapshot, parts: object): Snapshot {
  assert.isString(checksum)
  return seal({ ...content, ...parts })
}

/** As it comes out of a file; undefined for what JSON does not have. */
function asJson(value: unknown): Snapshot['state'] | undefined {
  try {
    return JSON.parse(JSON.stringify(value)) as Snapshot['state']
  } catch {
    return undefined
  }
}

function errorOf(work: () => unknown): IvpInputError {
  try {
    work()
  } catch (error) {
    assert.instanceOf(error, IvpInputError)
    return error
  }
  throw new Error('was not refused')
}

const encodedZeros = (n: number): string => btoa('\0'.repeat(8 * n))

const twoStages = (c: number): ErkTableau => ({
  name: 'mine',
  order: 2,
  a: [[], [c]],
  b: [1 - 1 / (2 * c), 1 / (2 * c)],
  c: [0, c],
  error: { kind: 'none' },
  dense: { kind: 'hermite' },
})

describe('resume', () => {
  it.each(METHOD_NAMES)('%s goes on bit for bit, with events pending and tEval', (method) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (after, isSingle, withTEval, isBackward) => {
          const y0 = isSingle ? Float32Array.of(2, 0.3) : Float64Array.of(2, 0.3)
          const tSpan: [number, number] = isBackward ? [1, -1] : [0, 40]
          const tEval = isBackward ? [0.9, 0.5, -0.3, -1] : [0.5, 3, 7.25, 30]
          const options = {
            method,
            rtol: 1e-5,
            ...stepFor(method, 0.01),
            ...(withTEval ? { tEval } : { denseOutput: true }),
            events: crossings,
          }
          const taken: Snapshot[] = []
          let steps = 0
          let nBefore = 0
          const whole = solveIvp(vanDerPol, tSpan, y0, {
            ...options,
            onStep: ({ snapshot, t }) => {
              if (++steps !== after) return
              taken.push(throughText(snapshot()))
              nBefore = withTEval ? tEval.filter((at) => (isBackward ? at >= t : at <= t)).length : after + 1
            },
          })
          if (taken.length === 0) return
          const rest = resume(vanDerPol, taken[0]!, { events: crossings, denseOutput: !withTEval })
          assert.deepEqual([...rest.t], [...whole.t].slice(nBefore))
          rest.states.forEach((y, j) => assert.deepEqual(y, whole.states[nBefore + j] as never))
          assert.deepEqual(rest.tEvents![0], whole.tEvents![0]!.slice(-rest.tEvents![0]!.length || Infinity))
          assert.equal(rest.status, whole.status)
          assert.equal(rest.nfev, whole.nfev)
          assert.deepEqual([rest.nsteps, rest.nrejected], [whole.nsteps, whole.nrejected])
          if (rest.sol != null) {
            const inside = (rest.sol.tMin + rest.sol.tMax) / 2
            assert.deepEqual(rest.sol(inside), whole.sol!(inside) as never)
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('goes on after maxSteps, again and again, to the same end', () => {
    const options = { rtol: 1e-6 }
    const whole = solveIvp(vanDerPol, [0, 20], [2, 0], options)
    let part: IvpResult = solveIvp(vanDerPol, [0, 20], [2, 0], { ...options, maxSteps: 7 })
    const t = [...part.t]
    while (part.failure?.snapshot !== undefined) {
      assert.equal(part.failure.kind, 'maxSteps')
      part = resume(vanDerPol, throughText(part.failure.snapshot), { maxSteps: 7 })
      t.push(...part.t)
    }
    assert.equal(part.status, 0)
    assert.deepEqual(t, [...whole.t])
    assert.equal(part.nfev, whole.nfev)
  })

  it('takes snapshots of solver objects too, and makes one', () => {
    const solver = new RK45(vanDerPol, 0, [2, 0], 20)
    for (let i = 0; i < 5; i++) solver.step()
    const snapshot = throughText(solver.snapshot())
    const again = OdeSolver.resume(vanDerPol, snapshot)
    assert.deepEqual(again.denseOutput().at(again.t), solver.denseOutput().at(solver.t))
    while (solver.status === 'running') solver.step()
    while (again.status === 'running') again.step()
    assert.deepEqual(again.y, solver.y)
    assert.equal(again.nfev, solver.nfev)
    assert.deepEqual(resume(vanDerPol, snapshot).states.at(-1), solver.y)
  })

  it('keeps every option that decides numbers, and asks for the functions again', () => {
    const controller = { judge: () => ({ accept: true, factor: 1.1 }) }
    const { failure } = solveIvp((t, y, a: number) => [a * y[0]! + t], [0, 5], [1], {
      args: [-2],
      controller,
      firstStep: 0.1,
      maxSteps: 2,
      rtol: [1e-5],
    })
    const snapshot = throughText(failure!.snapshot!)
    const f = (t: number, y: Float64Array, a: number): number[] => [a * y[0]! + t]
    assert.throws(() => resume(f, snapshot, { args: [-2] }), IvpInputError, /`controller` was given/)
    assert.throws(() => resume(f as never, snapshot, { controller }), IvpInputError, /`args` was given/)
    assert.throws(
      () => resume(f as never, snapshot, { args: [-2], controller, rtol: 1 } as never),
      IvpInputError,
      /`rtol` is part of the snapshot/,
    )
    assert.isTrue(resume(f, snapshot, { args: [-2], controller }).success)
  })

  it('takes options that are undefined for left out: the snapshot holds them', () => {
    const snapshot = stopped({ rtol: 1e-8, maxStep: 0.5 })
    const rest = resume(vanDerPol, snapshot, {
      rtol: undefined,
      maxStep: undefined,
      maxSteps: undefined,
    } as never)
    assert.deepEqual(rest.t, resume(vanDerPol, snapshot).t)
  })

  it.each(METHOD_NAMES)('%s warns as the uninterrupted solve does', (method) => {
    const step = stepFor(method, 0.1)
    for (const options of [{}, { rtol: 1e-20 }, { minStep: 0 }, { lband: 1, uband: 1 }]) {
      const whole = solveIvp(vanDerPol, [0, 1], [2, 0], { method, ...BOUND, ...step, ...options })
      let snapshot = stopped({ method, ...step, ...options })
      snapshot = throughText(resume(vanDerPol, snapshot, { maxSteps: 1 }).failure!.snapshot!)
      assert.deepEqual(resume(vanDerPol, snapshot).warnings, whole.warnings)
    }
  })

  it('lets events begin where a solver object stands, since it watches none', () => {
    const solver = new RK45(vanDerPol, 0, [2, 0], 20)
    for (let i = 0; i < 5; i++) solver.step()
    const { t } = solver
    const rest = resume(vanDerPol, throughText(solver.snapshot()), { events: (_, y) => y[0]! })
    const whole = solveIvp(vanDerPol, [0, 20], [2, 0], { events: (_, y) => y[0]! })
    assert.deepEqual(
      rest.tEvents![0],
      whole.tEvents![0]!.filter((at) => at > t),
    )
  })

  it('takes a method object again, and no other', () => {
    const mine = makeErk(twoStages(0.5))
    const snapshot = stopped({ method: mine, step: 0.01 })
    assert.deepEqual(snapshot.needs, ['method'])
    assert.isTrue(resume(vanDerPol, snapshot, { method: makeErk(twoStages(0.5)) }).success)
    assert.throws(() => resume(vanDerPol, snapshot), IvpInputError, /`method` was given/)
    const other = makeErk(twoStages(0.75))
    assert.throws(
      () => resume(vanDerPol, snapshot, { method: other }),
      IvpInputError,
      /`method` must be what/,
    )
  })
})

describe('options that are not those of the solve', () => {
  const pattern = (diagonal: number): number[][] => [
    [diagonal, 1],
    [1, 1 - diagonal],
  ]
  const rows = (rate: number): number[][] => [
    [0, 1],
    [-1, rate],
  ]
  const g = (_: number, y: ArrayLike<number>): number => y[0]!
  const anyForm = (t: number, y: never): number[] => vanDerPol(t, y)
  const wrong: [string, object, object, RegExp][] = [
    ['events', { events: g }, { events: [g, g] }, /1 of them .* this is 2 of them/],
    ['events', { events: g }, { events: [] }, /this is 0 of them/],
    ['events', { events: crossings }, { events: g }, /terminal 4/],
    [
      'events',
      { events: crossings },
      { events: { ...crossings, direction: -1 } },
      /direction 1.*direction -1/,
    ],
    ['events', { events: crossings }, { events: null }, /was given to the solve and must be given/],
    ['events', {}, { events: g }, /was not given to the solve of this snapshot; leave it out/],
    ['args', { args: [1, 2] }, { args: [1] }, /length 2; this is a list of length 1/],
    ['args', {}, { args: [1] }, /was not given/],
    ['controller', {}, { controller: { judge: () => ({ accept: true, factor: 1 }) } }, /was not given/],
    ['inPlace', {}, { inPlace: true }, /was not given/],
    ['vectorized', {}, { vectorized: true }, /was not given/],
  ]
  const wrongOfImplicit: [string, object, object, RegExp][] = [
    ['jac', { jac: rows(1) }, { jac: rows(2) }, /3 entries, checksum .*; this is a matrix with 3 entries/],
    ['jac', { jac: rows(1) }, { jac: () => rows(1) }, /this is a function/],
    ['jac', { jac: () => rows(1) }, { jac: rows(1) }, /a function; this is a matrix/],
    ['jac', {}, { jac: rows(1) }, /was not given/],
    ['jacSparsity', { jacSparsity: pattern(0) }, { jacSparsity: pattern(1) }, /3 entries.*3 entries/],
    ['jacSparsity', { jacSparsity: pattern(0) }, { jacSparsity: pattern(0.5) }, /3 entries.*4 entries/],
    ['jacSparsity', {}, { jacSparsity: pattern(0.5) }, /was not given/],
  ]
  it.each(METHOD_NAMES)('are refused by name: %s', (method) => {
    const isImplicit = ['Radau', 'BDF', 'LSODA'].includes(method)
    const step = stepFor(method, 0.1)
    for (const [option, given, again, words] of isImplicit ? [...wrong, ...wrongOfImplicit] : wrong) {
      for (const y0 of [Float64Array.of(2, 0), Float32Array.of(2, 0)]) {
        const snapshot = stopped({ method, ...step, ...given }, y0)
        for (const goOn of WAYS_ON) {
          const error = errorOf(() => goOn(anyForm, snapshot, again))
          assert.equal(error.option, option, error.message)
          assert.match(error.message, words)
        }
        assert.equal(resume(anyForm, snapshot, given as never).status, 0)
      }
    }
  })

  it('are seen in the form of `fun`, too', () => {
    const inPlace = (t: number, y: Float64Array, dydt: Float64Array): void => dydt.set(vanDerPol(t, y))
    const { failure } = solveIvp(inPlace, [0, 1], [2, 0], { inPlace: true, maxSteps: 1 })
    const snapshot = throughText(failure!.snapshot!)
    assert.match(
      errorOf(() => resume(inPlace as never, snapshot, { inPlace: false })).message,
      /`inPlace` must be what/,
    )
    assert.isTrue(resume(inPlace, snapshot, { inPlace: true }).success)
  })

  it('may be no object at all', () => {
    for (const bad of [null, 5, 'rtol', () => 1]) {
      assert.equal(errorOf(() => resume(vanDerPol, stopped({}), bad as never)).option, 'options')
    }
    assert.equal(errorOf(() => resume(null as never, stopped({}))).option, 'fun')
  })
})

describe('a snapshot', () => {
  const good = stopped({})
  const { state, ...stateless } = good
  const { checksum, ...unsealed } = good
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  it.each<[string, unknown, RegExp]>([
    ['null', null, /must be a snapshot of this package/],
    ['a number', 5, /must be a snapshot of this package/],
    ['an empty object', {}, /must be a snapshot of this package/],
    ['a list in itself', cyclic, /must be a snapshot of this package/],
    ['of another package', { ...good, format: 'other' }, /must be a snapshot of this package/],
    [
      'of format 1',
      { ...good, format: 'solve-ivp snapshot 1' },
      /is of format 1, and this version reads format 2/,
    ],
    [
      'of format 3',
      { ...good, format: 'solve-ivp snapshot 3' },
      /is of format 3, and this version reads format 2/,
    ],
    ['that is text', JSON.stringify(good), /must be parsed first: JSON.parse\(text\)/],
    ['without a state', stateless, /was altered, cut off or mixed/],
    ['without a checksum', unsealed, /was altered, cut off or mixed/],
    ['of another time', { ...good, t: 0 }, /was altered, cut off or mixed/],
    ['with a note in it', { ...good, note: 'mine' }, /was altered, cut off or mixed/],
    ['that needs less', { ...good, needs: [1n] }, /it cannot be read/],
  ])('%s is refused in a sentence', (_, bad, words) => {
    for (const goOn of WAYS_ON) {
      const error = errorOf(() => goOn(vanDerPol, bad))
      assert.equal(error.option, 'snapshot')
      assert.match(error.message, words)
      assert.isBelow(error.message.length, 300)
    }
    assert.isString(checksum)
    assert.isObject(state)
  })

  it.each(METHOD_NAMES)(
    'of %s with a checksum made anew is opened or refused, with no other error',
    (method) => {
      const step = stepFor(method, 0.1)
      const snapshot = stopped({ method, ...step, events: crossings }, Float64Array.of(2, 0), 5)
      const elsewhere = stopped({ method, ...step, events: crossings }, Float32Array.of(2, 0), 9)
      const places = new Set<string>()
      fc.assert(
        fc.property(corruption, (how) => {
          const state = asJson({ ...(corrupted(snapshot, how, elsewhere) as Snapshot | null) }.state)
          if (state === undefined) return
          const sealed = sealedAnew(snapshot, { state })
          try {
            OdeSolver.resume(vanDerPol, sealed, { events: crossings })
          } catch (error) {
            assert.instanceOf(error, IvpInputError)
            places.add(/`([^`]*)` in its state/.exec(error.message)?.[1] ?? error.option)
          }
        }),
        { seed: 701, numRuns: 600 },
      )
      assert.isAbove(places.size, 8, [...places].join())
    },
  )

  it.each([
    ['another number of components', { y0: { $f64: encodedZeros(3) } }, 'solve.integrator'],
    ['another precision', { y0: { $f32: btoa('\0'.repeat(8)) } }, 'solve.integrator'],
    ['no initial state', { y0: { length: 1e9 } }, 'y0'],
    ['an interval with one end', { tSpan: [0] }, 'tSpan'],
    ['no solve', { solve: null }, 'solve'],
    ['no traits', { traits: 5, options: 5 }, 'solve.integrator'],
    ['no warnings', { warnings: 5 }, 'warnings'],
    ['a tolerance below zero', { options: { rtol: -1 } }, 'rtol'],
  ])('with %s and a checksum made anew is refused', (_, part, where) => {
    const snapshot = stopped({ method: 'RK4', step: 0.1 })
    const state = { ...(snapshot.state as object), ...part }
    const error = errorOf(() => resume(vanDerPol, sealedAnew(snapshot, { state })))
    assert.equal(error.option, 'snapshot')
    assert.include(error.message, `\`${where}`)
  })
})
