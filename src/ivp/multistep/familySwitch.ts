import { BDF_MAX_ORDER, adams, bdf, type MultistepFamily } from './coefficients.ts'
import type { Corrector } from './corrector.ts'
import type { LsodaState } from './lsodaState.ts'
import { ratioByError, ratioByStability } from './stepRatio.ts'

/** By how much BDF steps must be longer than Adams steps to pay for their linear algebra. */
const COST_RATIO = 5

/** l_1-scaled error constants: the local errors of the families at one order differ by the ratio of these. */
function errorConstant(family: MultistepFamily, order: number): number {
  const formula = family[order]!
  return formula.errorSame * formula.corrector[order]!
}

/**
 * The choice between Adams and BDF, and what it is made from. Made once for a solve; numbers go in and out through fields, since V8 boxes
 * those that a call takes or returns.
 * @see Petzold (1983), Sec. 3, eqs. (3.1)-(3.4)
 */
export class FamilySwitch {
  /** Local error in tolerances. */
  error: number = NaN
  /** Weighted norm of the state times the unit roundoff. */
  roundoff: number = NaN
  /** The step ratio with which to go on by the other family. */
  ratio: number = NaN

  /** Whether to go on by BDF, rather than to stay with Adams. */
  toBdf({ h, order, isAtStabilityLimit }: LsodaState, { lipschitz, lastLipschitz }: Corrector): boolean {
    const { error } = this
    if (order > BDF_MAX_ORDER) return false
    if (error <= 100 * this.roundoff || lipschitz === 0) {
      this.ratio = 2
      return isAtStabilityLimit
    }
    const power = order + 1
    const byAdams = ratioByStability(h, lastLipschitz, order, ratioByError(error, power, 1.2))
    const scaled = (error * errorConstant(adams, order)) / errorConstant(bdf, order)
    const byBdf = ratioByError(scaled, power, 1.2)
    this.ratio = byBdf
    return byBdf >= COST_RATIO * byAdams
  }

  /** Whether to go on by Adams, rather than to stay with BDF. */
  toAdams({ h, order }: LsodaState, { jacobianNorm }: Corrector): boolean {
    const { error } = this
    const power = order + 1
    const scaled = (error * errorConstant(bdf, order)) / errorConstant(adams, order)
    const byAdams = ratioByStability(h, jacobianNorm, order, ratioByError(scaled, power, 1.2))
    const byBdf = ratioByError(error, power, 1.2)
    if (byAdams * COST_RATIO < 5 * byBdf) return false
    // At the error of the new step the corrector could not tell convergence from rounding
    const errorThen = Math.max(0.001, byAdams) ** (1 / power) * scaled
    this.ratio = byAdams
    return !(errorThen <= 1000 * this.roundoff)
  }
}
