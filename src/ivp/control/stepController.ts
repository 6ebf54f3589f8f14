/** What a controller says about an attempted step. */
export interface Verdict {
  /** Whether the step is taken; if not, it is attempted again. */
  readonly accept: boolean
  /** Multiplies the step size for the next attempt: positive and finite; below 1 with a rejection. */
  readonly factor: number
}

/** An attempted step in numbers. */
export interface JudgedAttempt {
  /** Error of the attempt in units of the tolerance; may be NaN. */
  readonly errorNorm: number
  /** Order of the embedded solution. */
  readonly errorOrder: number
  /** Whether an attempt at this same step failed before. */
  readonly wasRejected: boolean
}

/** Sees numbers only: no state vector, no right-hand side. Hence one test covers every space. */
export interface StepController {
  /**
   * Judges one attempt. Attempt and verdict are read at once and not kept: both may be the same objects every time, so that nothing is
   * allocated.
   */
  judge(attempt: JudgedAttempt): Verdict
}
