import type { FloatArray, IvpFailure } from '../ivp/index.ts'

/** Gradients of a scalar loss L. */
export interface Gradients<V extends FloatArray> {
  /** dL/dh0, length n. */
  readonly h0: V
  /** dL/dtheta, length p. */
  readonly theta: V
  /** dL/dt for every output time, the initial one first; NaN where they were left out. */
  readonly ts: Float64Array
  /** Evaluations of the vector-Jacobian product. */
  readonly nfev: number
  readonly warnings: ReadonlyArray<string>
  /** Present when there is no gradient: the forward solve or the backward pass failed. The numbers are then not to be used. */
  readonly failure?: IvpFailure
}
