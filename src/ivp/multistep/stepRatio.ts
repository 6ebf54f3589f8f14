/** Step size ratios: how far the next step may go at an order, by error and (for Adams) by stability. */
import { ADAMS_MAX_ORDER } from './coefficients.ts'

/**
 * Largest h L for which functional iteration and Adams formulas of order 1 to 12 are stable, L the Lipschitz constant.
 * Entry 0 is never used. Petzold (1983), Sec. 3.
 */
const STABILITY = [0, 0.5, 0.575, 0.55, 0.45, 0.35, 0.25, 0.2, 0.15, 0.1, 0.075, 0.05, 0.025]

/** Caution with which a change of order is preferred: 1.2 for the same order, 1.3 for one less, 1.4 for one more. */
export type Bias = 1.2 | 1.3 | 1.4

/** The ratio that brings the error, now `error` tolerances, to one; `power` is the order of the error, order + 1. */
export function ratioByError(error: number, power: number, bias: Bias): number {
  return 1 / (bias * error ** (1 / power) + bias * 1e-6)
}

/** h L below which stability never limits the step. */
const NEGLIGIBLE = 1e-6

/** The stability limit of Adams methods. Made once for a solve. */
export class AdamsStability {
  private hL: number = NaN

  /** Sets the present h and L, which come in fields: V8 boxes numbers that it passes to a function. */
  set({ h }: { readonly h: number }, { lastLipschitz }: { readonly lastLipschitz: number }): this {
    this.hL = Math.max(Math.abs(h) * lastLipschitz, NEGLIGIBLE)
    return this
  }

  limit(order: number): number {
    return STABILITY[order]! / this.hL
  }

  /** Whether a change by `ratio` would come up against the limit. */
  isReached(order: number, ratio: number): boolean {
    return ratio * this.hL * 1.00001 >= STABILITY[order]!
  }

  /** Sets the ratio of a change that would come up against the limit to it. Returns whether it did. */
  bound(order: number, change: { ratio: number }): boolean {
    if (!this.isReached(order, change.ratio)) return false
    // Not by `limit`, whose result V8 would box where it does not put the call in line
    change.ratio = STABILITY[order]! / this.hL
    return true
  }
}

/** The stability limit as the choice between families sees it: twice the accuracy's ratio if L is negligible. */
export function ratioByStability(h: number, lipschitz: number, order: number, byError: number): number {
  const hL = Math.abs(h) * lipschitz
  const limit = hL * byError > 1e-5 ? STABILITY[Math.min(order, ADAMS_MAX_ORDER)]! / hL : 2 * byError
  return Math.min(byError, limit)
}
