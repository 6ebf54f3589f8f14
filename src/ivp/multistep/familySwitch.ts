import { BDF_MAX_ORDER, adams, bdf } from './coefficients.ts'
import { ratioByError, ratioByStability } from './stepRatio.ts'

/** By how much BDF steps must be longer than Adams steps to pay for their linear algebra. */
const COST_RATIO = 5

/** What the choice between Adams and BDF is made from. */
export interface StiffnessEvidence {
  readonly h: number
  readonly order: number
  /** Local error in tolerances. */
  readonly error: number
  /** Weighted norm of the state times the unit roundoff. */
  readonly roundoff: number
  /** Lipschitz estimate from functional iteration: the largest since the last choice of order, and the last but zero. */
  readonly lipschitz: number
  readonly lastLipschitz: number
  /** Weighted norm of the Jacobian of the last BDF step. */
  readonly jacobianNorm: number
  /** Whether stability limited the last change of the Adams step. */
  readonly isAtStabilityLimit: boolean
}

/** l_1-scaled error constants: the local errors of the families at one order differ by the ratio of these. */
function errorConstant(family: 'adams' | 'bdf', order: number): number {
  const formula = (family === 'adams' ? adams : bdf)[order]!
  return formula.errorSame * formula.corrector[order]!
}

/**
 * The step ratio with which to go on by BDF, or null to stay with Adams.
 * @see Petzold (1983), Sec. 3, eqs. (3.1)-(3.4)
 */
export function ratioToBdf(evidence: StiffnessEvidence): number | null {
  const { h, order, error, roundoff, lipschitz, lastLipschitz } = evidence
  if (order > BDF_MAX_ORDER) return null
  if (error <= 100 * roundoff || lipschitz === 0) return evidence.isAtStabilityLimit ? 2 : null
  const power = order + 1
  const byAdams = ratioByStability(h, lastLipschitz, order, ratioByError(error, power, 1.2))
  const scaled = (error * errorConstant('adams', order)) / errorConstant('bdf', order)
  const byBdf = ratioByError(scaled, power, 1.2)
  return byBdf >= COST_RATIO * byAdams ? byBdf : null
}

/** The step ratio with which to go on by Adams, or null to stay with BDF. */
export function ratioToAdams(evidence: StiffnessEvidence): number | null {
  const { h, order, error, roundoff, jacobianNorm } = evidence
  const power = order + 1
  const scaled = (error * errorConstant('bdf', order)) / errorConstant('adams', order)
  const byAdams = ratioByStability(h, jacobianNorm, order, ratioByError(scaled, power, 1.2))
  const byBdf = ratioByError(error, power, 1.2)
  if (byAdams * COST_RATIO < 5 * byBdf) return null
  // At the error of the new step the corrector could not tell convergence from rounding
  const errorThen = Math.max(0.001, byAdams) ** (1 / power) * scaled
  return errorThen <= 1000 * roundoff ? null : byAdams
}
