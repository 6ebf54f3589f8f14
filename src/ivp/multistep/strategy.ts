import type { ImplicitProblem } from '../implicit/implicitProblem.ts'
import type { Saved } from '../integrator.ts'
import { ADAMS_MAX_ORDER, BDF_MAX_ORDER, adams, bdf, type MultistepFormula } from './coefficients.ts'
import type { Corrector } from './corrector.ts'
import { ratioToAdams, ratioToBdf } from './familySwitch.ts'
import { lsodaStart, type LsodaState } from './lsodaState.ts'
import { Nordsieck } from './nordsieck.ts'
import { chooseOrder, type OrderChoice, type OrderErrors } from './orderChoice.ts'
import { AdamsStability } from './stepRatio.ts'
import type { WeightedMaxNorm } from './weightedMaxNorm.ts'

/** Largest growth of the step: at first, after a step, after a failed attempt. */
const GROWTH = { first: 1e4, usual: 10, afterFailure: 2 }
/** Steps between two looks at the choice of family. */
const SWITCH_PERIOD = 20

/**
 * Family, order and size of LSODA's steps, and the history they go on from.
 * @see Petzold, SIAM J. Sci. Stat. Comput. 4 (1983), 136-148
 * @see Hindmarsh, "ODEPACK, a systematized collection of ODE solvers", in Scientific Computing (1983), 55-64
 */
export class Strategy {
  declare readonly history: Nordsieck
  /** Of the attempt at hand, in tolerances. A field: V8 boxes numbers that it passes to a function. */
  error: number = NaN
  declare private readonly problem: ImplicitProblem
  declare private readonly norm: WeightedMaxNorm
  declare private readonly corrector: Corrector
  /** The correction of an earlier step: what the error of the next higher order is estimated from. */
  declare private readonly earlierCorrection: Float64Array
  declare private readonly difference: Float64Array
  private readonly at: LsodaState = lsodaStart(GROWTH.first, SWITCH_PERIOD)

  constructor(problem: ImplicitProblem, norm: WeightedMaxNorm, corrector: Corrector) {
    const n = problem.y0.length
    this.problem = problem
    this.norm = norm
    this.corrector = corrector
    this.history = new Nordsieck(n, ADAMS_MAX_ORDER)
    this.earlierCorrection = new Float64Array(n)
    this.difference = new Float64Array(n)
  }

  /** Signed size of the next step. */
  get h(): number {
    return this.at.h
  }

  get order(): number {
    return this.at.order
  }

  get isStiff(): boolean {
    return this.at.isStiff
  }

  get isAtMinStep(): boolean {
    return Math.abs(this.at.h) <= this.problem.minStep * 1.00001
  }

  get formula(): MultistepFormula {
    return (this.at.isStiff ? bdf : adams)[this.at.order]!
  }

  /** Begins at order 1 with steps of size h; column 0 is the state, column 1 its derivative. */
  begin(h: number): void {
    this.at.h = h
    this.at.order = 1
    const { slope } = this.history
    for (let i = 0; i < slope.length; i++) slope[i] = slope[i]! * h
  }

  /** Ends the step at tBound if it would pass it, a few roundings short of it. */
  clip({ t }: { readonly t: number }): void {
    const { tBound } = this.problem
    const next = t + this.at.h * (1 + 4 * Number.EPSILON)
    if ((next - tBound) * this.at.h > 0) this.rescale(((tBound - t) * (1 - 4 * Number.EPSILON)) / this.at.h)
  }

  /** After a corrector that did not converge. */
  shrink(): void {
    this.at.growth = GROWTH.afterFailure
    this.corrector.renew()
    this.rescale(this.atLeastMinStep(0.25))
  }

  /** After an error test that failed for the first or second time in a step. */
  retry(failures: number): void {
    this.at.growth = GROWTH.afterFailure
    this.apply(chooseOrder(this.at.order, this.errors(false), this.stability(), failures)!)
  }

  /** After more of them: the history is not to be trusted. Column 1 must have been set to the derivative again. */
  restart(): void {
    this.at.growth = GROWTH.afterFailure
    this.begin(this.at.h * this.atLeastMinStep(0.1))
    this.at.untilOrder = 5
    this.corrector.renew()
  }

  /** Takes the corrected step into the history. */
  accept(): void {
    this.history.correct(this.formula.corrector, this.corrector.correction)
    this.corrector.grow()
    this.at.hUsed = this.at.h
    this.at.orderUsed = this.at.order
    this.at.untilSwitch--
  }

