import type { DenseOutput } from '../dense/denseOutput.ts'
import { exactAtStart } from '../dense/exactAtStart.ts'
import { TIME_OVERFLOW, firstNonFinite } from '../failure.ts'
import { coversAll, withGaps } from '../space/norm.ts'
import type { Integrator, Saved, StepFailure } from '../integrator.ts'
import { setMinStep } from '../spacing.ts'
import { BackwardDifferences, MAX_ORDER } from './backwardDifferences.ts'
import { BdfCorrector } from './bdfCorrector.ts'
import { bdfDense } from './bdfDense.ts'
import { BdfFactors } from './bdfFactors.ts'
import { ALPHA, ERROR_CONSTANT } from './bdfFormulas.ts'
import { tightestRtol, type ImplicitProblem } from './implicitProblem.ts'
import { newtonTolerance } from './newton.ts'
import type { SavedFactors } from './newtonFactors.ts'
import { ScaledNorm } from './scaledNorm.ts'
import { SHORT, ImplicitMethod, type SavedMethod } from './implicitMethod.ts'

const MIN_FACTOR = 0.2
const MAX_FACTOR = 10
/** A step of which rounding changed less than this share is as it was: near zero always. */
const ROUNDED = 1e-6

/**
 * Backward differentiation formulas of order 1 to 5 in the form of numerical differentiation formulas, quasi-constant step size.
 * Step for step the strategy of scipy's BDF.
 * @see Shampine, Reichelt, "The MATLAB ODE suite", SIAM J. Sci. Comput. 18 (1997), Sec. 2
 */
export class Bdf extends ImplicitMethod implements Integrator<Float64Array> {
  /** Order of the next step. */
  order = 1
  declare private readonly norm: ScaledNorm
  /** Of the iterations: over every component. */
  declare private readonly newtonNorm: ScaledNorm
  declare private readonly corrector: BdfCorrector
  declare private readonly differences: BackwardDifferences
  private readonly factors: BdfFactors = new BdfFactors()
  declare private candidate: Float64Array
  /** |h| of the next step. */
  private size = 0
  /** |h| of the attempt at hand, and by how much the step changes. Fields: V8 boxes numbers that it passes to a function. */
  private tried: number = NaN
  private ratio: number = NaN
  private nEqualSteps = 0

  constructor(problem: ImplicitProblem) {
    super(problem)
    const { y0, rhs, tolerance, norm, epsilon } = problem
    const n = y0.length
    this.norm = new ScaledNorm(n, tolerance, norm)
    this.newtonNorm = coversAll(norm, n) ? this.norm : new ScaledNorm(n, tolerance, withGaps(norm, n))
    this.corrector = new BdfCorrector(n, rhs, newtonTolerance(tightestRtol(tolerance), epsilon))
    this.differences = new BackwardDifferences(n)
    this.candidate = new Float64Array(n)
  }

  get nlu(): number {
    return this.factors.nlu
  }

  start(): void {
    const { f } = this.corrector
    const { d } = this.differences
    if (!this.evaluateStart(f)) return
    this.size = this.firstSize(f, 1)
    const { jacobian, jacobianCheck } = this.problem
    const matrix = jacobian.evaluate(this.t, this.y, f)
    this.factors.setJacobian(matrix)
    jacobianCheck?.setPoint(this.t, this.y)
    jacobianCheck?.lookAtFirst(matrix, f)
    const n = f.length
    d.set(this.y)
    for (let i = 0; i < n; i++) d[n + i] = f[i]! * this.size * this.direction
  }

  step(): void {
    const { t, direction, corrector, factors, norm, problem } = this
    const { tBound } = problem
    setMinStep(this)
    this.clip()
    this.planned = this.tried
    this.short = SHORT * this.minStep
    if (this.isCrawling()) return this.fail(this.tooSmall())
    for (let isJacobianCurrent = problem.jacobian.isConstant; ;) {
      const { order } = this
      if (!(this.tried >= this.minStep)) return this.fail(this.tooSmall())
      let tNew = t + this.tried * direction
      if (direction * (tNew - tBound) > 0) {
        tNew = tBound
        this.ratio = Math.abs(tNew - t) / this.tried
        this.rescale()
        this.tried = Math.abs(tNew - t)
        factors.drop()
      }
      const h = tNew - t
      if (h - h !== 0) return this.fail(TIME_OVERFLOW)
      this.tNew = tNew
      this.follow()
      corrector.t = tNew
      corrector.c = h / ALPHA[order]!
      corrector.predict(order, this.differences)
      let isConverged = this.solve()
      if (!isConverged && !isJacobianCurrent && this.evaluateJacobian()) {
        isConverged = this.solve()
        // One that is not finite is evaluated again, nearer to the last state
        isJacobianCurrent = this.trouble !== 'singular'
      }
      if (!isConverged) {
        if (isJacobianCurrent && this.trouble === 'iteration') this.checkJacobian()
        this.halve()
        continue
      }
      norm.setState(this.candidate, this.candidate)
      norm.factor = ERROR_CONSTANT[order]!
      norm.measure(corrector.correction, 0, 1)
      if (norm.value <= 1) {
        if (this.mayEndIn(this.candidate, corrector.f)) return this.accept()
        this.trouble = 'derivative'
        this.halve()
        continue
      }
      this.trouble = 'error'
      if (norm.value !== norm.value && this.hasOverflown(this.candidate)) return
      this.nrejected++
      // The factors are kept: the iterations had no trouble with them
      const wanted = corrector.safety * norm.value ** (-1 / (order + 1))
      this.ratio = wanted > MIN_FACTOR ? wanted : MIN_FACTOR
      this.tried *= this.ratio
      this.rescale()
    }
  }

