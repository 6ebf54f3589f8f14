import type { JacobianCheck } from '../jacobian/jacobianCheck.ts'
import type { JacobianSource } from '../jacobian/jacobianSource.ts'
import type { NormBlocks } from '../space/norm.ts'
import type { Tolerance } from '../space/vectorSpace.ts'
import type { Rhs } from '../space/workspace.ts'

/**
 * What an implicit method is built from. Implicit methods work in float64; a float32 solve wraps them (states rounded at the rim).
 */
export interface ImplicitProblem {
  /** Counted right-hand side; writes f(t, y) to `out` and returns it. */
  readonly rhs: Rhs<Float64Array>
  /** The same, not counted: scipy leaves the evaluations around a finite-difference Jacobian out of nfev. */
  readonly uncounted: Rhs<Float64Array>
  readonly t0: number
  /** Shape (n), n >= 1; copied. */
  readonly y0: Float64Array
  /** t1 !== t0; may be infinite. */
  readonly tBound: number
  /** Already validated and raised to what rounding allows. */
  readonly tolerance: Tolerance
  readonly norm: NormBlocks
  /** |h| of the first step, or null: chosen by the method. */
  readonly firstStep: number | null
  readonly maxStep: number
  /** Smallest |h| that error control may choose; LSODA only. */
  readonly minStep: number
  readonly jacobian: JacobianSource
  /** Of a Jacobian, or its pattern, that the caller gave. */
  readonly jacobianCheck: JacobianCheck | null
  /** Unit roundoff of the user's element type: 2^-52 or 2^-23. */
  readonly epsilon: number
}

/** The smallest of the relative tolerances: it sets the accuracy of the Newton iterations. */
export function tightestRtol({ rtol }: Tolerance): number {
  return typeof rtol === 'number' ? rtol : rtol.reduce((least, value) => Math.min(least, value))
}
