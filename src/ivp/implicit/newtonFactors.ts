import type { Saved } from '../integrator.ts'
import type { JacobianSource } from '../jacobian/jacobianSource.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'

/** The factors of a method's Newton matrices: made for one Jacobian and one step size, and kept as long as these serve. */
export abstract class NewtonFactors {
  /** Factorizations made so far, of all matrices. */
  nlu = 0
  /** What the next factors are to be made for: the step size, or what the method makes of it. */
  wanted: number = NaN
  /** What the factors at hand are of, or the next ones will be. */
  jacobian: JacobianMatrix | null = null
  /** What the factors were made for; NaN when they are outdated. */
  private madeFor = NaN

  /** Whether there are factors to solve with; makes them for `wanted` if not. False if a matrix is singular. */
  areReady(): boolean {
    return !Number.isNaN(this.madeFor) || this.make()
  }

  drop(): void {
    this.madeFor = NaN
  }

  /** Later factors are of this Jacobian; those at hand are not dropped. */
  setJacobian(jacobian: JacobianMatrix): void {
    if (this.jacobian === null) this.allocate(jacobian)
    this.jacobian = jacobian
  }

  save(source: JacobianSource): SavedFactors {
    return { nlu: this.nlu, factoredFor: this.madeFor, jacobian: source.save() }
  }

  /** Factors again instead of storing factors: equal bits for less space. */
  load(saved: SavedFactors, source: JacobianSource): void {
    this.setJacobian(source.load(saved.jacobian))
    this.wanted = saved.factoredFor
    if (!Number.isNaN(saved.factoredFor)) this.make()
    this.nlu = saved.nlu
  }

  /** Gives pooled storage back. */
  abstract release(): void

  /** Prepares for Jacobians of this structure. */
  protected abstract allocate(jacobian: JacobianMatrix): void

  /** Factors all matrices for `wanted`, counting them in `nlu`; whether they are regular. */
  protected abstract factor(jacobian: JacobianMatrix): boolean

  /** Once more, where numbers left their range. */
  protected factorScaled(_jacobian: JacobianMatrix): boolean {
    return false
  }

  private make(): boolean {
    const isRegular = this.factor(this.jacobian!) || this.factorScaled(this.jacobian!)
    // Not one assignment of a conditional expression: V8 would make a box for its value, at each call
    if (isRegular) this.madeFor = this.wanted
    else this.madeFor = NaN
    return isRegular
  }
}

export type SavedFactors = {
  readonly nlu: number
  readonly factoredFor: number
  readonly jacobian: Saved
}
