import { Matrix } from 'ml-matrix'
import type { MatrixLike } from '../ivp/options.ts'
import { squareMatrix } from './matrixInput.ts'
import { THETA, evenPowers, padeApproximant } from './pade.ts'
import { norm1, padeChoice } from './padeChoice.ts'

/** Above this entry A^10 might overflow, which the choice of the degree looks at; such matrices are halved first. */
const LARGEST_ENTRY = 2 ** 80

/**
 * The matrix exponential exp(A) = I + A + A^2/2! + ..., by scaling and squaring with Padé approximants of degree 3, 5, 7, 9 or 13.
 * @param A - shape (n, n), n >= 1; not modified
 * @returns shape (n, n). Entries beyond 1.8e308 are Infinity, and those that meet them may be NaN
 * @throws IvpInputError if A is not square, or not finite
 * @see Higham (2005), "The scaling and squaring method for the matrix exponential revisited", Algorithm 2.3;
 *   Al-Mohy and Higham (2009), "A new scaling and squaring algorithm for the matrix exponential", Algorithm 6.1
 */
export function expm(A: MatrixLike): Matrix {
  const checked = squareMatrix('A', A)
  const largest = Matrix.abs(checked).max()
  const halvings = Math.max(0, Math.ceil(Math.log2(largest / LARGEST_ENTRY)))
  return squared(scaledAndSquared(Matrix.mul(checked, 2 ** -halvings)), halvings)
}

function scaledAndSquared(A: Matrix): Matrix {
  const { m, s } = padeChoice(A, evenPowers(A))
  const scaled = Matrix.mul(A, 2 ** -s)
  const approximant = padeApproximant(m, scaled, evenPowers(scaled))
  if (approximant !== null) return squared(approximant, s)
  // The powers of an extremely non-normal matrix said too little: by its norm the denominator is regular
  const halvings = Math.ceil(Math.log2(norm1(A) / THETA[13]))
  const small = Matrix.mul(A, 2 ** -halvings)
  return squared(padeApproximant(13, small, evenPowers(small))!, halvings)
}

/** A^(2^s). */
function squared(A: Matrix, s: number): Matrix {
  let power = A
  for (let i = 0; i < s; i++) power = power.mmul(power)
  return power
}
