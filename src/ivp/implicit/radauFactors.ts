import { complexShiftedSystem, shiftedSystem } from '../linalg/factorizations.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import { Shift } from '../linalg/shift.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from '../linalg/shiftedSystem.ts'
import { NewtonFactors } from './newtonFactors.ts'
import { MU_IM, MU_RE, MU_REAL } from './radauTableau.ts'

/** |h| whose reciprocal has a square in range. */
const SHORTEST = 1e-100
const LONGEST = 1e100

/**
 * Factors of MU_REAL / h I - J and (MU_RE + i MU_IM) / h I - J; made for h.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.4)
 */
export class RadauFactors extends NewtonFactors {
  private real: ShiftedSystem | null = null
  private complex: ComplexShiftedSystem | null = null
  private readonly shift: Shift = new Shift()
  /** What the matrices were multiplied by: h where it is so long or short that squares of 1 / h are out of range, else 1. */
  private scale = 1
  private n = 0

  /** (MU_REAL / h I - J)^-1 applied to the n components of v from `at` on. */
  solveReal(v: Float64Array, at: number): void {
    if (this.scale !== 1) this.multiply(v, at)
    this.real!.solve(v, at)
  }

  /** ((MU_RE + i MU_IM) / h I - J)^-1 applied to the components of v with real parts from `re` and imaginary parts from `im` on. */
  solveComplex(v: Float64Array, re: number, im: number): void {
    if (this.scale !== 1) {
      this.multiply(v, re)
      this.multiply(v, im)
    }
    this.complex!.solve(v, re, im)
  }

  release(): void {
    this.real?.release()
    this.complex?.release()
    this.real = null
    this.complex = null
  }

  protected override allocate(jacobian: JacobianMatrix): void {
    this.n = jacobian.n
    this.real = shiftedSystem(jacobian)
    this.complex = complexShiftedSystem(jacobian)
  }

  protected override factor(jacobian: JacobianMatrix): boolean {
    const h = this.wanted
    const { shift } = this
    this.nlu += 2
    this.scale = 1
    return (
      this.real!.factor(jacobian, shift.set(MU_REAL / h, 0, -1)) &&
      this.complex!.factor(jacobian, shift.set(MU_RE / h, MU_IM / h, -1))
    )
  }

  /** MU_REAL I - h J and (MU_RE + i MU_IM) I - h J. */
  protected override factorScaled(jacobian: JacobianMatrix): boolean {
    const h = this.wanted
    const { shift } = this
    if (Math.abs(h) > SHORTEST && Math.abs(h) < LONGEST) return false
    this.scale = h
    return (
      this.real!.factor(jacobian, shift.set(MU_REAL, 0, -h)) &&
      this.complex!.factor(jacobian, shift.set(MU_RE, MU_IM, -h))
    )
  }

  private multiply(v: Float64Array, at: number): void {
    const scale = this.scale
    for (let i = at; i < at + this.n; i++) v[i] = v[i]! * scale
  }
}
