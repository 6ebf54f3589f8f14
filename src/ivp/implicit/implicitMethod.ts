import { ADVICE, tooSmallAdvice, zeroTolerance, zeroToleranceAdvice } from '../advice.ts'
import {
  MESSAGES,
  TIME_OVERFLOW,
  firstNonFinite,
  hasGrown,
  nearlyInfinite,
  notFiniteAtStart,
  overflow,
  overflown,
  worstComponent,
} from '../failure.ts'
import type { DenseOutput } from '../dense/denseOutput.ts'
import { demandFinite } from '../nonFiniteInterpolant.ts'
import type { Saved, StepFailure } from '../integrator.ts'
import type { StepStart } from '../spacing.ts'
import { typedArraySpace } from '../space/typedArraySpace.ts'
import { initialStep } from '../stepper/initialStep.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import type { ImplicitProblem } from './implicitProblem.ts'

/** Steps up to this multiple of ten spacings of numbers are short. So many of them lead nowhere: the solve would never end. */
export const SHORT = 5
const MOST_SHORT = 1000
/** Short steps that a longer one makes up for. */
const FORGIVEN = 5

/** Times beyond this have no steps between them that arithmetic can bear. */
const LATE = 1e290

/** Why an attempt was not accepted. */
export type Trouble = 'error' | 'iteration' | 'singular' | 'derivative'

/** What every implicit method knows of its solve: the two ends of the step accepted last, and whether there is a next one. */
export abstract class ImplicitMethod implements StepStart {
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
  /** Of the attempt that was rejected last. */
  protected trouble: Trouble = 'error'
  /** f was not finite in an attempt: from then on it is looked at where a step is to end. */
  protected hasLeftDomain = false
  /** |h| of the first attempt of a step. */
  protected planned: number = NaN
  protected short: number = NaN
  /** Short steps, less some for each that was not. */
  private nShort = 0
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
    this.problem.jacobianCheck?.countStep()
    if (this.direction * (tNew - this.problem.tBound) >= 0) this.status = 'finished'
    return freed
  }

  protected fail(failure: StepFailure): void {
    this.failure = failure
    this.status = 'failed'
  }

  /** Whether a step of |h| = `planned`, where `short` is short, makes too many short ones. Call it once a step. */
  protected isCrawling(): boolean {
    if (this.planned < this.short) this.nShort++
    else this.nShort = this.nShort > FORGIVEN ? this.nShort - FORGIVEN : 0
    if (this.nShort <= MOST_SHORT) return false
    // Along a limit of the domain it is what keeps the steps short
    if (this.hasLeftDomain) this.trouble = 'derivative'
    return true
  }

  /** The interpolant, which must be finite where the states are near the largest number too. */
  protected checked(dense: DenseOutput<Float64Array>): DenseOutput<Float64Array> {
    if (nearlyInfinite(this.y) >= 0 || nearlyInfinite(this.yOld) >= 0) demandFinite(dense)
    return dense
  }

  /** Whether the step may end in `y`: f must be finite there, which is looked at where it was not before. */
  protected mayEndIn(y: Float64Array, scratch: Float64Array): boolean {
    if (!this.hasLeftDomain) return true
    return firstNonFinite(this.problem.rhs(this.tNew, y, scratch)) < 0
  }

  /** Fails where the candidate left the range of numbers, from near its end. */
  protected hasOverflown(candidate: Float64Array): boolean {
    const component = overflown(this.y, candidate)
    if (component < 0) return false
    const { y0, tolerance } = this.problem
    this.fail(overflow(component, { y0, tolerance, isSingle: isSingle(this.problem) }))
    return true
  }

  /** No step is small enough, as the last attempts had `trouble`. */
  protected whyNot(what: Attempted): StepFailure {
    const { y, problem, trouble, direction } = this
    if (Math.abs(this.tNew) > LATE && Math.abs(problem.tBound) === Infinity) return TIME_OVERFLOW
    const { t0, tBound, y0, tolerance } = problem
    const message = MESSAGES.stepTooSmall
    const { f, jacobian, candidate, error } = what
    const range = { y0, tolerance, isSingle: isSingle(problem) }
    if (trouble === 'derivative') {
      const bad = firstNonFinite(f)
      const component = bad % y.length
      if (bad < 0) return { kind: 'nonFinite', message, advice: ADVICE.outOfDomain }
      // Infinity from a finite state that has grown is no fault of fun's domain
      if (hasGrown(y, y0) && !Number.isNaN(f[component])) return { ...overflow(component, range), message }
      return { kind: 'nonFinite', message, component, advice: ADVICE.outOfDomain }
    }
    // After iterations that failed there is no candidate
    const end = trouble === 'error' ? candidate : y
    const infinite = Math.max(firstNonFinite(end), nearlyInfinite(y), nearlyInfinite(f.subarray(0, y.length)))
    if (infinite >= 0) return { ...overflow(infinite, range), message }
    if (trouble === 'singular' && jacobian !== null && firstNonFinite(jacobian.values) >= 0) {
      const isGiven = problem.jacobianCheck?.origin === 'jac'
      return { kind: 'nonFinite', message, advice: isGiven ? ADVICE.jacobianNotFinite : ADVICE.outOfDomain }
    }
    const none = zeroTolerance(y, end, tolerance)
    if (none >= 0)
      return { kind: 'stepTooSmall', message, component: none, advice: zeroToleranceAdvice(none) }
    const component = worstComponent(error, y, end, tolerance)
    if (trouble === 'singular')
      return { kind: 'singular', message: MESSAGES.singular, advice: ADVICE.singular }
    const tooSmall = tooSmallAdvice({ t: this.t, t0, tBound, direction, y0, tolerance, component })
    if (trouble === 'iteration' && tooSmall === ADVICE.singularity) {
      return {
        kind: 'noConvergence',
        message: MESSAGES.noConvergence,
        component,
        advice: ADVICE.noConvergence,
      }
    }
    return { kind: 'stepTooSmall', message, component, advice: tooSmall }
  }

  protected saveMethod(): SavedMethod {
    const { t, tOld, y, yOld, status, nrejected, hasLeftDomain, nShort } = this
    const check = this.problem.jacobianCheck?.save() ?? null
    return { t, tOld, y: y.slice(), yOld: yOld.slice(), status, nrejected, hasLeftDomain, nShort, check }
  }

  protected loadMethod(saved: SavedMethod): void {
    this.t = saved.t
    this.tOld = saved.tOld
    this.y.set(saved.y)
    this.yOld.set(saved.yOld)
    this.status = saved.status
    this.nrejected = saved.nrejected
    this.hasLeftDomain = saved.hasLeftDomain
    this.nShort = saved.nShort
    if (saved.check !== null) this.problem.jacobianCheck?.load(saved.check)
  }
}

/** Whether the states that the caller sees are single precision. */
function isSingle({ epsilon }: ImplicitProblem): boolean {
  return epsilon > Number.EPSILON
}

/** What the last attempt left. */
export interface Attempted {
  /** Derivatives, of one state or several after another. */
  readonly f: Float64Array
  readonly jacobian: JacobianMatrix | null
  readonly candidate: Float64Array
  /** An estimate of the error, or what stands for it. */
  readonly error: Float64Array
}

// A type, not an interface: only types are assignable to the index signature of Saved
export type SavedMethod = {
  readonly t: number
  readonly tOld: number
  readonly y: Float64Array
  readonly yOld: Float64Array
  readonly status: 'running' | 'finished' | 'failed'
  readonly nrejected: number
  readonly hasLeftDomain: boolean
  readonly nShort: number
  readonly check: Saved
} & { readonly [name: string]: Saved }
