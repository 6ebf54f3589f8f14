import type { DenseOutput } from '../dense/denseOutput.ts'
import { TIME_OVERFLOW, firstNonFinite } from '../failure.ts'
import { coversAll, withGaps } from '../space/norm.ts'
import type { Integrator, Saved, StepFailure } from '../integrator.ts'
import { setMinStep } from '../spacing.ts'
import { Collocation } from './collocation.ts'
import { CollocationPolynomial, type SavedPolynomial } from './collocationPolynomial.ts'
import { tightestRtol, type ImplicitProblem } from './implicitProblem.ts'
import { newtonTolerance } from './newton.ts'
import type { SavedFactors } from './newtonFactors.ts'
import { PredictiveControl, type SavedControl } from './predictiveControl.ts'
import { RadauError } from './radauError.ts'
import { RadauFactors } from './radauFactors.ts'
import { ScaledNorm } from './scaledNorm.ts'
import { SHORT, ImplicitMethod, type SavedMethod } from './implicitMethod.ts'

/** The step is kept, and the factors with it, unless it could grow by this much. HW II, Sec. IV.8 */
const WORTH_REFACTORING = 1.2
/** A slower rate of convergence asks for a new Jacobian. HW II, Sec. IV.8, (8.11) ff. */
const FAST_RATE = 1e-3
/** Order of the error estimate. */
const ERROR_ORDER = 3

/**
 * Radau IIA of order 5 with simplified Newton iterations, predictive step control and reuse of Jacobian and factors.
 * Step for step the strategy of scipy's Radau, after RADAU5.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8
 */
export class Radau extends ImplicitMethod implements Integrator<Float64Array> {
  declare private readonly norm: ScaledNorm
  /** Of the iterations: over every component. */
  declare private readonly newtonNorm: ScaledNorm
  declare private readonly collocation: Collocation
  declare private readonly polynomial: CollocationPolynomial
  private readonly factors: RadauFactors = new RadauFactors()
  private readonly control: PredictiveControl = new PredictiveControl()
  declare private readonly error: RadauError
  /** f at y and at the candidate. */
  declare private f: Float64Array
  declare private fNew: Float64Array
  declare private candidate: Float64Array
  private isJacobianCurrent = true

  constructor(problem: ImplicitProblem) {
    super(problem)
    const { y0, rhs, tolerance, norm, epsilon } = problem
    const n = y0.length
    this.norm = new ScaledNorm(n, tolerance, norm)
    this.newtonNorm = coversAll(norm, n) ? this.norm : new ScaledNorm(n, tolerance, withGaps(norm, n))
    this.collocation = new Collocation(n, rhs, newtonTolerance(tightestRtol(tolerance), epsilon))
    this.polynomial = new CollocationPolynomial(n)
    this.error = new RadauError(n)
    this.candidate = new Float64Array(n)
    this.f = new Float64Array(n)
    this.fNew = new Float64Array(n)
  }

  get nlu(): number {
    return this.factors.nlu
  }

  start(): void {
    if (!this.evaluateStart(this.f)) return
    this.control.size = this.firstSize(this.f, ERROR_ORDER)
    const { jacobian, jacobianCheck } = this.problem
    const matrix = jacobian.evaluate(this.t, this.y, this.f)
    this.factors.setJacobian(matrix)
    jacobianCheck?.setPoint(this.t, this.y)
    jacobianCheck?.lookAtFirst(matrix, this.f)
  }

  step(): void {
    const { t, y, direction } = this
    const { tBound } = this.problem
    const { control, factors, norm, collocation } = this
    let isRejected = false
    setMinStep(this)
    control.begin(this, this.problem)
    this.planned = control.tried
    this.short = SHORT * this.minStep
    if (this.isCrawling()) return this.fail(this.tooSmall())
    for (;;) {
      // Written so that NaN counts as too small
      if (!(control.tried >= this.minStep)) return this.fail(this.tooSmall())
      let tNew = t + control.tried * direction
      if (direction * (tNew - tBound) > 0) tNew = tBound
      const h = tNew - t
      if (h - h !== 0) return this.fail(TIME_OVERFLOW)
      this.tNew = tNew
      control.tried = Math.abs(h)
      collocation.t = t
      collocation.h = h
      if (!this.converge()) {
        this.nrejected++
        control.tried *= 0.5
        factors.drop()
        continue
      }
      const { z } = collocation
      const { candidate } = this
      const n = candidate.length
      for (let i = 0, last = 2 * n; i < n; i++, last++) candidate[i] = y[i]! + z[last]!
      norm.setState(y, candidate)
      this.error.estimate(collocation, this.f, factors, norm)
      if (isRejected && norm.value > 1) this.error.refine(t, y, this.problem.rhs, factors, norm)
      control.error = norm.value
      this.setSafety()
      if (!(control.error <= 1)) {
        this.nrejected++
        this.trouble = 'error'
        if (control.error !== control.error && this.hasOverflown(candidate)) return
        control.shrink()
        factors.drop()
        isRejected = true
        continue
      }
      this.evaluateNext()
      if (firstNonFinite(this.fNew) >= 0) {
        this.trouble = 'derivative'
        this.nrejected++
        control.tried *= 0.5
        factors.drop()
        continue
      }
      return this.accept()
    }
  }