  /** Family, order and size of the next step, after one with this error in tolerances. */
  prepareNext(): void {
    const at = this.at
    if (at.untilSwitch < 0 && this.switchFamily()) return
    at.untilOrder--
    if (at.untilOrder === 1 && at.order < this.maxOrder()) {
      const { correction } = this.corrector
      const earlier = this.earlierCorrection
      for (let i = 0; i < earlier.length; i++) earlier[i] = correction[i]!
    }
    if (at.untilOrder !== 0) return
    const choice = chooseOrder(at.order, this.errors(true), this.stability(), 0)
    if (choice === null) {
      at.untilOrder = 3
      return
    }
    this.apply(choice)
    at.growth = GROWTH.usual
  }

  /** Copies of the columns that the step taken last is a polynomial of, scaled by `h`. */
  columnsUsed(): Float64Array[] {
    const { h, hUsed, order, orderUsed } = this.at
    const columns = this.history.columns(orderUsed + 1)
    if (order < orderUsed) {
      // The column that the lower order left behind is still scaled by the step taken
      const last = columns[orderUsed]!
      for (let i = 0; i < last.length; i++) last[i] = last[i]! * (h / hUsed) ** orderUsed
    }
    return columns
  }

  save(): Saved {
    return {
      at: { ...this.at },
      history: this.history.columns(ADAMS_MAX_ORDER + 1),
      earlierCorrection: this.earlierCorrection.slice(),
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedStrategy
    Object.assign(this.at, from.at)
    this.history.load(from.history)
    this.earlierCorrection.set(from.earlierCorrection)
  }

  private maxOrder(): number {
    return this.at.isStiff ? BDF_MAX_ORDER : ADAMS_MAX_ORDER
  }

  private atLeastMinStep(ratio: number): number {
    return Math.max(ratio, this.problem.minStep / Math.abs(this.at.h))
  }

  /** Changes the step size, within what growth, maxStep and the stability of Adams allow. */
  private rescale(wanted: number): void {
    const { maxStep } = this.problem
    let ratio = Math.min(wanted, this.at.growth)
    ratio /= Math.max(1, (Math.abs(this.at.h) * ratio) / maxStep)
    if (!this.at.isStiff) {
      const stability = new AdamsStability(this.at.h, this.corrector.lastLipschitz)
      this.at.isAtStabilityLimit = stability.isReached(this.at.order, ratio)
      if (this.at.isAtStabilityLimit) ratio = stability.limit(this.at.order)
    }
    this.history.rescale(this.at.order, ratio)
    this.at.h *= ratio
    this.at.untilOrder = this.at.order + 1
  }

  private switchFamily(): boolean {
    const corrector = this.corrector
    const evidence = {
      h: this.at.h,
      order: this.at.order,
      error: this.error,
      roundoff: this.problem.epsilon * this.norm.of(this.history.z),
      lipschitz: corrector.lipschitz,
      lastLipschitz: corrector.lastLipschitz,
      jacobianNorm: corrector.jacobianNorm,
      isAtStabilityLimit: this.at.isAtStabilityLimit,
    }
    const ratio = this.at.isStiff ? ratioToAdams(evidence) : ratioToBdf(evidence)
    if (ratio === null) return false
    this.at.isStiff = !this.at.isStiff
    corrector.lastLipschitz = 0
    corrector.renew()
    this.at.untilSwitch = SWITCH_PERIOD
    this.rescale(this.atLeastMinStep(ratio))
    this.at.growth = GROWTH.usual
    return true
  }

  /** Errors at the neighbouring orders, in tolerances. */
  private errors(mayRaise: boolean): OrderErrors {
    const same = this.error
    const { order } = this.at
    const formula = this.formula
    const { z, state } = this.history
    const lower = order > 1 ? this.norm.of(z, order * state.length) / formula.errorLower : null
    let higher = null
    if (mayRaise && order < this.maxOrder()) {
      const difference = this.difference
      const { correction } = this.corrector
      for (let i = 0; i < difference.length; i++) {
        difference[i] = correction[i]! - this.earlierCorrection[i]!
      }
      higher = this.norm.of(difference) / formula.errorHigher
    }
    return { lower, same, higher }
  }

  /** The stability limit of Adams, for one choice of order: the Lipschitz estimate is collected anew from here. */
  private stability(): AdamsStability | null {
    if (this.at.isStiff) return null
    this.corrector.lipschitz = 0
    return new AdamsStability(this.at.h, this.corrector.lastLipschitz)
  }

  private apply({ order, ratio }: OrderChoice): void {
    if (order > this.at.order) {
      const factor = this.formula.corrector[this.at.order]! / order
      const { z } = this.history
      const { correction } = this.corrector
      const n = correction.length
      for (let i = 0, at = order * n; i < n; i++, at++) z[at] = correction[i]! * factor
    }
    this.at.order = order
    this.rescale(this.atLeastMinStep(ratio))
  }
}

interface SavedStrategy {
  readonly at: LsodaState
  readonly history: ReadonlyArray<Float64Array>
  readonly earlierCorrection: Float64Array
}
