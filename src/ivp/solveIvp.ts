import type { IvpResult } from './ivpResult.ts'
import type { IvpOptions } from './options.ts'
import { beginSolve } from './resume.ts'
import type { Flag, RightHandSide } from './rightHandSide.ts'
import type { DenseOf, EventTimesOf, Seen } from './seenOptions.ts'
import type { InitialState, StateOf } from './stateTypes.ts'

/**
 * Solves the initial value problem y' = f(t, y), y(t0) = y0, from t0 to t1, as `scipy.integrate.solve_ivp` does.
 *
 * @param fun - `(t, y, ...args) => dydt`, or with `inPlace` `(t, y, dydt, ...args) => void`. y has length n and is a view of the solver's memory,
 * valid during the call only and not to be written to: take `y.slice()` before it is changed, kept, cloned or sent, since `structuredClone` and
 * `postMessage` copy `y.buffer`, which may be all memory of all small solves (4 MiB). An entry of dydt that is not written counts as 0
 * @param tSpan - [t0, t1]; t0 finite, t1 may be infinite and may lie before t0
 * @param y0 - state of length n; its element type is that of every state (number[] counts as float64)
 * @returns the result; a solve that fails has status -1, `failure`, and everything computed so far
 * @throws IvpInputError before the first call of `fun`, or where a callback returns what it must not; what `fun` throws passes through untouched
 * @example
 * const { t, y } = solveIvp((t, y) => [-0.5 * y[0]], [0, 10], [2], { rtol: 1e-6 })
 */
export function solveIvp<
  const Y extends InitialState,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
  O = object,
>(
  fun: RightHandSide<StateOf<Y>, A, P, W>,
  tSpan: readonly [number, number],
  y0: Y,
  options: IvpOptions<StateOf<Y>, A, P, W> & Seen<O> = {} as never,
): IvpResult<StateOf<Y>, DenseOf<O>, EventTimesOf<O>> {
  return beginSolve(fun as never, tSpan, y0, options as never) as never
}