  denseOutput(): DenseOutput<Float64Array> {
    return this.checked(this.polynomial.dense(this.tOld, this.t, this.yOld))
  }

  override release(): void {
    this.factors.release()
  }

  save(): Saved {
    return {
      ends: this.saveMethod(),
      f: this.f.slice(),
      polynomial: this.polynomial.save(),
      control: this.control.save(),
      factors: this.factors.save(this.problem.jacobian),
      isJacobianCurrent: this.isJacobianCurrent,
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedRadau
    this.loadMethod(from.ends)
    this.f.set(from.f)
    this.polynomial.load(from.polynomial)
    this.control.load(from.control)
    this.factors.load(from.factors, this.problem.jacobian)
    this.isJacobianCurrent = from.isJacobianCurrent
  }

  /** Newton iterations with the factors at hand, else with new ones, and with a new Jacobian if they fail with an old one. */
  private converge(): boolean {
    const { collocation, factors, newtonNorm, y } = this
    const { jacobianCheck } = this.problem
    newtonNorm.setState(y, y)
    factors.wanted = collocation.h
    for (;;) {
      this.polynomial.predict(this, collocation)
      if (!factors.areReady()) this.trouble = 'singular'
      else if (collocation.solve(y, factors, newtonNorm)) return true
      else this.trouble = collocation.isFinite ? 'iteration' : 'derivative'
      if (this.isJacobianCurrent) {
        if (jacobianCheck !== null && this.trouble === 'iteration') {
          jacobianCheck.setPoint(this.t, y)
          jacobianCheck.countFailure(factors.jacobian!)
        }
        return false
      }
      factors.setJacobian(this.problem.jacobian.evaluate(this.t, y, this.f))
      factors.drop()
      this.isJacobianCurrent = true
    }
  }

  /** Fewer Newton iterations let the next step be bolder. HW II, Sec. IV.8, after (8.21) */
  private setSafety(): void {
    const { maxIterations, monitor } = this.collocation
    this.control.safety = (0.9 * (2 * maxIterations + 1)) / (2 * maxIterations + monitor.iterations)
  }

  private accept(): void {
    const { jacobian } = this.problem
    const { control, factors } = this
    const { iterations, rate } = this.collocation.monitor
    const isSlow = !jacobian.isConstant && iterations > 2 && rate > FAST_RATE
    control.measureGrowth()
    const isKept = !isSlow && control.growth < WORTH_REFACTORING
    if (!isKept) factors.drop()
    control.accept(isKept)
    this.polynomial.fit(this.collocation.z)
    this.candidate = this.advance(this.candidate)
    const freed = this.f
    this.f = this.fNew
    this.fNew = freed
    if (isSlow) factors.setJacobian(jacobian.evaluate(this.t, this.y, this.f))
    this.isJacobianCurrent = isSlow || (jacobian.isConstant && this.isJacobianCurrent)
  }

  /** A function of its own, small enough for V8 to put the right-hand side in line. */
  private evaluateNext(): void {
    this.problem.rhs(this.tNew, this.candidate, this.fNew)
  }

  private tooSmall(): StepFailure {
    const { collocation, candidate, factors, error } = this
    const f = [collocation.f, this.fNew].find((stages) => firstNonFinite(stages) >= 0) ?? this.f
    // After iterations that failed the increment of the end says where
    const last = collocation.z.subarray(2 * candidate.length)
    const isJudged = this.trouble === 'error'
    return this.whyNot({
      f,
      jacobian: factors.jacobian,
      candidate,
      error: isJudged ? error.vector : last,
    })
  }
}

interface SavedRadau {
  readonly ends: SavedMethod
  readonly f: Float64Array
  readonly polynomial: SavedPolynomial
  readonly control: SavedControl
  readonly factors: SavedFactors
  readonly isJacobianCurrent: boolean
}
