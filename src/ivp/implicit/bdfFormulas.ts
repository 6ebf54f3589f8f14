import { MAX_ORDER } from './backwardDifferences.ts'

/**
 * Constants of the numerical differentiation formulas, by order 0 .. MAX_ORDER.
 * @see Shampine, Reichelt, "The MATLAB ODE suite", SIAM J. Sci. Comput. 18 (1997), Sec. 2.1 and Table 1
 */

/** kappa: 0 gives the backward differentiation formula (order 5). */
const KAPPA: ReadonlyArray<number> = [0, -0.185, -1 / 9, -0.0823, -0.0415, 0]

/** gamma_k = sum of 1 / j up to k. */
export const GAMMA: Float64Array = Float64Array.from({ length: MAX_ORDER + 1 }, (_, k) =>
  Array.from({ length: k }, (__, j) => 1 / (j + 1)).reduce((a, b) => a + b, 0),
)

/** alpha_k = (1 - kappa_k) gamma_k. */
export const ALPHA: Float64Array = Float64Array.from(KAPPA, (kappa, k) => (1 - kappa) * GAMMA[k]!)

/** Constant of the leading error term. */
export const ERROR_CONSTANT: Float64Array = Float64Array.from(
  KAPPA,
  (kappa, k) => kappa * GAMMA[k]! + 1 / (k + 1),
)
