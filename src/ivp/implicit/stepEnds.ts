import { firstNonFinite, notFiniteAtStart } from '../failure.ts'
import type { Saved, StepFailure } from '../integrator.ts'
import type { StepStart } from '../spacing.ts'
import { typedArraySpace } from '../space/typedArraySpace.ts'
import { initialStep } from '../stepper/initialStep.ts'
import type { ImplicitProblem } from './implicitProblem.ts'

/** What every implicit method knows of its solve: the two ends of the step accepted last, and whether there is a next one. */
export abstract class StepEnds implements StepStart {
  declare t: number
  declare tOld: number
  /** End of the attempt at hand. A field, as minStep: V8 boxes numbers that it passes to a function. */
  declare tNew: number
  /** The smallest |h| at t. */
  declare minStep: number
  /** Shape (n), as yOld. */
  declare y: Float64Array
  declare yOld: Float64Array
  status: 'running' | 'finished' | 'failed' = 'running'
  failure: StepFailure | null = null
  /** Attempts that were not accepted. */
  nrejected = 0
  declare protected readonly problem: ImplicitProblem
  /** Sign of the time step. */
  declare readonly direction: number

  constructor(problem: ImplicitProblem) {
    const { t0, y0, tBound } = problem
    this.problem = problem
    this.direction = Math.sign(tBound - t0)
    this.t = t0
    this.tOld = t0
    this.tNew = t0
    this.minStep = 0
    this.y = y0.slice()
    this.yOld = y0.slice()
  }

  get njev(): number {
    return this.problem.jacobian.count
  }

  /** Only factors are pooled, and only steps need them. */
  settle(): void {
    this.release()
  }

  /** Nothing is pooled. */
  release(): void {}

  /** Writes f(t0, y0) to `f0`; returns whether it is finite, and fails if not. */
  protected evaluateStart(f0: Float64Array): boolean {
    const { rhs, t0 } = this.problem
    rhs(t0, this.y, f0)
    const bad = firstNonFinite(f0)
    if (bad >= 0) this.fail(notFiniteAtStart(t0, bad))
    return bad < 0
  }

  /** |h| of the first step of a method whose error estimate has the given order, scipy's choice. */
  protected firstSize(f0: Float64Array, errorOrder: number): number {
    const { rhs, t0, tBound, maxStep, firstStep, tolerance, norm } = this.problem
    const space = typedArraySpace(this.y, tolerance, norm)
    return firstStep ?? initialStep(space, rhs, t0, this.y, f0, { tBound, maxStep }, errorOrder)
  }

  /** Moves on to (tNew, yNew), taking the array over. Returns one to use instead. */
  protected advance(yNew: Float64Array): Float64Array {
    const { tNew, yOld: freed } = this
    this.tOld = this.t
    this.t = tNew
    this.yOld = this.y
    this.y = yNew
    if (this.direction * (tNew - this.problem.tBound) >= 0) this.status = 'finished'
    return freed
  }

  protected fail(failure: StepFailure): void {
    this.failure = failure
    this.status = 'failed'
  }

  protected saveEnds(): SavedEnds {
    const { t, tOld, y, yOld, status, nrejected } = this
    return { t, tOld, y: y.slice(), yOld: yOld.slice(), status, nrejected }
  }

  protected loadEnds(saved: SavedEnds): void {
    this.t = saved.t
    this.tOld = saved.tOld
    this.y.set(saved.y)
    this.yOld.set(saved.yOld)
    this.status = saved.status
    this.nrejected = saved.nrejected
  }
}

// A type, not an interface: only types are assignable to the index signature of Saved
export type SavedEnds = {
  readonly t: number
  readonly tOld: number
  readonly y: Float64Array
  readonly yOld: Float64Array
  readonly status: 'running' | 'finished' | 'failed'
  readonly nrejected: number
} & { readonly [name: string]: Saved }
