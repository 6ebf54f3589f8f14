import type { DenseOutput } from './dense/denseOutput.ts'
import type { FailureKind } from './ivpResult.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** What a snapshot is made of before it is encoded: numbers may be NaN or infinite, arrays keep their element type. */
export type Saved =
  | number
  | boolean
  | string
  | null
  | FloatArray
  | Int32Array
  | ReadonlyArray<Saved>
  | { readonly [name: string]: Saved }

/** Why a method could not take its next step. */
export interface StepFailure {
  readonly kind: FailureKind
  readonly message: string
  readonly component?: number
  /** What the caller can do about it. */
  readonly advice: string
}

/**
 * One method at work on one problem. Constructing it allocates and calls nothing; then comes either `start` or `load`,
 * then `step` as long as `status` is 'running'.
 *
 * `y` is a view of the end of the step accepted last; it stays valid until the next `step`.
 */
export interface Integrator<V> {
  readonly t: number
  readonly y: V
  readonly tOld: number
  /** The state at `tOld`, where interpolants may be asked for; valid until the next `step`. */
  readonly yOld: V
  readonly status: 'running' | 'finished' | 'failed'
  /** Present when `status` is 'failed'. */
  readonly failure: StepFailure | null
  /** Evaluations of the Jacobian and factorizations of matrices; 0 for explicit methods. */
  readonly njev: number
  readonly nlu: number
  /** Attempts of a step that were not accepted: the error was too large, or the corrector did not converge. */
  readonly nrejected: number
  /** First evaluation of the right-hand side and choice of the first step size. A non-finite f(t0, y0) fails here. */
  start(): void
  /** Takes one accepted step of a size that the method chooses, clipped to the end of the interval; or fails. */
  step(): void
  /** The interpolant of the step accepted last; independent of later steps. */
  denseOutput(): DenseOutput<V>
  /** Gives pooled storage back after the last step; `y`, `denseOutput` and `save` answer with the same bits as before. */
  settle(): void
  /** Gives pooled storage back, when the solve is over; `y` is not valid any more. */
  release(): void
  /** Everything that the following steps depend on: `load` of it in a new integrator of the same problem goes on bit for bit. */
  save(): Saved
  load(saved: Saved): void
}
