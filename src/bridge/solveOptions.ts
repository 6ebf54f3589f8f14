import type {
  BackwardOptions,
  CertifyOptions,
  DirectionOptions,
  GradientCertificate,
} from '../adjoint/index.ts'
import type { TensorTree } from './flatten.ts'

/** Options of one direction of a solve on tensors. */
export type Direction = DirectionOptions<Float32Array>

export const STATE_LOCATIONS = ['flat', 'device', 'auto'] as const

/** Where the state lives between two evaluations, see `OdeintOptions.state`. */
export type StateLocation = (typeof STATE_LOCATIONS)[number]

export const TENSOR_GRADIENTS = ['backsolve', 'adjoint', 'interpolating', 'discrete', 'autodiff'] as const

/** How gradients of a solve on tensors are computed, see `OdeintOptions.gradient`. */
export type TensorGradient = (typeof TENSOR_GRADIENTS)[number]

/** What a solve reports when it ends. */
export interface SolveReport {
  readonly phase: 'forward' | 'backward'
  /** Where the state lived. */
  readonly state: 'flat' | 'device'
  /** Evaluations of f; backward, of its vector-Jacobian product. */
  readonly nfev: number
  readonly warnings: ReadonlyArray<string>
  /** The gradient that took the place of 'backsolve', which could not be trusted; `warnings` says why. */
  readonly replacedBy?: 'interpolating' | 'discrete'
  /** Of a gradient, on request (`certify`). */
  readonly certificate?: GradientCertificate
}

/** Options of `odeint`. */
export interface OdeintOptions<P extends TensorTree> extends Direction {
  /** What `f` gets as its third argument, every trainable variable that it uses among it; receives gradients. */
  readonly params?: P
  /**
   * How gradients are computed, see `solveWithPullback`; 'adjoint' is another name of 'backsolve', the default. 'autodiff' leaves it to tfjs, which records every
   * operation of the accepted and rejected steps: the gradient of the steps taken, as 'discrete', at the cost of memory that grows with them; explicit methods,
   * not with respect to times. Its gradients can be differentiated again.
   */
  readonly gradient?: TensorGradient
  /** Most states that gradient 'discrete' keeps in memory, see `solveWithPullback`. Default: all. */
  readonly checkpoints?: number
  /** Checks every gradient, of h0 and params, at the cost of two forward solves, see `solveWithPullback`; `onSolve` gets the certificate. */
  readonly certify?: boolean | CertifyOptions
  /**
   * The backward solve; each option defaults to the forward one, the norm to 'all'. Where the state is lost on the way back the gradient 'interpolating' takes its place,
   * and `onSolve` is told (`otherwise`, `reconstruction`, see `solveWithPullback`).
   */
  readonly backward?: Direction &
    Pick<BackwardOptions<Float32Array>, 'norm' | 'parameters' | 'otherwise' | 'reconstruction'>
  /**
   * 'flat': on the host, in float32 arrays; f's tensors are copied at every evaluation. 'device': in tensors of the current backend; per attempted step only the error norm
   * crosses to the host. Explicit methods and the gradients 'backsolve' and 'autodiff' only. Default 'auto': 'device' with 'autodiff', and where it is faster and can do
   * what is asked (on native TensorFlow with a GPU, or for 262,144 numbers or more); else 'flat'.
   */
  readonly state?: StateLocation
  /** Called after each solve, forward and backward. Without it a gradient that was replaced, may be wrong or has a certificate that does not hold is told by `console.warn`, once of each kind. */
  readonly onSolve?: (report: SolveReport) => void
}
