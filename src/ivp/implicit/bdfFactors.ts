import { shiftedSystem } from '../linalg/factorizations.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import { Shift } from '../linalg/shift.ts'
import type { ShiftedSystem } from '../linalg/shiftedSystem.ts'
import { NewtonFactors } from './newtonFactors.ts'

/** Factors of I - c J; made for c. Shampine, Reichelt (1997), Sec. 2.1. */
export class BdfFactors extends NewtonFactors {
  private system: ShiftedSystem | null = null
  private readonly shift: Shift = new Shift()

  /** b := (I - c J)^-1 b. */
  solve(b: Float64Array): void {
    this.system!.solve(b, 0)
  }

  release(): void {
    this.system?.release()
    this.system = null
  }

  protected override allocate(jacobian: JacobianMatrix): void {
    this.system = shiftedSystem(jacobian)
  }

  protected override factor(jacobian: JacobianMatrix): boolean {
    this.nlu++
    return this.system!.factor(jacobian, this.shift.set(1, 0, -this.wanted))
  }
}
