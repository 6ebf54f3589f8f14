import fc from 'fast-check'
import { assert, it } from 'vitest'
import { inverseRoot, takeInverseRoot } from '../../../src/ivp/control/inverseRoot.ts'

function rootOf(x: number, q: number): number {
  inverseRoot.x = x
  inverseRoot.q = q
  takeInverseRoot()
  return inverseRoot.value
}

it('is the power -1/q to a few ulp', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.double({ min: -40, max: 40, noNaN: true }),
      (q, exponent) => {
        const x = 10 ** exponent
        const power = x ** (-1 / q)
        assert.closeTo(rootOf(x, q), power, 4 * Number.EPSILON * power)
      },
    ),
    { seed: 5, numRuns: 2000 },
  )
})

it.each([3, 5, 8])('knows the ends, and passes NaN on (q = %i)', (q) => {
  assert.equal(rootOf(0, q), Infinity)
  assert.equal(rootOf(Infinity, q), 0)
  assert.isNaN(rootOf(NaN, q))
})
