const INNER = Math.sqrt(3 / 7 - (2 / 7) * Math.sqrt(6 / 5))
const OUTER = Math.sqrt(3 / 7 + (2 / 7) * Math.sqrt(6 / 5))
const INNER_WEIGHT = (18 + Math.sqrt(30)) / 36
const OUTER_WEIGHT = (18 - Math.sqrt(30)) / 36

/**
 * Nodes in [0, 1] and weights of the 4-point Gauss-Legendre rule, exact for polynomials of degree 7.
 * @see Abramowitz, Stegun, "Handbook of Mathematical Functions", Sec. 25.4.29 and Table 25.4; the roots of the Legendre polynomial P4 in closed form
 */
export const NODES: ReadonlyArray<number> = [
  (1 - OUTER) / 2,
  (1 - INNER) / 2,
  (1 + INNER) / 2,
  (1 + OUTER) / 2,
]
export const WEIGHTS: ReadonlyArray<number> = [
  OUTER_WEIGHT / 2,
  INNER_WEIGHT / 2,
  INNER_WEIGHT / 2,
  OUTER_WEIGHT / 2,
]
