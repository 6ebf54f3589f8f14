import { ratioByError, type AdamsStability } from './stepRatio.ts'

/** A smaller gain than this does not pay for new factors. */
const LEAST_GAIN = 1.1

/**
 * Order and size of the next step. Made once for a solve; numbers go in and out through fields, since V8 boxes those that a call takes or
 * returns, and an object of a step's own would be as much.
 * @see Hindmarsh (1983); Radhakrishnan, Hindmarsh, LLNL UCRL-ID-113855 (1993), Sec. 2.6
 */
export class OrderChoice {
  /** Local errors, in tolerances, that the formulas of this and the neighbouring orders would have made in this step; Infinity where there is none. */
  lower: number = Infinity
  same: number = Infinity
  higher: number = Infinity
  /** The choice: the order of the next step and the ratio of its size. */
  order = 1
  ratio: number = NaN

  /**
   * Chooses the order, of three neighbours, that allows the largest step.
   * @param order - that of this step
   * @param stability - the limit of Adams steps, null for BDF
   * @param failures - failed error tests of this step; 0 after a success
   * @returns false to leave order and size as they are
   */
  choose(order: number, stability: AdamsStability | null, failures: number): boolean {
    let same = ratioByError(this.same, order + 1, 1.2)
    let higher = this.higher === Infinity ? 0 : ratioByError(this.higher, order + 2, 1.4)
    let lower = this.lower === Infinity ? 0 : ratioByError(this.lower, order, 1.3)
    if (stability !== null) {
      same = Math.min(same, stability.limit(order))
      if (higher > 0) higher = Math.min(higher, stability.limit(order + 1))
      if (lower > 0) lower = Math.min(lower, stability.limit(order - 1))
    }
    if (higher > same && higher > lower) {
      this.order = order + 1
      this.ratio = higher
      return higher >= LEAST_GAIN
    }
    const isLower = lower > Math.max(same, higher) || (same < higher && lower >= higher)
    const next = isLower ? order - 1 : order
    let ratio = isLower ? lower : same
    if (isLower && failures > 0) ratio = Math.min(ratio, 1)
    const isAtLimit = stability !== null && stability.isReached(next, ratio)
    if (failures === 0 && ratio < LEAST_GAIN && !isAtLimit) return false
    if (failures >= 2) ratio = Math.min(ratio, 0.2)
    this.order = next
    this.ratio = ratio
    return true
  }
}
