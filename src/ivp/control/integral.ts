import { inverseRoot, takeInverseRoot } from './inverseRoot.ts'
import type { StepController } from './stepController.ts'

/** Aims below the tolerance, so that the next attempt is likely to pass. */
const SAFETY = 0.9
/** A step shrinks at most to this share of itself at once. */
const MIN_FACTOR = 0.2
/** A step grows at most to this multiple of itself at once. */
const MAX_FACTOR = 10

/**
 * The elementary (integral) controller: factor = 0.9 errorNorm^(-1 / (errorOrder + 1)), kept in [0.2, 10]; no growth
 * in a step that was rejected before. Limits as in scipy.
 *
 * A NaN norm is a rejection with the smallest factor: the comparisons below are written so that NaN falls to the limit.
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.4, eq. (4.13)
 */
export const integral: StepController = {
  judge({ errorNorm, errorOrder, wasRejected }) {
    inverseRoot.x = errorNorm
    inverseRoot.q = errorOrder + 1
    takeInverseRoot()
    const wanted = SAFETY * inverseRoot.value
    verdict.accept = errorNorm < 1
    if (verdict.accept) {
      const factor = errorNorm === 0 || wanted > MAX_FACTOR ? MAX_FACTOR : wanted
      verdict.factor = wasRejected && factor > 1 ? 1 : factor
    } else verdict.factor = wanted > MIN_FACTOR ? wanted : MIN_FACTOR
    return verdict
  },
}

/** Reused, so that a step allocates nothing: read it before the next call. */
const verdict = { accept: false, factor: 0.5 }
