import { assert, describe, it } from 'vitest'
import { IvpInputError } from '../../src/index.ts'
import { cases, decode, problems, type CorpusCase } from './corpus.ts'
import { runCase } from './scipyCase.ts'

/** Methods that are built; the others' cases join as they come. Complex states are out (api). */
const METHODS = new Set(['RK45', 'RK99'])
const mine = cases.filter((c) => METHODS.has(c.method) && c.category !== 'complex')

const near = (label: string, ours: number, theirs: number, tolerance: number): void => {
  assert.isAtMost(Math.abs(ours - theirs), tolerance, `${label}: ${ours} against scipy's ${theirs}`)
}

describe('scipy corpus', () => {
  it('holds the RK45 cases', () => {
    assert.isAtLeast(mine.length, 110)
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
  it.each(mine.filter((c) => c.compare.class === 'explicit' && c.category !== 'failure'))(
    'takes the steps of scipy: $id',
    (c) => compareExplicit(c),
  )
})

function compareExplicit(c: CorpusCase): void {
  const { result, calls } = runCase(c)
  const { expected, compare } = c
  assert.equal(result.nfev, calls, 'nfev is the number of calls')
  assert.equal(result.status, expected.status)
  assert.equal(result.message, expected.message)
  assert.equal(result.success, expected.success)
  assert.isTrue(compare.exact, 'every RK45 case is exact')
  assert.equal(result.nfev, expected.nfev, 'nfev')
  assert.equal(result.t.length, expected.nt, 'mesh points')
  const t0 = decode(c.t_span[0])
  expected.t.forEach((t, j) => {
    near(`t[${j}]`, result.t[j]!, t, compare.t_tol * Math.max(Math.abs(t), Math.abs(t - t0)))
  })
  const columnOf = expected.y_idx ?? expected.t.map((_, j) => j)
  expected.y.forEach((row, i) => {
    const values = row.map(decode)
    const floor = 1e-3 * Math.max(...values.map(Math.abs))
    values.forEach((theirs, q) => {
      const j = columnOf[q]!
      near(`y[${i}][${j}]`, result.y[i]![j]!, theirs, compare.y_tol * Math.max(Math.abs(theirs), floor))
    })
  })
  if (compare.ref_end !== undefined && compare.max_err_end !== undefined) compareEnd(c, result.states.at(-1)!)
  assert.equal(result.tEvents === null, expected.t_events === null)
  expected.t_events?.forEach((times, e) => {
    assert.equal(result.tEvents![e]!.length, times.length, `occurrences of event ${e}`)
    times.forEach((t, o) => {
      near(`tEvents[${e}][${o}]`, result.tEvents![e]![o]!, t, compare.te_tol * Math.max(Math.abs(t), 1))
      expected.y_events![e]![o]!.forEach((y, i) => {
        near(
          `yEvents[${e}][${o}][${i}]`,
          result.yEvents![e]![o]![i]!,
          y,
          compare.ye_tol * Math.max(Math.abs(y), 1),
        )
      })
    })
  })
  if (expected.sol) {
    const { ts, ys } = expected.sol
    const rows = result.sol!(ts)
    const tolerance = Math.max(compare.sol_tol, compare.y_tol)
    ys.forEach((row, i) => {
      const values = row.map(decode)
      const floor = 1e-3 * Math.max(...values.map(Math.abs))
      values.forEach((theirs, q) => {
        near(`sol(${ts[q]})[${i}]`, rows[i]![q]!, theirs, tolerance * Math.max(Math.abs(theirs), floor))
        assert.equal(result.sol!(ts[q]!)[i], rows[i]![q], 'one time and many agree')
      })
    })
  }
}

function compareEnd(c: CorpusCase, end: ArrayLike<number>): void {
  const at = (value: unknown, i: number, fallback: number): number =>
    value === undefined ? fallback : Array.isArray(value) ? decode(value[i]) : decode(value)
  c.compare.ref_end!.forEach((reference, i) => {
    const rtol = Math.max(at(c.options['rtol'], i, 1e-3), 100 * Number.EPSILON)
    const unit = at(c.options['atol'], i, 1e-6) + rtol * Math.abs(reference)
    near(`end[${i}]`, end[i]!, reference, c.compare.max_err_end! * unit)
  })
}
