import type { DenseOutput } from '../dense/denseOutput.ts'
import { MESSAGES, firstNonFinite } from '../failure.ts'
import type { Integrator, Saved, StepFailure } from '../integrator.ts'
import { smallestStep } from '../spacing.ts'
import { Collocation } from './collocation.ts'
import { CollocationPolynomial, type SavedPolynomial } from './collocationPolynomial.ts'
import { tightestRtol, type ImplicitProblem } from './implicitProblem.ts'
import { newtonTolerance } from './newton.ts'
import type { SavedFactors } from './newtonFactors.ts'
import { PredictiveControl, type SavedControl } from './predictiveControl.ts'
import { RadauError } from './radauError.ts'
import { RadauFactors } from './radauFactors.ts'
import { ScaledNorm } from './scaledNorm.ts'
import { StepEnds, type SavedEnds } from './stepEnds.ts'

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
export class Radau extends StepEnds implements Integrator<Float64Array> {
  declare private readonly norm: ScaledNorm
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
    this.factors.setJacobian(this.problem.jacobian.evaluate(this.t, this.y, this.f))
  }

  step(): void {
    const { t, y, direction } = this
    const { maxStep, tBound, rhs } = this.problem
    const control = this.control
    const factors = this.factors
    const norm = this.norm
    const minStep = smallestStep(t, direction)
    let size = control.clipped(minStep, maxStep)
    let isRejected = false
    for (;;) {
      // Written so that NaN counts as too small
      if (!(size >= minStep)) return this.fail(this.tooSmall())
      let tNew = t + size * direction
      if (direction * (tNew - tBound) > 0) tNew = tBound
      const h = tNew - t
      size = Math.abs(h)
      if (!this.converge(t, y, h)) {
        size *= 0.5
        factors.drop()
        continue
      }
      const { z } = this.collocation
      const candidate = this.candidate
      const n = candidate.length
      for (let i = 0, last = 2 * n; i < n; i++, last++) candidate[i] = y[i]! + z[last]!
      norm.setState(y, candidate)
      let error = this.error.estimate(h, this.f, z, factors, norm)
      if (isRejected && error > 1) error = this.error.refine(t, y, rhs, factors, norm)
      const safety = this.safety()
      if (!(error <= 1)) {
        size *= control.shrinkFactor(safety, size, error)
        factors.drop()
        isRejected = true
        continue
      }
      this.accept(tNew, error, size, safety)
      return
    }
  }

  denseOutput(): DenseOutput<Float64Array> {
    return this.polynomial.dense(this.tOld, this.t, this.yOld)
  }

  override release(): void {
    this.factors.release()
  }

  save(): Saved {
    return {
      ends: this.saveEnds(),
      f: this.f.slice(),
      polynomial: this.polynomial.save(),
      control: this.control.save(),
      factors: this.factors.save(this.problem.jacobian),
      isJacobianCurrent: this.isJacobianCurrent,
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedRadau
    this.loadEnds(from.ends)
    this.f.set(from.f)
    this.polynomial.load(from.polynomial)
    this.control.load(from.control)
    this.factors.load(from.factors, this.problem.jacobian)
    this.isJacobianCurrent = from.isJacobianCurrent
  }

  /** Newton iterations with the factors at hand, else with new ones, and with a new Jacobian if they fail with an old one. */
  private converge(t: number, y: Float64Array, h: number): boolean {
    const collocation = this.collocation
    const factors = this.factors
    this.norm.setState(y, y)
    for (;;) {
      this.polynomial.predict(this.tOld, this.yOld, t, y, h, collocation.z)
      if (factors.areReady(h) && collocation.solve(t, y, h, factors, this.norm)) return true
      if (this.isJacobianCurrent) return false
      factors.setJacobian(this.problem.jacobian.evaluate(t, y, this.f))
      factors.drop()
      this.isJacobianCurrent = true
    }
  }

  /** Fewer Newton iterations let the next step be bolder. HW II, Sec. IV.8, after (8.21) */
  private safety(): number {
    const { maxIterations, monitor } = this.collocation
    return (0.9 * (2 * maxIterations + 1)) / (2 * maxIterations + monitor.iterations)
  }

  private accept(tNew: number, error: number, size: number, safety: number): void {
    const { jacobian, rhs } = this.problem
    const { iterations, rate } = this.collocation.monitor
    const factors = this.factors
    const isSlow = !jacobian.isConstant && iterations > 2 && rate > FAST_RATE
    let factor = this.control.growFactor(safety, size, error)
    if (!isSlow && factor < WORTH_REFACTORING) factor = 1
    else factors.drop()
    rhs(tNew, this.candidate, this.fNew)
    this.control.accept(error, size * factor)
    this.polynomial.fit(this.collocation.z)
    this.candidate = this.advance(tNew, this.candidate)
    const freed = this.f
    this.f = this.fNew
    this.fNew = freed
    if (isSlow) factors.setJacobian(jacobian.evaluate(tNew, this.y, this.f))
    this.isJacobianCurrent = isSlow || (jacobian.isConstant && this.isJacobianCurrent)
  }

  private tooSmall(): StepFailure {
    const { vector } = this.error
    const isFinite = firstNonFinite(vector) < 0 && firstNonFinite(this.f) < 0
    const kind = isFinite ? 'stepTooSmall' : 'nonFinite'
    return { kind, message: MESSAGES.stepTooSmall, component: this.norm.worst(vector) }
  }
}

interface SavedRadau {
  readonly ends: SavedEnds
  readonly f: Float64Array
  readonly polynomial: SavedPolynomial
  readonly control: SavedControl
  readonly factors: SavedFactors
  readonly isJacobianCurrent: boolean
}
