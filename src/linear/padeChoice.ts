import { Matrix } from 'ml-matrix'
import { THETA, type EvenPowers, type PadeDegree } from './pade.ts'

/** The degree m and the number s of squarings: exp(A) = r_m(2^-s A)^(2^s). */
export interface PadeChoice {
  readonly m: PadeDegree
  readonly s: number
}

/**
 * Bound of degree 13 where |A^p|^(1/p) stands for |A|: above Table 2.3's value q_13 may be ill-conditioned in |A|, but not in the
 * powers (Al-Mohy and Higham 2009, "A new scaling and squaring algorithm for the matrix exponential", Sec. 3).
 */
const THETA_13_BY_POWERS = 4.25

/** Half the spacing at 1 is 2^-53. */
const LOG2_UNIT_ROUNDOFF = -53

/**
 * Chooses the cheapest m and s whose backward error is a rounding error.
 *
 * Higham (2005), Algorithm 2.3, compares |A| with theta_m. For matrices far from normal |A| says too much: [[1, 1e6], [0, -1]] would
 * be halved 18 times, and the squarings lose the digits again ("overscaling"). As scipy does, d_p = |A^p|^(1/p) is compared
 * instead (Al-Mohy and Higham 2009, Algorithm 6.1, with exact norms in place of their estimates).
 */
export function padeChoice(A: Matrix, powers: EvenPowers): PadeChoice {
  const root = (p: number, power: Matrix): number => norm1(power) ** (1 / p)
  const d4 = root(4, powers.of(4))
  const d6 = root(6, powers.of(6))
  const eta1 = Math.max(d4, d6)
  for (const m of [3, 5] as const) if (eta1 <= THETA[m] && extraScaling(A, m) === 0) return { m, s: 0 }
  const d8 = root(8, powers.of(8))
  const eta3 = Math.max(d6, d8)
  for (const m of [7, 9] as const) if (eta3 <= THETA[m] && extraScaling(A, m) === 0) return { m, s: 0 }
  const d10 = root(10, powers.of(4).mmul(powers.of(6)))
  const eta5 = Math.min(eta3, Math.max(d8, d10))
  const s = eta5 === 0 ? 0 : Math.max(0, Math.ceil(Math.log2(eta5 / THETA_13_BY_POWERS)))
  return { m: 13, s: s + extraScaling(Matrix.mul(A, 2 ** -s), 13) }
}

/**
 * Halvings that rounding in the evaluation of r_m asks for beyond those that truncation does: the function ell of Al-Mohy and Higham
 * (2009), Sec. 5, from the first term c A^(2m+1) of the backward error, c = 1 / (binomial(2m, m) (2m + 1)!), taken at |A|.
 */
function extraScaling(A: Matrix, m: PadeDegree): number {
  const norm = norm1(A)
  if (norm === 0) return 0
  const log2Alpha = Math.log2(leadingTerm(m)) + log2AbsolutePower(A, 2 * m + 1) - Math.log2(norm)
  return Math.max(0, Math.ceil((log2Alpha - LOG2_UNIT_ROUNDOFF) / (2 * m)))
}

/** (m!)^2 / ((2m)! (2m + 1)!). */
function leadingTerm(m: number): number {
  let c = 1
  for (let i = 1; i <= m; i++) c *= i / (m + i)
  for (let i = 2; i <= 2 * m + 1; i++) c /= i
  return c
}

/**
 * log2 of the 1-norm of |A|^p, by p products of a row of ones with |A|, since no entry is negative. The row is rescaled as it grows:
 * |A|^27 overflows early.
 */
function log2AbsolutePower(A: Matrix, p: number): number {
  const absolute = Matrix.abs(A)
  let row = Matrix.ones(1, A.rows)
  let log2Norm = 0
  for (let i = 0; i < p; i++) {
    row = row.mmul(absolute)
    const largest = row.max()
    if (largest === 0) return -Infinity
    row.div(largest)
    log2Norm += Math.log2(largest)
  }
  return log2Norm
}

/** The largest column sum of absolute values. */
export function norm1(A: Matrix): number {
  return Math.max(...Matrix.abs(A).sum('column'))
}
