/** What a controller says about an attempted step. */
export interface Verdict {
  readonly accept: boolean
  /** Multiplies the step size for the next attempt. */
  readonly factor: number
}

/** Sees numbers only: no state vector, no right-hand side. Hence one test covers every space. */
export interface StepController {
  /**
   * Judges one attempt. The verdict is read at once and not kept: a controller may return the same object every time.
   * @param errorNorm - error of the attempt in units of the tolerance; may be NaN
   * @param errorOrder - order of the embedded solution
   * @param wasRejected - whether an attempt at this same step failed before
   */
  judge(errorNorm: number, errorOrder: number, wasRejected: boolean): Verdict
}
