import type { FloatArray, IvpFailure } from '../ivp/index.ts'
import type { GradientCertificate } from './certificate.ts'

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
  /**
   * Where h was solved backwards: how far it came from the stored outputs, in tolerances atol + rtol |h| (root mean square), the largest at any
   * output time; |h| is taken over the last step.
   */
  readonly reconstruction?: number
  /** The gradient that took the place of 'backsolve', which could not be trusted; `warnings` says why. */
  readonly replacedBy?: 'interpolating' | 'discrete'
  /** On request (`certify`). */
  readonly certificate?: GradientCertificate
  /** Present when there is no gradient: the forward solve or the backward pass failed. The numbers are then not to be used. */
  readonly failure?: IvpFailure
}
