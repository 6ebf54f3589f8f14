import type { JacobianMatrix } from './jacobianMatrix.ts'
import type { Shift } from './shift.ts'

/** Solves (alpha I + beta J) x = b for one J after another of the same storage; allocates once. */
export interface ShiftedSystem<J = JacobianMatrix> {
  /** Factors re I + beta J; J is not modified. Returns false if the matrix is singular or not finite. */
  factor(jacobian: J, shift: Shift): boolean
  /** Overwrites the right-hand side v[at .. at + n - 1] with the solution. */
  solve(v: Float64Array, at: number): void
  /** Gives pooled storage back; the system is not to be used any more. */
  release(): void
}

/** The same for (re + i im) I + beta J. */
export interface ComplexShiftedSystem<J = JacobianMatrix> {
  factor(jacobian: J, shift: Shift): boolean
  /** Overwrites the right-hand side, real parts from v[re] and imaginary parts from v[im] on, with the solution. */
  solve(v: Float64Array, re: number, im: number): void
  release(): void
}
