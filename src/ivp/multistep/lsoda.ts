import type { DenseOutput } from '../dense/denseOutput.ts'
import { exactAtStart } from '../dense/exactAtStart.ts'
import { ADVICE } from '../advice.ts'
import { MESSAGES, TIME_OVERFLOW, firstNonFinite } from '../failure.ts'
import { tightestRtol, type ImplicitProblem } from '../implicit/implicitProblem.ts'
import { SHORT, ImplicitMethod, type SavedMethod } from '../implicit/implicitMethod.ts'
import { coversAll, withGaps } from '../space/norm.ts'
import { SPACINGS } from '../spacing.ts'
import type { MultistepFormula } from './coefficients.ts'
import type { Integrator, Saved, StepFailure } from '../integrator.ts'
import { Corrector } from './corrector.ts'
import { firstMultistepSize } from './firstMultistepSize.ts'
import { nordsieckDense } from './nordsieckDense.ts'
import { Strategy } from './strategy.ts'
import { WeightedMaxNorm } from './weightedMaxNorm.ts'

/** Attempts of one step that may fail, of each kind. */
const MAX_FAILURES = 10
/** Failed error tests after which the history is dropped. */
const MAX_TRUSTED = 2
/** A step of which rounding changed less than this share of the relative tolerance is as it was: near zero always. */
const ROUNDED = 0.01

/**
 * Adams-Moulton of order 1 to 12 while the problem is not stiff, backward differentiation of order 1 to 5 while it is, both in Nordsieck
 * form; it starts with Adams and switches by itself. The strategy is that of LSODA in ODEPACK, with its constants.
 * @see Petzold, "Automatic selection of methods for solving stiff and nonstiff systems of ordinary differential equations",
 *   SIAM J. Sci. Stat. Comput. 4 (1983), 136-148
 * @see Hindmarsh, "ODEPACK, a systematized collection of ODE solvers", in Scientific Computing (1983), 55-64
 */
export class Lsoda extends ImplicitMethod implements Integrator<Float64Array> {
  declare private readonly norm: WeightedMaxNorm
  /** Of the iterations: over every component. */
  declare private readonly newtonNorm: WeightedMaxNorm
  declare private readonly corrector: Corrector
  declare private readonly strategy: Strategy
  declare private readonly rounded: number

  constructor(problem: ImplicitProblem) {
    super(problem)
    const { y0, tolerance, norm } = problem
    this.rounded = Math.min(1e-6, ROUNDED * tightestRtol(tolerance))
    this.norm = new WeightedMaxNorm(y0.length, tolerance, norm)
    const n = y0.length
    this.newtonNorm = coversAll(norm, n) ? this.norm : new WeightedMaxNorm(n, tolerance, withGaps(norm, n))
    this.corrector = new Corrector(problem, this.norm, this.newtonNorm)
    this.strategy = new Strategy(problem, this.norm, this.corrector)
  }

  get nlu(): number {
    return this.corrector.nlu
  }

  start(): void {
    const { state, slope } = this.strategy.history
    state.set(this.y)
    if (!this.evaluateStart(slope)) return
    this.corrector.f.set(slope)
    this.norm.setState(this.y)
    this.norm.measure(slope)
    this.strategy.begin(firstMultistepSize(this.problem, slope, this.norm.value))
  }

  step(): void {
    const strategy = this.strategy
    const corrector = this.corrector
    const { history, at } = strategy
    // One or two spacings of numbers near t: `follow` makes steps of any number of them right
    this.minStep = Math.max(Number.EPSILON * Math.abs(this.t), SPACINGS * Number.MIN_VALUE)
    strategy.raise(this)
    strategy.clip(this)
    // The last step may be shorter
    const least = Math.min(this.minStep, Math.abs(at.h))
    this.planned = Math.abs(at.h)
    this.short = SHORT * SPACINGS * this.minStep
    if (this.isCrawling()) return this.fail(this.tooSmall())
    this.norm.setState(history.state)
    if (this.newtonNorm !== this.norm) this.newtonNorm.setState(history.state)
    let divergences = 0
    let misses = 0
    for (;;) {
      const { order, formula, isStiff } = strategy
      const t = this.t + at.h
      if (t === Infinity || t === -Infinity) return this.fail(TIME_OVERFLOW)
      // Written so that NaN counts as too small
      if (!(Math.abs(at.h) >= least && t !== this.t)) return this.fail(this.tooSmall())
      this.tNew = t
      this.follow()
      corrector.t = t
      corrector.h = at.h
      history.predict(order)
      if (!this.converge(order, formula, isStiff)) {
        history.retract(order)
        if (this.trouble === 'derivative' && this.hasOverflown(corrector.y)) return
        divergences++
        this.nrejected++
        if (strategy.isAtMinStep || divergences === MAX_FAILURES) return this.fail(this.tooSmall())
        strategy.shrink()
        continue
      }
      this.norm.measure(corrector.correction)
      const error = this.norm.value / formula.errorSame
      if (!(error <= 1)) {
        this.trouble = 'error'
        history.retract(order)
        misses++
        this.nrejected++
        if (strategy.isAtMinStep) return this.fail(this.stoppedByMinStep())
        if (misses === MAX_FAILURES) return this.fail(this.tooSmall())
        strategy.error = error
        if (misses <= MAX_TRUSTED) strategy.retry(misses)
        else if (!this.restart()) return this.fail(this.tooSmall())
        continue
      }
      strategy.accept()
      strategy.error = error
      this.moveOn()
      strategy.prepareNext()
      return
    }
  }

