import type { OdeSolution } from './dense/odeSolution.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** Why a solve ended early. */
export type FailureKind =
  'stepTooSmall' | 'nonFinite' | 'maxSteps' | 'wrongLength' | 'singular' | 'noConvergence' | 'aborted'

export interface IvpFailure {
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

/** What `solveIvp` returns; names and meanings follow `scipy.integrate.solve_ivp`. */
export interface IvpResult<V extends FloatArray = FloatArray> {
  readonly t: Float64Array
  /** Component-major rows: `y[i][j]` is component i at `t[j]`. Built from `states` on first use. */
  readonly y: ReadonlyArray<V>
  /** Time-major: `states[j]` is the whole state at `t[j]`; the storage itself. */
  readonly states: ReadonlyArray<V>
  /**
   * ★ Time where the solve ended, whatever of it was kept: with `tEval` the last entry of `t` may lie before.
   */
  readonly tEnd: number
  /** ★ The whole state at `tEnd`, shape (n); the same array as the last of `states` where that is kept. */
  readonly yEnd: V
  readonly sol: OdeSolution<V> | null
  /** Times of each event; null without events. */
  readonly tEvents: ReadonlyArray<Float64Array> | null
  /** States at each event: `yEvents[event][occurrence]`; null without events. */
  readonly yEvents: ReadonlyArray<ReadonlyArray<V>> | null
  readonly nfev: number
  readonly njev: number
  readonly nlu: number
  /** ★ Steps accepted, whatever of them was kept. */
  readonly nsteps: number
  /** ★ Attempts of a step that were not accepted: the error was too large, or an implicit method's iteration did not converge. */
  readonly nrejected: number
  /** 0: reached the end; 1: a terminal event occurred; -1: failed. */
  readonly status: 0 | 1 | -1
  readonly message: string
  readonly success: boolean
  /** What the caller should know but did not ask for; nothing prints by itself. */
  readonly warnings: ReadonlyArray<string>
  /** Present when status is -1. */
  readonly failure?: IvpFailure
}
