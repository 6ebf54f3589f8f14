import type { OdeSolution } from './dense/odeSolution.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import type { EventTimes } from './seenOptions.ts'
import type { RowsOf } from './stateTypes.ts'

/** Why a solve ended early; 'lostState' is of gradients only: the state solved backwards is not that of the forward solve. */
export type FailureKind =
  | 'stepTooSmall'
  | 'nonFinite'
  | 'maxSteps'
  | 'wrongLength'
  | 'singular'
  | 'noConvergence'
  | 'aborted'
  | 'lostState'

/** Why a solve ended early, and what can be done. */
export interface IvpFailure {
  /** The cause, for programs; `advice` is for people. */
  readonly kind: FailureKind
  /** Time up to which the solution is good. */
  readonly t: number
  /** Index of the component with the largest scaled error, or the first that is not finite. */
  readonly component?: number
  /** What the caller can do about it. */
  readonly advice: string
  /** Where the solve stands, for `resume`; present when it was ended from outside (aborted, maxSteps). */
  readonly snapshot?: Snapshot
}

/**
 * What every result holds; names and meanings follow `scipy.integrate.solve_ivp`. V is the type of the states, D whether there is a `sol`, T the type of
 * `tEvents`.
 */
export interface IvpResultFields<V extends FloatArray, D, T> {
  /** Times of the states: of every step, or those of `tEval`; with `save: 'last'` the end only. */
  readonly t: Float64Array
  /** Component-major rows: `y[i][j]` is component i at `t[j]`. Built from `states` on first use. */
  readonly y: RowsOf<V>
  /** ★ Time-major: `states[j]` is the whole state at `t[j]`, shape (n); the storage itself. */
  readonly states: ReadonlyArray<V>
  /**
   * ★ Time where the solve ended, whatever of it was kept: with `tEval` the last entry of `t` may lie before.
   */
  readonly tEnd: number
  /** ★ The whole state at `tEnd`, shape (n); the same array as the last of `states` where that is kept. */
  readonly yEnd: V
  /** The solution at any time: `sol(0.5)` is a state, `sol([0.5, 0.6])` are rows as in `y`. Null without `denseOutput: true`. */
  readonly sol: D extends true ? OdeSolution<V, RowsOf<V>> : null
  /** Times of each event, `tEvents[event][occurrence]`; null without events. */
  readonly tEvents: T
  /** States at each event, `yEvents[event][occurrence]` of shape (n); null without events. */
  readonly yEvents: T extends null ? null : { readonly [K in keyof T]: ReadonlyArray<V> }
  /** Evaluations of `fun`; as in scipy without those for Jacobians by finite differences. */
  readonly nfev: number
  /** Evaluations of the Jacobian; 0 for explicit methods. */
  readonly njev: number
  /** LU decompositions; 0 for explicit methods. */
  readonly nlu: number
  /** ★ Steps accepted, whatever of them was kept. */
  readonly nsteps: number
  /** ★ Attempts of a step that were not accepted: the error was too large, or an implicit method's iteration did not converge. */
  readonly nrejected: number
  /** Why the solve ended, in scipy's words where it has some. */
  readonly message: string
  /** ★ What the caller should know but did not ask for; nothing prints by itself. */
  readonly warnings: ReadonlyArray<string>
}

/** The result of a solve that reached its end, or a terminal event. */
export interface SuccessfulIvpResult<V extends FloatArray, D, T> extends IvpResultFields<V, D, T> {
  /** True: the end was reached, or a terminal event occurred. False: the solve failed, and `failure` says why. */
  readonly success: true
  /** 0: reached the end; 1: a terminal event occurred; -1: failed. */
  readonly status: 0 | 1
  /** ★ Why the solve failed; only there when `success` is false. */
  readonly failure?: undefined
}

/** The result of a solve that failed: everything computed so far, and why. */
export interface FailedIvpResult<V extends FloatArray, D, T> extends IvpResultFields<V, D, T> {
  /** True: the end was reached, or a terminal event occurred. False: the solve failed, and `failure` says why. */
  readonly success: false
  /** 0: reached the end; 1: a terminal event occurred; -1: failed. */
  readonly status: -1
  /** ★ Why the solve failed; only there when `success` is false. */
  readonly failure: IvpFailure
}

/**
 * What `solveIvp` returns; names and meanings follow `scipy.integrate.solve_ivp`. `success` tells whether there is a `failure`, to the compiler too.
 *
 * V is the type of the states, D whether there is a `sol`, T the type of `tEvents`: `IvpResult` alone is the type of any result.
 */
export type IvpResult<V extends FloatArray = FloatArray, D = boolean, T = EventTimes> =
  SuccessfulIvpResult<V, D, T> | FailedIvpResult<V, D, T>
