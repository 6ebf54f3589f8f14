import { StepRatio, type AdamsStability } from './stepRatio.ts'

/** A smaller gain than this does not pay for new factors. */
const LEAST_GAIN = 1.1

/**
 * Order and size of the next step. Made once for a solve: an object for each choice would be garbage.
 * @see Hindmarsh (1983); Radhakrishnan, Hindmarsh, LLNL UCRL-ID-113855 (1993), Sec. 2.6
 */
export class OrderChoice {
  /** By the errors of the formulas of this and the neighbouring orders; an error is Infinity where there is no formula. */
  readonly lower: StepRatio = new StepRatio()
  readonly same: StepRatio = new StepRatio()
  readonly higher: StepRatio = new StepRatio()
  /** The choice: the order of the next step and the ratio of its size. */
  order = 1
  readonly ratio: StepRatio = new StepRatio()

  /**
   * Chooses the order, of three neighbours, that allows the largest step.
   * @param order - that of this step
   * @param stability - the limit of Adams steps, null for BDF
   * @param failures - failed error tests of this step; 0 after a success
   * @returns false to leave order and size as they are
   */
  choose(order: number, stability: AdamsStability | null, failures: number): boolean {
    this.setRatios(order, stability)
    const { ratio } = this
    const lower = this.lower.value
    const same = this.same.value
    const higher = this.higher.value
    if (higher > same && higher > lower) {
      this.order = order + 1
      ratio.value = higher
      return higher >= LEAST_GAIN
    }
    const isLower = lower > Math.max(same, higher) || (same < higher && lower >= higher)
    this.order = isLower ? order - 1 : order
    ratio.value = isLower ? lower : same
    if (isLower && failures > 0) ratio.value = Math.min(ratio.value, 1)
    const isAtLimit = stability !== null && stability.isReached(this.order, ratio)
    if (failures === 0 && ratio.value < LEAST_GAIN && !isAtLimit) return false
    if (failures >= 2) ratio.value = Math.min(ratio.value, 0.2)
    return true
  }

  private setRatios(order: number, stability: AdamsStability | null): void {
    const { lower, same, higher } = this
    same.setByError(order + 1, 1.2)
    higher.setByError(order + 2, 1.4)
    lower.setByError(order, 1.3)
    if (stability === null) return
    stability.bound(order, same)
    // Beyond the highest order there is no limit to be had; the ratio is 0 there
    if (higher.value > 0) stability.bound(order + 1, higher)
    stability.bound(order - 1, lower)
  }
}
