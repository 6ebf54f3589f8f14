import { assert, describe, it } from 'vitest'
import { adams, bdf, type MultistepFormula } from '../../../src/ivp/multistep/coefficients.ts'

/** l(x) = l_0 + l_1 x + ... and its derivative. */
function corrector({ corrector: l }: MultistepFormula): {
  value(x: number): number
  slope(x: number): number
} {
  return {
    value: (x) => l.reduceRight((sum, c) => sum * x + c, 0),
    slope: (x) => l.reduceRight((sum, c, j) => (j === 0 ? sum : sum * x + j * c), 0),
  }
}

const from = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i)

describe('Adams coefficients', () => {
  it.each(from(1, 12))(
    'order %i: the correction changes neither the last value nor the earlier slopes',
    (q) => {
      const l = corrector(adams[q]!)
      assert.closeTo(l.slope(0), 1, 1e-13)
      if (q > 1) assert.closeTo(l.value(-1), 0, 1e-12)
      for (const i of from(1, q - 1)) assert.closeTo(l.slope(-i), 0, 1e-7 * i ** q)
    },
  )
  it('have the error constants of Adams-Moulton', () => {
    // Hairer, Norsett, Wanner I, Sec. III.1, gamma*_k: -1/2, -1/12, -1/24, -19/720, -3/160, -863/60480
    const gamma = [1 / 2, 1 / 12, 1 / 24, 19 / 720, 3 / 160, 863 / 60480]
    gamma.forEach((c, k) => assert.closeTo(adams[k + 1]!.errorSame * c, 1, 1e-13))
    gamma.slice(1).forEach((c, k) => assert.closeTo(adams[k + 1]!.errorHigher * c, 1, 1e-13))
  })
})

describe('BDF coefficients', () => {
  it.each(from(1, 5))('order %i: the correction leaves the earlier values alone', (q) => {
    const l = corrector(bdf[q]!)
    assert.closeTo(l.slope(0), 1, 1e-14)
    for (const i of from(1, q)) assert.closeTo(l.value(-i), 0, 1e-13 * i ** q)
    // l_0 = 1 / (1 + 1/2 + ... + 1/q)
    const harmonic = from(1, q).reduce((sum, j) => sum + 1 / j, 0)
    assert.closeTo(bdf[q]!.corrector[0]! * harmonic, 1, 1e-14)
  })
})
