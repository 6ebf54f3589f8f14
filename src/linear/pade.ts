import { LuDecomposition, Matrix } from 'ml-matrix'

/**
 * Diagonal Padé approximants of the exponential, r_m = q_m^-1 p_m with q_m(A) = p_m(-A).
 *
 * A     matrix, shape (n, n)
 * m     degree of p_m and q_m
 * b     coefficients of p_m, from A^0 to A^m, scaled to integers
 * theta largest |A| for which r_m(A) = exp(A + E) with |E| <= 2^-53 |A|
 */
export type PadeDegree = 3 | 5 | 7 | 9 | 13

/** b_j = (2m - j)! m! / ((2m)! (m - j)! j!), times the integer that makes b_m = 1. */
// prettier-ignore
export const NUMERATOR: Record<PadeDegree, ReadonlyArray<number>> = {
  3: [120, 60, 12, 1],
  5: [30240, 15120, 3360, 420, 30, 1],
  7: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1],
  9: [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  13: [
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
  ],
}

/** Higham (2005), "The scaling and squaring method for the matrix exponential revisited", Table 2.3. */
export const THETA: Record<PadeDegree, number> = {
  3: 1.495585217958292e-2,
  5: 2.53939833006323e-1,
  7: 9.504178996162932e-1,
  9: 2.097847961257068,
  13: 5.371920351148152,
}

/** A^2, A^4, A^6, A^8; each is computed when first asked for, since low degrees need few. */
export interface EvenPowers {
  readonly of: (exponent: 0 | 2 | 4 | 6 | 8) => Matrix
}

export function evenPowers(A: Matrix): EvenPowers {
  const known = new Map<number, Matrix>([[0, Matrix.eye(A.rows)]])
  const of: EvenPowers['of'] = (exponent) => {
    const found = known.get(exponent)
    if (found) return found
    const power =
      exponent === 2
        ? A.mmul(A)
        : exponent === 8
          ? of(4).mmul(of(4))
          : of(2).mmul(of((exponent - 2) as 2 | 4))
    known.set(exponent, power)
    return power
  }
  return { of }
}

/**
 * r_m(A) = (V - U)^-1 (V + U), where U holds the odd and V the even terms of p_m (Higham 2005, Sec. 2).
 * @param powers - even powers of this A
 * @returns null if the denominator is singular
 */
export function padeApproximant(m: PadeDegree, A: Matrix, powers: EvenPowers): Matrix | null {
  const { odd, even } = m === 13 ? parts13(powers) : partsTo9(m, powers)
  const U = A.mmul(odd)
  const denominator = new LuDecomposition(Matrix.sub(even, U))
  return denominator.isSingular() ? null : denominator.solve(Matrix.add(even, U))
}

type Parts = { readonly odd: Matrix; readonly even: Matrix }

/** Degrees 3 to 9: odd = sum b_{2k+1} A^2k, even = sum b_2k A^2k. */
function partsTo9(m: 3 | 5 | 7 | 9, powers: EvenPowers): Parts {
  const b = NUMERATOR[m]
  const terms = ([0, 2, 4, 6, 8] as const).filter((exponent) => exponent < m)
  return {
    odd: combine(terms.map((exponent) => [b[exponent + 1]!, powers.of(exponent)])),
    even: combine(terms.map((exponent) => [b[exponent]!, powers.of(exponent)])),
  }
}

/** Degree 13 takes six products: the terms from A^8 on are A^6 times a polynomial in A^2. */
function parts13(powers: EvenPowers): Parts {
  const b = NUMERATOR[13]
  const low = [0, 2, 4, 6] as const
  const high = [2, 4, 6] as const
  const part = (offset: 0 | 1): Matrix =>
    combine(low.map((exponent) => [b[exponent + offset]!, powers.of(exponent)])).add(
      powers.of(6).mmul(combine(high.map((exponent) => [b[exponent + 6 + offset]!, powers.of(exponent)]))),
    )
  return { odd: part(1), even: part(0) }
}

/** Sum of c M over the pairs [c, M]. */
function combine(terms: ReadonlyArray<readonly [c: number, M: Matrix]>): Matrix {
  const [first, ...rest] = terms as [readonly [number, Matrix], ...(readonly [number, Matrix])[]]
  return rest.reduce((sum, [c, M]) => sum.add(Matrix.mul(M, c)), Matrix.mul(first[1], first[0]))
}