  denseOutput(): DenseOutput<Float64Array> {
    const { tOld, t, strategy } = this
    const { h, hUsed } = strategy.at
    // Where rounding of t made another step of it, time runs as it was stepped
    const share = (t - tOld) / hUsed
    const isRounded = Math.abs(share - 1) > 1e-12 && this.status !== 'finished'
    const dense = nordsieckDense(tOld, t, isRounded ? h * share : h, strategy.columnsUsed())
    return this.checked(exactAtStart(dense, this.yOld))
  }

  override release(): void {
    this.corrector.release()
  }

  save(): Saved {
    return {
      ends: this.saveMethod(),
      strategy: this.strategy.save(),
      corrector: this.corrector.save(),
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedLsoda
    this.loadMethod(from.ends)
    this.strategy.load(from.strategy)
    this.corrector.load(from.corrector)
  }

  /** Solves the step's equation; what comes out must be finite, and f there too where it is looked at. */
  private converge(order: number, formula: MultistepFormula, isStiff: boolean): boolean {
    const { corrector } = this
    const isConverged = corrector.solve(order, formula, this.strategy.history, isStiff)
    this.trouble = corrector.trouble
    if (isConverged) {
      if (firstNonFinite(corrector.y) < 0 && this.mayEndIn(corrector.y, corrector.f)) return true
      this.trouble = 'derivative'
    }
    if (this.trouble === 'derivative') this.hasLeftDomain = true
    return false
  }

  /** To the step that rounding of t made of the one that was wanted: far from zero the difference counts. */
  private follow(): void {
    const { strategy } = this
    const h = this.tNew - this.t
    if (!(Math.abs(h - strategy.h) <= this.rounded * Math.abs(h))) strategy.resize(h)
  }

  /** Returns whether the derivative at the start of the step is finite. */
  private restart(): boolean {
    const { state, slope } = this.strategy.history
    const { f } = this.corrector
    slope.set(this.problem.rhs(this.t, state, f))
    this.strategy.restart()
    if (firstNonFinite(f) < 0) return true
    this.trouble = 'derivative'
    return false
  }

  private moveOn(): void {
    const { t0, tBound } = this.problem
    const { t } = this.corrector
    const { h, history } = this.strategy
    // ODEPACK's bound of what counts as the end, and never more than that share of the span: far from zero steps may be shorter than the former
    const size = Math.min(Math.abs(t) + Math.abs(h), Math.abs(tBound - t0))
    const isEnd = size < Infinity && Math.abs(t - tBound) <= 100 * Number.EPSILON * size
    const { z } = history
    const state = this.yOld
    for (let i = 0; i < state.length; i++) state[i] = z[i]!
    if (isEnd) this.tNew = tBound
    this.advance(state)
  }

  private tooSmall(): StepFailure {
    const { f, y, correction, jacobian } = this.corrector
    if (this.strategy.isAtMinStep && this.trouble !== 'derivative') return this.stoppedByMinStep()
    return this.whyNot({ f, jacobian, candidate: y, error: correction })
  }

  private stoppedByMinStep(): StepFailure {
    const component = this.norm.worst(this.corrector.correction)
    return { kind: 'stepTooSmall', message: MESSAGES.minStep, component, advice: ADVICE.minStep }
  }
}

interface SavedLsoda {
  readonly ends: SavedMethod
  readonly strategy: Saved
  readonly corrector: Saved
}
