import type { DenseOutput } from '../dense/denseOutput.ts'
import { MESSAGES, firstNonFinite } from '../failure.ts'
import type { ImplicitProblem } from '../implicit/implicitProblem.ts'
import { StepEnds, type SavedEnds } from '../implicit/stepEnds.ts'
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

/**
 * Adams-Moulton of order 1 to 12 while the problem is not stiff, backward differentiation of order 1 to 5 while it is, both in Nordsieck
 * form; it starts with Adams and switches by itself. The strategy is that of LSODA in ODEPACK, with its constants.
 * @see Petzold, "Automatic selection of methods for solving stiff and nonstiff systems of ordinary differential equations",
 *   SIAM J. Sci. Stat. Comput. 4 (1983), 136-148
 * @see Hindmarsh, "ODEPACK, a systematized collection of ODE solvers", in Scientific Computing (1983), 55-64
 */
export class Lsoda extends StepEnds implements Integrator<Float64Array> {
  declare private readonly norm: WeightedMaxNorm
  declare private readonly corrector: Corrector
  declare private readonly strategy: Strategy

  constructor(problem: ImplicitProblem) {
    super(problem)
    const { y0, tolerance, norm } = problem
    this.norm = new WeightedMaxNorm(y0.length, tolerance, norm)
    this.corrector = new Corrector(problem, this.norm)
    this.strategy = new Strategy(problem, this.norm, this.corrector)
  }

  get nlu(): number {
    return this.corrector.nlu
  }

  start(): void {
    const { state, slope } = this.strategy.history
    state.set(this.y)
    if (!this.evaluateStart(slope)) return
    this.norm.setState(this.y)
    this.norm.measure(slope)
    this.strategy.begin(firstMultistepSize(this.problem, slope, this.norm.value))
  }

  step(): void {
    const strategy = this.strategy
    const corrector = this.corrector
    const { history } = strategy
    strategy.clip(this)
    this.norm.setState(history.state)
    let divergences = 0
    let misses = 0
    for (;;) {
      const { h, order, formula, isStiff } = strategy
      const t = this.t + h
      if (!(Math.abs(t - this.t) > 0)) {
        return this.fail(divergences > 0 ? this.diverged() : this.tooSmall())
      }
      corrector.t = t
      corrector.h = h
      history.predict(order)
      if (!corrector.solve(order, formula, history, isStiff) || firstNonFinite(corrector.y) >= 0) {
        history.retract(order)
        divergences++
        this.nrejected++
        if (strategy.isAtMinStep || divergences === MAX_FAILURES) return this.fail(this.diverged())
        strategy.shrink()
        continue
      }
      this.norm.measure(corrector.correction)
      const error = this.norm.value / formula.errorSame
      if (!(error <= 1)) {
        history.retract(order)
        misses++
        this.nrejected++
        if (strategy.isAtMinStep || misses === MAX_FAILURES) return this.fail(this.tooSmall())
        strategy.error = error
        if (misses <= MAX_TRUSTED) strategy.retry(misses)
        else if (!this.restart()) return this.fail(this.diverged())
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
    return nordsieckDense(this.tOld, this.t, this.strategy.h, this.strategy.columnsUsed())
  }

  override release(): void {
    this.corrector.release()
  }

  save(): Saved {
    return {
      ends: this.saveEnds(),
      strategy: this.strategy.save(),
      corrector: this.corrector.save(),
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedLsoda
    this.loadEnds(from.ends)
    this.strategy.load(from.strategy)
    this.corrector.load(from.corrector)
  }

  /** Returns whether the derivative at the start of the step is finite. */
  private restart(): boolean {
    const { state, slope } = this.strategy.history
    const { f } = this.corrector
    slope.set(this.problem.rhs(this.t, state, f))
    this.strategy.restart()
    return firstNonFinite(f) < 0
  }

  private moveOn(): void {
    const { tBound } = this.problem
    const { t } = this.corrector
    const { h, history } = this.strategy
    // ODEPACK's bound of what counts as the end
    const isEnd = Math.abs(t - tBound) <= 100 * Number.EPSILON * (Math.abs(t) + Math.abs(h))
    const { z } = history
    const state = this.yOld
    for (let i = 0; i < state.length; i++) state[i] = z[i]!
    this.tNew = isEnd ? tBound : t
    this.advance(state)
  }

  private tooSmall(): StepFailure {
    const { correction } = this.corrector
    return {
      kind: 'stepTooSmall',
      message: MESSAGES.stepTooSmall,
      component: this.norm.worst(correction),
    }
  }

  private diverged(): StepFailure {
    const { f, y, correction } = this.corrector
    const bad = Math.max(firstNonFinite(f), firstNonFinite(y))
    return bad >= 0
      ? { kind: 'nonFinite', message: MESSAGES.notFinite, component: bad }
      : { kind: 'noConvergence', message: MESSAGES.noConvergence, component: this.norm.worst(correction) }
  }
}

interface SavedLsoda {
  readonly ends: SavedEnds
  readonly strategy: Saved
  readonly corrector: Saved
}
