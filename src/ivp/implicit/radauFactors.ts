import { complexShiftedSystem, shiftedSystem } from '../linalg/factorizations.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import { Shift } from '../linalg/shift.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from '../linalg/shiftedSystem.ts'
import { NewtonFactors } from './newtonFactors.ts'
import { MU_IM, MU_RE, MU_REAL } from './radauTableau.ts'

/**
 * Factors of MU_REAL / h I - J and (MU_RE + i MU_IM) / h I - J; made for h.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.4)
 */
export class RadauFactors extends NewtonFactors {
  private real: ShiftedSystem | null = null
  private complex: ComplexShiftedSystem | null = null
  private readonly shift: Shift = new Shift()

  /** (MU_REAL / h I - J)^-1 applied to the n components of v from `at` on. */
  solveReal(v: Float64Array, at: number): void {
    this.real!.solve(v, at)
  }

  /** ((MU_RE + i MU_IM) / h I - J)^-1 applied to the components of v with real parts from `re` and imaginary parts from `im` on. */
  solveComplex(v: Float64Array, re: number, im: number): void {
    this.complex!.solve(v, re, im)
  }

  release(): void {
    this.real?.release()
    this.complex?.release()
    this.real = null
    this.complex = null
  }

  protected override allocate(jacobian: JacobianMatrix): void {
    this.real = shiftedSystem(jacobian)
    this.complex = complexShiftedSystem(jacobian)
  }

  protected override factor(jacobian: JacobianMatrix): boolean {
    const h = this.wanted
    const { shift } = this
    this.nlu += 2
    return (
      this.real!.factor(jacobian, shift.set(MU_REAL / h, 0, -1)) &&
      this.complex!.factor(jacobian, shift.set(MU_RE / h, MU_IM / h, -1))
    )
  }
}
