import { shiftedSystem } from '../linalg/factorizations.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import type { ShiftedSystem } from '../linalg/shiftedSystem.ts'
import { NewtonFactors } from './newtonFactors.ts'

/** Factors of I - c J; the parameter is c. Shampine, Reichelt (1997), Sec. 2.1. */
export class BdfFactors extends NewtonFactors {
  private system: ShiftedSystem | null = null

  /** b := (I - c J)^-1 b. */
  solve(b: Float64Array): void {
    this.system!.solve(b, 0)
  }

  release(): void {
    this.system?.release()
  }

  protected override allocate(jacobian: JacobianMatrix): void {
    this.system = shiftedSystem(jacobian)
  }

  protected override factor(jacobian: JacobianMatrix, c: number): boolean {
    this.nlu++
    return this.system!.factor(jacobian, 1, -c)
  }
}
