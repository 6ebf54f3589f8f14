import { assert, describe, expect, it } from 'vitest'
import { IvpInputError } from '../../src/index.ts'
import { compareExplicit, compareImplicit, compareLsoda, near, type Measured } from './compare.ts'
import { conformanceTable } from './conformanceTable.ts'
import { cases, decode, problems, type CorpusCase } from './corpus.ts'
import { runCase } from './scipyCase.ts'

/** Complex states are out: double the state instead. */
const mine = cases.filter((c) => c.category !== 'complex')

const COMPARE: Record<string, (c: CorpusCase) => Measured> = {
  explicit: compareExplicit,
  implicit: compareImplicit,
  lsoda: compareLsoda,
}

const measured = new Map<CorpusCase, Measured>()

describe('scipy corpus', () => {
  it('is complete', () => {
    assert.equal(mine.length, 574)
  })
  it.each(mine.filter((c) => c.compare.class === 'reject'))('rejects $id before any call', (c) => {
    const original = problems[c.problem]!.f
    let calls = 0
    problems[c.problem] = { ...problems[c.problem]!, f: (...rest) => (calls++, original(...rest)) }
    try {
      runCase(c)
      assert.fail('was accepted')
    } catch (error) {
      assert.instanceOf(error, IvpInputError)
      assert.isAbove(error.option.length * error.received.length * error.expected.length, 0)
      assert.equal(calls, 0)
    } finally {
      problems[c.problem] = { ...problems[c.problem]!, f: original }
    }
  })
  it.each(mine.filter((c) => c.category === 'failure'))('fails as scipy does: $id', (c) => {
    const { result } = runCase(c)
    const { expected } = c
    assert.equal(result.status, -1)
    assert.equal(result.message, expected.message)
    assert.isDefined(result.failure)
    near('end time', result.t.at(-1)!, expected.t.at(-1)!, 1e-3)
    near('nfev', result.nfev, expected.nfev, 0.3 * expected.nfev)
    if (c.compare.class !== 'explicit') return
    for (let j = 0; j < expected.nt / 3; j++) near(`t[${j}]`, result.t[j]!, expected.t[j]!, 1e-6)
    const columnOf = expected.y_idx ?? expected.t.map((_, j) => j)
    columnOf.forEach((j, q) => {
      if (j < expected.nt / 3) {
        expected.y.forEach((row, i) => {
          const theirs = decode(row[q])
          near(`y[${i}][${j}]`, result.y[i]![j]!, theirs, 1e-4 * Math.max(1, Math.abs(theirs)))
        })
      }
    })
  })
  it.each(mine.filter((c) => c.compare.class in COMPARE && c.category !== 'failure'))(
    'agrees with scipy: $id',
    (c) => void measured.set(c, COMPARE[c.compare.class]!(c)),
  )
  it('is what docs/conformance.md says (vitest -u writes it)', async () => {
    await expect(conformanceTable(mine, measured)).toMatchFileSnapshot('../../docs/conformance.md')
  })
})
