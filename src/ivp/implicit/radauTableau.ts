/**
 * Radau IIA of order 5: three stages, stiffly accurate.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.5, Table 5.6 (nodes) and Sec. IV.8, eq. (8.5)-(8.22)
 */
const S6 = 6 ** 0.5

export const NODES: readonly [number, number, number] = [(4 - S6) / 10, (4 + S6) / 10, 1]

/** Weights of the stages' increments Z in the error estimate, times 1 / h. Eq. (8.19), (8.20) with gamma_0 = 1 / MU_REAL. */
export const ERROR_WEIGHTS: readonly [number, number, number] = [
  (-13 - 7 * S6) / 3,
  (-13 + 7 * S6) / 3,
  -1 / 3,
]

/** Eigenvalues of A^-1: one real, and a complex pair MU_RE + i MU_IM. Eq. (8.6). */
export const MU_REAL: number = 3 + 3 ** (2 / 3) - 3 ** (1 / 3)
export const MU_RE: number = 3 + 0.5 * (3 ** (1 / 3) - 3 ** (2 / 3))
export const MU_IM: number = -0.5 * (3 ** (5 / 6) + 3 ** (7 / 6))

/** A matrix of three rows, row after row. */
type Matrix = readonly [number, number, number, number, number, number, number, number, number]

/** T^-1 A^-1 T is block diagonal; digits of Hairer's code RADAU5. */
// prettier-ignore
export const T: Matrix = [
  0.09443876248897524, -0.1412552950209542, 0.03002919410514742,
  0.2502131229653333, 0.20412935229379994, -0.3829421127572619,
  1, 1, 0,
]
// prettier-ignore
export const T_INVERSE: Matrix = [
  4.178718591551904, 0.32768282076106237, 0.5233764454994495,
  -4.178718591551904, -0.32768282076106237, 0.47662355450055044,
  0.5028726349457868, -2.571926949855605, 0.5960392048282249,
]

/** The polynomial through the start and the stages: y(t + x h) = y + sum over i of (Z P)[i] x^(i+1). */
// prettier-ignore
export const DENSE: Matrix = [
  13 / 3 + (7 * S6) / 3, -23 / 3 - (22 * S6) / 3, 10 / 3 + 5 * S6,
  13 / 3 - (7 * S6) / 3, -23 / 3 + (22 * S6) / 3, 10 / 3 - 5 * S6,
  1 / 3, -8 / 3, 10 / 3,
]
