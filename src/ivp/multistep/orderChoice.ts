import { ratioByError, type AdamsStability } from './stepRatio.ts'

/** Local errors, in tolerances, that the formulas of neighbouring orders would have made in this step; null where there is none. */
export interface OrderErrors {
  readonly lower: number | null
  readonly same: number
  readonly higher: number | null
}

/** The order of the next step and the ratio of its size. */
export interface OrderChoice {
  readonly order: number
  readonly ratio: number
}

/** A smaller gain than this does not pay for new factors. */
const LEAST_GAIN = 1.1

/**
 * The order, of three neighbours, that allows the largest step; null to leave both as they are.
 * @param stability - the limit of Adams steps, null for BDF
 * @param failures - failed error tests of this step; 0 after a success
 * @see Hindmarsh (1983); Radhakrishnan, Hindmarsh, LLNL UCRL-ID-113855 (1993), Sec. 2.6
 */
export function chooseOrder(
  order: number,
  errors: OrderErrors,
  stability: AdamsStability | null,
  failures: number,
): OrderChoice | null {
  const limited = (ratio: number, at: number): number =>
    stability === null ? ratio : Math.min(ratio, stability.limit(at))
  const same = limited(ratioByError(errors.same, order + 1, 1.2), order)
  const higher = errors.higher === null ? 0 : limited(ratioByError(errors.higher, order + 2, 1.4), order + 1)
  const lower = errors.lower === null ? 0 : limited(ratioByError(errors.lower, order, 1.3), order - 1)
  if (higher > same && higher > lower) {
    return higher < LEAST_GAIN ? null : { order: order + 1, ratio: higher }
  }
  const isLower = lower > Math.max(same, higher) || (same < higher && lower >= higher)
  const next = isLower ? order - 1 : order
  let ratio = isLower ? lower : same
  if (isLower && failures > 0) ratio = Math.min(ratio, 1)
  const isAtLimit = stability?.isReached(next, ratio) ?? false
  if (failures === 0 && ratio < LEAST_GAIN && !isAtLimit) return null
  if (failures >= 2) ratio = Math.min(ratio, 0.2)
  return { order: next, ratio }
}
