/** Step size ratios: how far the next step may go at an order, by error and (for Adams) by stability. */
import { ADAMS_MAX_ORDER } from './coefficients.ts'

/**
 * Largest h L for which functional iteration and Adams formulas of order 1 to 12 are stable, L the Lipschitz constant.
 * Entry 0 is never used. Petzold (1983), Sec. 3.
 */
const STABILITY = [0, 0.5, 0.575, 0.55, 0.45, 0.35, 0.25, 0.2, 0.15, 0.1, 0.075, 0.05, 0.025]

/** Caution with which a change of order is preferred: 1.2 for the same order, 1.3 for one less, 1.4 for one more. */
export type Bias = 1.2 | 1.3 | 1.4

/** A ratio of step sizes. Numbers go in and out through fields: V8 boxes those that a call takes or returns, unless it puts it in line. */
export class StepRatio {
  value: number = NaN
  /** The local error, in tolerances, that a step of the same size would have made. */
  error: number = NaN

  /** To the ratio that brings the error to one tolerance; `power` is the order of the error, order + 1. */
  setByError(power: number, bias: Bias): void {
    this.value = 1 / (bias * this.error ** (1 / power) + bias * 1e-6)
  }

  /** Within the stability limit of Adams as the choice between families sees it: twice the accuracy's ratio if L is negligible. */
  boundByStability(order: number, { hL }: { readonly hL: number }): void {
    const byError = this.value
    const limit = hL * byError > 1e-5 ? STABILITY[Math.min(order, ADAMS_MAX_ORDER)]! / hL : 2 * byError
    this.value = Math.min(byError, limit)
  }
}

/** h L below which stability never limits the step. */
const NEGLIGIBLE = 1e-6

/** The stability limit of Adams methods. Made once for a solve. */
export class AdamsStability {
  private hL: number = NaN

  /** Sets the present h and L. */
  set({ h }: { readonly h: number }, { lastLipschitz }: { readonly lastLipschitz: number }): this {
    this.hL = Math.max(Math.abs(h) * lastLipschitz, NEGLIGIBLE)
    return this
  }

  /** Has the ratio respect the limit. */
  bound(order: number, ratio: StepRatio): void {
    ratio.value = Math.min(ratio.value, STABILITY[order]! / this.hL)
  }

  /** Whether a change by `ratio` would come up against the limit. */
  isReached(order: number, ratio: StepRatio): boolean {
    return ratio.value * this.hL * 1.00001 >= STABILITY[order]!
  }

  /** Has a change that would come up against the limit go there. Returns whether it does. */
  goToLimit(order: number, ratio: StepRatio): boolean {
    if (!this.isReached(order, ratio)) return false
    ratio.value = STABILITY[order]! / this.hL
    return true
  }
}