  denseOutput(): DenseOutput<Float64Array> {
    const { tOld, t, order } = this
    const dense = bdfDense(tOld, t, this.size * this.direction, this.differences.rows(order + 1))
    return this.checked(exactAtStart(dense, this.yOld))
  }

  override release(): void {
    this.factors.release()
  }

  save(): Saved {
    return {
      ends: this.saveMethod(),
      d: this.differences.rows(),
      order: this.order,
      size: this.size,
      nEqualSteps: this.nEqualSteps,
      factors: this.factors.save(this.problem.jacobian),
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedBdf
    this.loadMethod(from.ends)
    this.differences.load(from.d)
    this.order = from.order
    this.size = from.size
    this.nEqualSteps = from.nEqualSteps
    this.factors.load(from.factors, this.problem.jacobian)
  }

  /** The size to try first, within the limits; the differences follow. */
  private clip(): void {
    const { size, minStep } = this
    const { maxStep } = this.problem
    this.tried = size
    if (size <= maxStep && size >= minStep) return
    this.tried = size > maxStep ? maxStep : minStep
    this.ratio = this.tried / size
    this.rescale()
  }

  /** To the step that rounding of t made of the one tried: far from zero the difference counts. */
  private follow(): void {
    const to = Math.abs(this.tNew - this.t)
    if (!(Math.abs(to - this.tried) <= ROUNDED * to)) {
      this.differences.ratio = to / this.tried
      this.differences.rescale(this.order)
    }
    this.tried = to
  }

  private solve(): boolean {
    const { corrector, factors } = this
    factors.wanted = corrector.c
    if (!factors.areReady()) this.trouble = 'singular'
    else if (corrector.solve(this.candidate, factors, this.newtonNorm)) return true
    else if (corrector.isFinite) this.trouble = 'iteration'
    else {
      this.trouble = 'derivative'
      this.hasLeftDomain = true
    }
    return false
  }

  /** After an attempt that did not converge. */
  private halve(): void {
    this.nrejected++
    this.tried *= 0.5
    this.ratio = 0.5
    this.rescale()
    this.factors.drop()
  }

  private checkJacobian(): void {
    const { jacobian, jacobianCheck } = this.problem
    if (jacobianCheck === null) return
    if (jacobian.isConstant) jacobianCheck.setPoint(this.t, this.y)
    jacobianCheck.countFailure(this.factors.jacobian!)
  }

  private accept(): void {
    const { order } = this
    this.nEqualSteps++
    this.size = this.tried
    this.candidate = this.advance(this.candidate)
    this.differences.advance(order, this.corrector.correction)
    if (this.nEqualSteps > order) this.selectOrder()
  }

  /** After order + 1 equal steps: the order, of three neighbours, that allows the largest step. */
  private selectOrder(): void {
    const { order, norm } = this
    const { safety } = this.corrector
    const { d } = this.differences
    const n = this.y.length
    // Of the step just accepted
    const same = norm.value ** (-1 / (order + 1))
    // The first of equal ones, as scipy's argmax
    let largest = 0
    let change = 0
    if (order > 1) {
      norm.factor = ERROR_CONSTANT[order - 1]!
      norm.measure(d, order * n, 1)
      largest = norm.value ** (-1 / order)
      change = -1
    }
    if (order === 1 || same > largest) {
      largest = same
      change = 0
    }
    if (order < MAX_ORDER) {
      norm.factor = ERROR_CONSTANT[order + 1]!
      norm.measure(d, (order + 2) * n, 1)
      const higher = norm.value ** (-1 / (order + 2))
      if (higher > largest) {
        largest = higher
        change = 1
      }
    }
    this.order = order + change
    this.ratio = safety * largest < MAX_FACTOR ? safety * largest : MAX_FACTOR
    this.size *= this.ratio
    this.rescale()
    this.factors.drop()
  }

  /** At the predicted state; returns whether f is known to be finite there, which differences need. */
  private evaluateJacobian(): boolean {
    const { jacobian, jacobianCheck, uncounted } = this.problem
    const { predicted, f } = this.corrector
    if (jacobian.usesF && firstNonFinite(uncounted(this.tNew, predicted, f)) >= 0) return false
    this.factors.setJacobian(jacobian.evaluate(this.tNew, predicted, f))
    this.factors.drop()
    jacobianCheck?.setPoint(this.tNew, predicted)
    return true
  }

  /** Has the differences follow a change of the step by `ratio`. */
  private rescale(): void {
    this.differences.ratio = this.ratio
    this.differences.rescale(this.order)
    this.nEqualSteps = 0
  }

  private tooSmall(): StepFailure {
    const { f, correction } = this.corrector
    return this.whyNot({ f, jacobian: this.factors.jacobian, candidate: this.candidate, error: correction })
  }
}

interface SavedBdf {
  readonly ends: SavedMethod
  readonly d: ReadonlyArray<Float64Array>
  readonly order: number
  readonly size: number
  readonly nEqualSteps: number
  readonly factors: SavedFactors
}
