import { IvpInputError } from '../errors.ts'
import { toRows } from '../output/rows.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import type { DenseOutput } from './denseOutput.ts'

/** The solution as a function of time: callable with one time (gives a state) or many (gives component-major rows, of type R). */
export interface OdeSolution<V extends FloatArray = FloatArray, R = V[]> {
  /** The state at time t, shape (n), in a new array; outside the span the first or last step is extrapolated. */
  (t: number): V
  /** The states at many times, in any order, as rows: component i at `t[j]` is `rows[i][j]`. */
  (t: ArrayLike<number>): R
  /** Breakpoints, in the order of integration. */
  readonly ts: Float64Array
  /** The solution within each step: between `ts[j]` and `ts[j + 1]`. */
  readonly interpolants: ReadonlyArray<DenseOutput<V>>
  /** The least of the breakpoints. */
  readonly tMin: number
  /** The greatest of the breakpoints. */
  readonly tMax: number
}

/**
 * Joins the interpolants of successive steps. At a breakpoint the earlier step (in the order of integration) answers; outside the
 * span the first and last interpolants extrapolate.
 * @param ts - breakpoints, one more than interpolants, strictly monotone (or two equal ones). One alone, of a solve that took no step: then every call
 *   is refused
 */
export function makeOdeSolution<V extends FloatArray>(
  ts: Float64Array,
  interpolants: ReadonlyArray<DenseOutput<V>>,
): OdeSolution<V> {
  const isAscending = ts[ts.length - 1]! >= ts[0]!
  const direction = isAscending ? 1 : -1
  /** Index of the step that answers for t: the number of inner breakpoints strictly before t. */
  const segmentOf = (t: number): number => {
    let low = 0
    let high = interpolants.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (direction * (t - ts[middle + 1]!) > 0) low = middle + 1
      else high = middle
    }
    return low
  }
  const stateAt =
    interpolants.length === 0 ? withoutStep : (t: number): V => interpolants[segmentOf(t)]!.at(t)
  const call = (t: number | ArrayLike<number>): V | V[] =>
    typeof t === 'number' ? stateAt(t) : toRows(Array.from(t, stateAt))
  return Object.assign(call as { (t: number): V; (t: ArrayLike<number>): V[] }, {
    ts,
    interpolants,
    tMin: isAscending ? ts[0]! : ts[ts.length - 1]!,
    tMax: isAscending ? ts[ts.length - 1]! : ts[0]!,
  })
}

function withoutStep(t: number): never {
  throw new IvpInputError(
    'sol',
    t,
    'has no step to answer from, since none was taken: look at `success` and `failure`',
  )
}
