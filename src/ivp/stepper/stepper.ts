import type { DenseOutput } from '../dense/denseOutput.ts'

/** One attempt: numbers go in and out through fields, since V8 boxes the arguments and results of calls that it does not put in line. */
export interface Trial<S = number> {
  /** The size to try; negative backwards. */
  readonly h: number
  /** Set by the attempt: error norm; NaN if the candidate is not finite. */
  errorNorm: S
  /** Where the attempt led, once it is accepted. */
  readonly t: number
}

/**
 * Proposes steps; does not know tolerances' meaning, step limits or output. After `accept`, `y` is its end
 * and stays valid until the next `attempt`.
 */
export interface Stepper<V, S = number> {
  readonly t: number
  readonly y: V
  readonly tOld: number
  readonly errorOrder: number
  /** Tries a step from (t, y). */
  attempt(trial: Trial<S>): void
  /** Takes the candidate as the state at `trial.t`. */
  accept(trial: Pick<Trial, 't'>): void
  /** The interpolant of the step accepted last. */
  denseOutput(): DenseOutput<V>
}
