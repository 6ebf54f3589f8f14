import { BDF_MAX_ORDER, adams, bdf, type MultistepFormula } from './coefficients.ts'
import type { Corrector } from './corrector.ts'
import type { LsodaState } from './lsodaState.ts'
import { StepRatio } from './stepRatio.ts'

/** By how much BDF steps must be longer than Adams steps to pay for their linear algebra. */
const COST_RATIO = 5

/** l_1-scaled error constants by order: the local errors of the families at one order differ by the ratio of these. */
const ADAMS_ERROR = Float64Array.from(adams, errorConstant)
const BDF_ERROR = Float64Array.from(bdf, errorConstant)

function errorConstant({ errorSame, corrector }: MultistepFormula, order: number): number {
  return errorSame * corrector[order]!
}

/**
 * The choice between Adams and BDF, and what it is made from. Made once for a solve.
 * @see Petzold (1983), Sec. 3, eqs. (3.1)-(3.4)
 */
export class FamilySwitch {
  /** Local error in tolerances. */
  error: number = NaN
  /** Weighted norm of the state times the unit roundoff of float64, in which single-precision states are computed too. */
  roundoff: number = NaN
  /** The step ratio with which to go on by the other family. */
  ratio: number = NaN
  /** |h| times the Lipschitz constant. */
  hL: number = NaN
  private readonly byAdams: StepRatio = new StepRatio()
  private readonly byBdf: StepRatio = new StepRatio()

  /** Whether to go on by BDF, rather than to stay with Adams. */
  toBdf({ h, order, isAtStabilityLimit }: LsodaState, { lipschitz, lastLipschitz }: Corrector): boolean {
    const { error, byAdams, byBdf } = this
    if (order > BDF_MAX_ORDER) return false
    if (error <= 100 * this.roundoff || lipschitz === 0) {
      this.ratio = 2
      return isAtStabilityLimit
    }
    this.hL = Math.abs(h) * lastLipschitz
    byAdams.error = error
    byAdams.setByError(order + 1, 1.2)
    byAdams.boundByStability(order, this)
    byBdf.error = (error * ADAMS_ERROR[order]!) / BDF_ERROR[order]!
    byBdf.setByError(order + 1, 1.2)
    this.ratio = byBdf.value
    return byBdf.value >= COST_RATIO * byAdams.value
  }

  /** Whether to go on by Adams, rather than to stay with BDF. */
  toAdams({ h, order }: LsodaState, { jacobianNorm }: Corrector): boolean {
    const { error, byAdams, byBdf } = this
    this.hL = Math.abs(h) * jacobianNorm
    byAdams.error = (error * BDF_ERROR[order]!) / ADAMS_ERROR[order]!
    byAdams.setByError(order + 1, 1.2)
    byAdams.boundByStability(order, this)
    byBdf.error = error
    byBdf.setByError(order + 1, 1.2)
    const ratio = byAdams.value
    if (ratio * COST_RATIO < 5 * byBdf.value) return false
    this.ratio = ratio
    // At the error of the new step the corrector could not tell convergence from rounding
    const errorThen = Math.max(0.001, ratio) ** (1 / (order + 1)) * byAdams.error
    return !(errorThen <= 1000 * this.roundoff)
  }
}
