import { assert, describe, it } from 'vitest'
import { makeErk, solveIvp, TableauError } from '../../../src/index.ts'
import { rk45 } from '../../../src/ivp/method/rk45.ts'

const { a, b, c, e, p } = rk45.tableau
const stages = b.map((_, i) => i)
const at = (i: number, j: number): number => a[i]![j] ?? 0
const total = (of: (i: number) => number): number => stages.reduce((sum, i) => sum + of(i), 0)
/** sum_j a_ij v_j for every i. */
const times = (v: number[]): number[] => stages.map((i) => total((j) => at(i, j) * v[j]!))
const power = (k: number): number[] => c.map((value) => value ** k)
const product = (...vs: number[][]): number[] => stages.map((i) => vs.reduce((value, v) => value * v[i]!, 1))

/** Elementary weights of all 17 rooted trees up to order 5 (Hairer, Norsett, Wanner I, Table II.2.2). */
const trees: readonly [order: number, phi: number[], gamma: number][] = [
  [1, power(0), 1],
  [2, power(1), 2],
  [3, power(2), 3],
  [3, times(power(1)), 6],
  [4, power(3), 4],
  [4, product(power(1), times(power(1))), 8],
  [4, times(power(2)), 12],
  [4, times(times(power(1))), 24],
  [5, power(4), 5],
  [5, product(power(2), times(power(1))), 10],
  [5, product(times(power(1)), times(power(1))), 20],
  [5, product(power(1), times(power(2))), 15],
  [5, product(power(1), times(times(power(1)))), 30],
  [5, times(power(3)), 20],
  [5, times(product(power(1), times(power(1)))), 40],
  [5, times(times(power(2))), 60],
  [5, times(times(times(power(1)))), 120],
]

describe('RK45', () => {
  it.each(trees)('satisfies the order conditions (order %i, tree %#)', (_, phi, gamma) => {
    assert.closeTo(
      total((i) => b[i]! * phi[i]!),
      1 / gamma,
      1e-14,
    )
  })

  it.each(trees.filter(([order]) => order <= 4))(
    'its embedded solution has order 4 (order %i, tree %#)',
    (_, phi) => {
      // f at the new point counts as a stage with c = 1, whose row of a is b
      const atNew = phiAtNew(phi)
      assert.closeTo(total((i) => e[i]! * phi[i]!) + e[stages.length]! * atNew, 0, 1e-14)
    },
  )

  it.each(trees.filter(([order]) => order <= 4))(
    'its dense output has order 4 at x = %i/5 (tree %#)',
    (order, phi, gamma) => {
      for (const x of [0.2, 0.5, 0.9]) {
        const w = p.map((row) => row.reduce((sum, value, i) => sum + value * x ** (i + 1), 0))
        const sum = total((i) => w[i]! * phi[i]!) + w[stages.length]! * phiAtNew(phi)
        assert.closeTo(sum, x ** order / gamma, 1e-13)
      }
    },
  )

  it('converges with its order', () => {
    const error = (steps: number): number => {
      const h = 2 / steps
      const fixed = { judge: () => ({ accept: true, factor: 1 }) }
      const { states } = solveIvp((t, y) => [y[1]!, -y[0]! + Math.sin(3 * t)], [0, 2], [1, 0], {
        firstStep: h,
        controller: fixed,
        save: 'last',
      })
      const exact = Math.cos(2) + (3 * Math.sin(2) - Math.sin(6)) / 8
      return Math.abs(states[0]![0]! - exact)
    }
    assert.closeTo(Math.log2(error(40) / error(80)), 5, 0.2)
  })

  it('is refused when one sign is wrong', () => {
    const flipped = { ...rk45.tableau, b: b.map((value, i) => (i === 4 ? -value : value)) }
    assert.throws(() => makeErk(flipped), TableauError, 'b sums to 1')
  })
})

/** The same elementary weight for the stage at the new point. */
function phiAtNew(phi: number[]): number {
  const index = trees.findIndex(([, other]) => other === phi)
  const rowB = (v: number[]): number => total((i) => b[i]! * v[i]!)
  return [1, 1, 1, rowB(power(1)), 1, rowB(power(1)), rowB(power(2)), rowB(times(power(1)))][index]!
}
