import type { ImplicitProblem } from '../implicit/implicitProblem.ts'
import { typedArraySpace } from '../space/typedArraySpace.ts'
import { initialStep } from '../stepper/initialStep.ts'

/**
 * Signed size of the first step: 1 / h^2 = 1 / (tol w^2) + tol |f0|^2, w the larger of |t0| and |tBound|.
 * @param slope - f(t0, y0). @param slopeNorm - its norm in tolerances
 * @see Hindmarsh (1983); Radhakrishnan, Hindmarsh, LLNL UCRL-ID-113855 (1993), Sec. 2.7
 */
export function firstMultistepSize(problem: ImplicitProblem, slope: Float64Array, slopeNorm: number): number {
  const { rhs, t0, y0, tBound, tolerance, norm, firstStep, maxStep, epsilon } = problem
  const direction = Math.sign(tBound - t0)
  if (firstStep !== null) return direction * Math.min(firstStep, Math.abs(tBound - t0), maxStep)
  const { rtol } = tolerance
  const loosest = typeof rtol === 'number' ? rtol : rtol.reduce((most, value) => Math.max(most, value))
  const tol = Math.min(Math.max(loosest, 100 * epsilon), 1e-3)
  const farthest = Math.max(Math.abs(t0), Math.abs(tBound))
  const square = 1 / (tol * farthest * farthest) + tol * slopeNorm * slopeNorm
  // Squares of very short spans and very steep slopes are out of range
  const h =
    1 /
    (square < Infinity
      ? Math.sqrt(square)
      : Math.hypot(1 / (Math.sqrt(tol) * farthest), Math.sqrt(tol) * slopeNorm))
  if (h < Infinity) return direction * Math.min(h, Math.abs(tBound - t0), maxStep)
  // At rest with no end in sight
  const space = typedArraySpace(y0, tolerance, norm)
  return direction * initialStep(space, rhs, t0, y0, slope, { tBound, maxStep }, 1)
}
