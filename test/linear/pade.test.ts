import { assert, describe, it } from 'vitest'
import { NUMERATOR, THETA, type PadeDegree } from '../../src/linear/pade.ts'

const DEGREES: PadeDegree[] = [3, 5, 7, 9, 13]

const factorial = (k: number): bigint =>
  Array.from({ length: k }, (_, i) => BigInt(i + 1)).reduce((a, b) => a * b, 1n)

/** Numerator coefficients, exactly: (2m - j)! / ((m - j)! j!), divided by that of j = m, which is 1. */
const exact = (m: number): bigint[] =>
  Array.from({ length: m + 1 }, (_, j) => factorial(2 * m - j) / (factorial(m - j) * factorial(j)))

describe('Padé approximants', () => {
  it.each(DEGREES)('degree %i: coefficients', (m) => {
    const coefficients = exact(m).map((c) => c / exact(m)[m]!)
    assert.deepEqual(NUMERATOR[m].map(BigInt), coefficients)
  })
  it.each(DEGREES)('degree %i: the bound makes the backward error a rounding error', (m) => {
    // log(e^-x r_m(x)) = sum c_k x^k, from its derivative -1 + (p'/p)(x) + (p'/p)(-x), in fixed point of 1200 bits
    const one = 1n << 1200n
    const p = exact(m)
    const terms = 300
    const quotient: bigint[] = []
    for (let k = 0; k < terms; k++) {
      let rest = k < m ? BigInt(k + 1) * p[k + 1]! * one : 0n
      for (let j = 1; j <= Math.min(k, m); j++) rest -= p[j]! * quotient[k - j]!
      quotient.push(rest / p[0]!)
    }
    const bound = (theta: number): number => {
      let sum = 0
      for (let k = 2 * m; k < terms; k += 2) {
        const c = (2 * Number((quotient[k]! * 2n ** 900n) / one)) / 2 ** 900 / (k + 1)
        sum += Math.abs(c) * theta ** k
      }
      return sum
    }
    assert.closeTo(bound(THETA[m]) * 2 ** 53, 1, 1e-9)
  })
})
