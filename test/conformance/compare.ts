/** What each class of cases demands (FORMAT.md). */
import { assert } from 'vitest'
import type { IvpResult } from '../../src/index.ts'
import { decode, type CorpusCase } from './corpus.ts'
import { runCase } from './scipyCase.ts'

/** What a comparison measured, for the table of the docs. */
export interface Measured {
  readonly nfev: number
  readonly scipyNfev: number
  /** Error of the end state against the reference, in tolerances; NaN without a reference. */
  readonly units: number
}

export function near(label: string, ours: number, theirs: number, tolerance: number): void {
  assert.isAtMost(Math.abs(ours - theirs), tolerance, `${label}: ${ours} against scipy's ${theirs}`)
}

/** RK23, RK45, DOP853: the steps of scipy. */
export function compareExplicit(c: CorpusCase): Measured {
  const { result, calls } = runCase(c)
  const { expected, compare } = c
  assert.equal(result.nfev, calls, 'nfev is the number of calls')
  assert.equal(result.status, expected.status)
  assert.equal(result.message, expected.message)
  assert.equal(result.success, expected.success)
  if (!compare.exact) {
    near('nfev', result.nfev, expected.nfev, compare.nfev_rel! * expected.nfev)
    return measure(c, result)
  }
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
  return measure(c, result)
}

/** Radau and BDF: the work of scipy within the stated bounds, and the accuracy that the tolerances ask for. */
export function compareImplicit(c: CorpusCase): Measured {
  const { result } = runCase(c)
  const { expected, compare } = c
  compareStatus(c, result)
  near('nfev', result.nfev, expected.nfev, Math.max(compare.nfev_rel! * expected.nfev, 3))
  near('njev', result.njev, expected.njev, compare.njev_abs!)
  near('nlu', result.nlu, expected.nlu, Math.max(compare.nlu_abs!, 0.05 * expected.nlu))
  const last = expected.y_idx === undefined ? expected.nt - 1 : expected.y_idx.indexOf(expected.nt - 1)
  expected.y.forEach((row, i) => {
    const theirs = decode(row[last])
    near(`end[${i}]`, result.states.at(-1)![i]!, theirs, compare.end_units! * unitOf(c, i, theirs))
  })
  compareAccuracy(c, result)
  return measure(c, result)
}

/**
 * LSODA: the accuracy that the tolerances ask for; and scipy's steps, Jacobians and factorizations, unless the Jacobian comes from
 * finite differences (ours adapt their increments, ODEPACK's do not).
 */
export function compareLsoda(c: CorpusCase): Measured {
  const { result, calls } = runCase(c)
  const { expected, compare } = c
  compareStatus(c, result)
  assert.equal(result.nfev, calls, 'nfev is the number of calls')
  if (c.options['jac'] === 'analytic' || expected.njev === 0) {
    assert.equal(result.t.length, expected.nt, 'mesh points')
    assert.equal(result.njev, expected.njev, 'njev')
    assert.equal(result.nlu, expected.nlu, 'nlu')
    assert.equal(result.nfev, expected.nfev, 'nfev')
    expected.t.forEach((t, j) => near(`t[${j}]`, result.t[j]!, t, 1e-6 * Math.abs(t)))
  } else {
    near('nfev', result.nfev, expected.nfev, Math.max(0.1 * expected.nfev, 5))
    assert.isAtMost(result.njev, expected.njev + compare.njev_abs!, 'njev')
  }
  compareAccuracy(c, result)
  return measure(c, result)
}

function compareStatus({ expected }: CorpusCase, result: IvpResult): void {
  assert.equal(result.status, expected.status)
  assert.equal(result.message, expected.message)
  assert.equal(result.success, expected.success)
}

function compareAccuracy(c: CorpusCase, result: IvpResult): void {
  const { expected, compare } = c
  compare.ref_t_eval?.forEach((row, i) => {
    assert.deepEqual([...result.t], expected.t, 'times of t_eval')
    row.forEach((reference, j) => {
      const limit = compare.max_err_t_eval! * unitOf(c, i, decode(reference))
      near(`y[${i}][${j}]`, result.y[i]![j]!, decode(reference), limit)
    })
  })
  compare.ref_sol?.forEach((row, i) => {
    row.forEach((reference, q) => {
      const t = expected.sol!.ts[compare.sol_idx![q]!]!
      const limit = compare.max_err_sol! * unitOf(c, i, decode(reference))
      near(`sol(${t})[${i}]`, result.sol!(t)[i]!, decode(reference), limit)
    })
  })
  assert.equal(result.tEvents === null, expected.t_events === null)
  expected.t_events?.forEach((times, e) => {
    assert.equal(result.tEvents![e]!.length, times.length, `occurrences of event ${e}`)
    times.forEach((t, o) => {
      const reference = compare.ref_t_events?.[e]?.[o] ?? t
      near(`tEvents[${e}][${o}]`, result.tEvents![e]![o]!, reference, compare.te_abs!)
      expected.y_events![e]![o]!.forEach((y, i) => {
        const ours = result.yEvents![e]![o]![i]!
        near(`yEvents[${e}][${o}][${i}]`, ours, y, compare.ye_rel! * Math.max(Math.abs(y), 1))
      })
    })
  })
}

/** One tolerance of component i at the value y: atol + rtol |y|. */
function unitOf(c: CorpusCase, i: number, y: number): number {
  const at = (value: unknown, fallback: number): number =>
    value === undefined ? fallback : Array.isArray(value) ? decode(value[i]) : decode(value)
  const rtol = Math.max(at(c.options['rtol'], 1e-3), 100 * Number.EPSILON)
  return at(c.options['atol'], 1e-6) + rtol * Math.abs(y)
}

/** Counts, and the error at the end, which must stay within its limit. */
function measure(c: CorpusCase, result: IvpResult): Measured {
  const { ref_end, max_err_end } = c.compare
  const end = result.states.at(-1)
  let units = NaN
  if (ref_end !== undefined && max_err_end !== undefined && end !== undefined) {
    units = Math.max(...ref_end.map((y, i) => Math.abs(end[i]! - y) / unitOf(c, i, y)))
    assert.isAtMost(units, max_err_end, 'error at the end, in tolerances')
  }
  return { nfev: result.nfev, scipyNfev: c.expected.nfev, units }
}
