import type { ImplicitProblem } from '../implicit/implicitProblem.ts'
import type { Saved } from '../integrator.ts'
import { ADAMS_MAX_ORDER, BDF_MAX_ORDER, adams, bdf, type MultistepFormula } from './coefficients.ts'
import type { Corrector } from './corrector.ts'
import { FamilySwitch } from './familySwitch.ts'
import { lsodaStart, type LsodaState } from './lsodaState.ts'
import { Nordsieck } from './nordsieck.ts'
import { OrderChoice } from './orderChoice.ts'
import { AdamsStability, StepRatio } from './stepRatio.ts'
import type { WeightedMaxNorm } from './weightedMaxNorm.ts'

/** Largest growth of the step: at first, after a step, after a failed attempt. */
const GROWTH = { first: 1e4, usual: 10, afterFailure: 2 }
/** Longer steps would soon be infinite. */
const LONGEST = 1e305
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
  private readonly choice: OrderChoice = new OrderChoice()
  private readonly family: FamilySwitch = new FamilySwitch()
  private readonly stability: AdamsStability = new AdamsStability()
  /** The change of the step size that `rescale` makes. */
  private readonly change: StepRatio = new StepRatio()
  readonly at: LsodaState = lsodaStart(GROWTH.first, SWITCH_PERIOD)

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
    const { minStep } = this.problem
    return minStep > 0 && Math.abs(this.at.h) <= minStep * 1.00001
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
    // Not a product of the two, which may underflow
    if (!(this.at.h > 0 ? next > tBound : next < tBound)) return
    this.change.value = ((tBound - t) * (1 - 4 * Number.EPSILON)) / this.at.h
    this.rescale()
  }

  /** At least to `minStep`, which is as short as the spacing of numbers at t allows. */
  raise({ minStep: least }: { readonly minStep: number }): void {
    const { at } = this
    const size = Math.abs(at.h)
    if (size < least && size > 0) this.resize(at.h > 0 ? least : -least)
  }

  /** Has the step be h exactly, which it is almost: what rounding of t made of it. */
  resize(h: number): void {
    const { at, change } = this
    change.value = h / at.h
    this.history.rescale(at.order, change)
    at.h = h
  }

  /** After a corrector that did not converge. */
  shrink(): void {
    this.at.growth = GROWTH.afterFailure
    this.corrector.renew()
    this.change.value = 0.25
    this.rescaleAboveMinStep()
  }

  /** After an error test that failed for the first or second time in a step. */
  retry(failures: number): void {
    this.at.growth = GROWTH.afterFailure
    this.measureErrors(false)
    this.choice.choose(this.at.order, this.newStability(), failures)
    this.apply()
  }

  /** After more of them: the history is not to be trusted. Column 1 must have been set to the derivative again. */
  restart(): void {
    this.at.growth = GROWTH.afterFailure
    this.begin(this.at.h * Math.max(0.1, this.leastRatio))
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
    this.measureErrors(true)
    if (!this.choice.choose(at.order, this.newStability(), 0)) {
      at.untilOrder = 3
      return
    }
    this.apply()
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

  /** The ratio that leads to minStep. */
  private get leastRatio(): number {
    return this.problem.minStep / Math.abs(this.at.h)
  }

  private rescaleAboveMinStep(): void {
    this.change.value = Math.max(this.change.value, this.leastRatio)
    this.rescale()
  }

  /** Changes the step size by `change`, within what growth, maxStep and the stability of Adams allow. */
  private rescale(): void {
    const { at, change } = this
    const wanted = Math.min(change.value, at.growth)
    const longest = Math.min(this.problem.maxStep, LONGEST)
    const size = Math.abs(at.h) * wanted
    // The product may be infinite
    if (size < Infinity) change.value = wanted / Math.max(1, size / longest)
    else change.value = longest / Math.abs(at.h)
    if (!at.isStiff)
      at.isAtStabilityLimit = this.stability.set(at, this.corrector).goToLimit(at.order, change)
    this.history.rescale(at.order, change)
    at.h *= change.value
    at.untilOrder = at.order + 1
  }

  private switchFamily(): boolean {
    const { at, corrector, family } = this
    family.error = this.error
    this.norm.measure(this.history.z)
    family.roundoff = Number.EPSILON * this.norm.value
    if (!(at.isStiff ? family.toAdams(at, corrector) : family.toBdf(at, corrector))) return false
    at.isStiff = !at.isStiff
    corrector.lastLipschitz = 0
    corrector.renew()
    at.untilSwitch = SWITCH_PERIOD
    this.change.value = family.ratio
    this.rescaleAboveMinStep()
    at.growth = GROWTH.usual
    return true
  }

  /** Errors at the neighbouring orders, in tolerances. */
  private measureErrors(mayRaise: boolean): void {
    const { choice, formula, norm } = this
    const { order } = this.at
    const { z, state } = this.history
    choice.same.error = this.error
    choice.lower.error = Infinity
    choice.higher.error = Infinity
    if (order > 1) {
      norm.measure(z, order * state.length)
      choice.lower.error = norm.value / formula.errorLower
    }
    if (!mayRaise || order >= this.maxOrder()) return
    const difference = this.difference
    const { correction } = this.corrector
    for (let i = 0; i < difference.length; i++) {
      difference[i] = correction[i]! - this.earlierCorrection[i]!
    }
    norm.measure(difference)
    choice.higher.error = norm.value / formula.errorHigher
  }

  /** The stability limit of Adams, for one choice of order: the Lipschitz estimate is collected anew from here. */
  private newStability(): AdamsStability | null {
    if (this.at.isStiff) return null
    this.corrector.lipschitz = 0
    return this.stability.set(this.at, this.corrector)
  }

  /** Goes on as chosen. */
  private apply(): void {
    const { order } = this.choice
    if (order > this.at.order) {
      const factor = this.formula.corrector[this.at.order]! / order
      const { z } = this.history
      const { correction } = this.corrector
      const n = correction.length
      for (let i = 0, at = order * n; i < n; i++, at++) z[at] = correction[i]! * factor
    }
    this.at.order = order
    this.change.value = this.choice.ratio.value
    this.rescaleAboveMinStep()
  }
}

interface SavedStrategy {
  readonly at: LsodaState
  readonly history: ReadonlyArray<Float64Array>
  readonly earlierCorrection: Float64Array
}
