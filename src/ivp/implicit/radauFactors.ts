import { complexShiftedSystem, shiftedSystem } from '../linalg/factorizations.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from '../linalg/shiftedSystem.ts'
import { NewtonFactors } from './newtonFactors.ts'
import { MU_IM, MU_RE, MU_REAL } from './radauTableau.ts'

/**
 * Factors of MU_REAL / h I - J and (MU_RE + i MU_IM) / h I - J; the parameter is h.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.4)
 */
export class RadauFactors extends NewtonFactors {
  #real: ShiftedSystem | null = null
  #complex: ComplexShiftedSystem | null = null

  /** b := (MU_REAL / h I - J)^-1 b. */
  solveReal(b: Float64Array): void {
    this.#real!.solve(b)
  }

  /** re + i im := ((MU_RE + i MU_IM) / h I - J)^-1 (re + i im). */
  solveComplex(re: Float64Array, im: Float64Array): void {
    this.#complex!.solve(re, im)
  }

  protected override allocate(jacobian: JacobianMatrix): void {
    this.#real = shiftedSystem(jacobian)
    this.#complex = complexShiftedSystem(jacobian)
  }

  protected override factor(jacobian: JacobianMatrix, h: number): boolean {
    this.nlu += 2
    return (
      this.#real!.factor(jacobian, MU_REAL / h, -1) &&
      this.#complex!.factor(jacobian, MU_RE / h, MU_IM / h, -1)
    )
  }
}
