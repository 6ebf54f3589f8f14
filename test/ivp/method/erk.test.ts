import { assert, describe, it } from 'vitest'
import { makeErk, solveIvp, TableauError, type ErkMethod } from '../../../src/index.ts'
import { dop853 } from '../../../src/ivp/method/dop853.ts'
import { euler, heun, midpoint, rk4 } from '../../../src/ivp/method/fixedStep.ts'
import { rk23 } from '../../../src/ivp/method/rk23.ts'
import { rk45 } from '../../../src/ivp/method/rk45.ts'
import { densityOf, stageWeights, treesOf } from './rootedTrees.ts'

/** Order of the dense output of each method (theirs: the order of the polynomial's error in h, less one). */
const methods: readonly [method: ErkMethod, denseOrder: number][] = [
  [rk23, 3],
  [rk45, 4],
  [dop853, 7],
  [euler, 1],
  [midpoint, 2],
  [heun, 2],
  [rk4, 3],
]

const orders = (p: number): number[] => Array.from({ length: p }, (_, i) => i + 1)

/** All stages: those of the step, f at the new point (its row is b), and the further ones of the dense output. */
function allStages({ tableau, nStages }: ErkMethod): number[][] {
  const further = tableau.dense.kind === 'nested' ? tableau.dense.a : []
  return [...tableau.a, tableau.b, ...further].map((row) =>
    Array.from({ length: nStages + 1 + further.length }, (_, j) => row[j] ?? 0),
  )
}

/** Largest violation of the conditions up to order p: sum over j of w_j phi_j(tree) = factor(order) / gamma(tree). */
function violation(
  method: ErkMethod,
  w: ArrayLike<number>,
  p: number,
  factor: (order: number) => number,
): number {
  const a = allStages(method)
  const of = (order: number): number[] =>
    treesOf(order).map((tree) => {
      const phi = stageWeights(a, tree)
      return Math.abs(
        phi.reduce((sum, value, j) => sum + (w[j] ?? 0) * value, 0) - factor(order) / densityOf(tree),
      )
    })
  return Math.max(...orders(p).flatMap(of))
}

/** Rounding of sums of products of up to 8 coefficients as large as 40. */
const ROUNDING = 2e-12

describe('rooted trees', () => {
  it('are counted as in the literature', () => {
    assert.deepEqual(
      orders(8).map((p) => treesOf(p).length),
      [1, 1, 2, 4, 9, 20, 48, 115],
    )
  })
})

describe.each(methods.map(([method, denseOrder]) => ({ name: method.name, method, denseOrder })))(
  '$name',
  ({ method, denseOrder }) => {
    const { tableau, order } = method

    it('satisfies every order condition of its order and violates one of the next', () => {
      assert.isBelow(
        violation(method, tableau.b, order, () => 1),
        ROUNDING,
      )
      assert.isAbove(
        violation(method, tableau.b, order + 1, () => 1),
        1e-7,
      )
    })

    it('estimates errors with weights of the order that it states', () => {
      const { error } = tableau
      if (error.kind === 'none') return
      const weights = error.kind === 'mixed' ? error.e5 : error.e
      const stated = error.kind === 'mixed' ? 5 : error.order
      assert.isBelow(
        violation(method, weights, stated, () => 0),
        ROUNDING,
      )
      assert.isAbove(
        violation(method, weights, stated + 1, () => 0),
        1e-7,
      )
      if (error.kind === 'mixed')
        assert.isBelow(
          violation(method, error.e3, 3, () => 0),
          ROUNDING,
        )
    })

    it('estimates errors a second time, where it does, with weights of the same order', () => {
      const { error } = tableau
      if (error.kind !== 'embedded' || error.second === undefined) return
      const { second, order: stated } = error
      assert.isBelow(
        violation(method, second, stated, () => 0),
        ROUNDING,
      )
      assert.isAbove(
        violation(method, second, stated + 1, () => 0),
        1e-7,
      )
    })

    it('interpolates with its order', () => {
      for (const x of [0.2, 0.5, 0.9]) {
        const { dense } = method
        const w = Array.from({ length: allStages(method).length }, () => 0)
        let power = 1
        dense.rows.forEach(({ index, weight }, i) => {
          power *= dense.kind === 'polynomial' || i % 2 === 0 ? x : 1 - x
          index.forEach((j, at) => (w[j] = w[j]! + power * weight[at]!))
        })
        assert.isBelow(
          violation(method, w, denseOrder, (p) => x ** p),
          100 * ROUNDING,
        )
      }
    })

    it('converges with its order', () => {
      const errorOf = (steps: number): number => {
        const h = 2 / steps
        const isFixed = tableau.error.kind === 'none'
        const { states, t } = solveIvp((time, y) => [y[1]!, -y[0]! + Math.sin(3 * time)], [0, 2], [1, 0], {
          method,
          save: 'last',
          ...(isFixed
            ? { step: h }
            : { firstStep: h, controller: { judge: () => ({ accept: true, factor: 1 }) } }),
        })
        assert.equal(t[0], 2)
        const y = Math.cos(2) + (3 * Math.sin(2) - Math.sin(6)) / 8
        const dydt = -Math.sin(2) + (3 * Math.cos(2) - 3 * Math.cos(6)) / 8
        return Math.hypot(states[0]![0]! - y, states[0]![1]! - dydt)
      }
      const [few, many] = order === 8 ? [4, 8] : [16, 32]
      assert.closeTo(Math.log2(errorOf(few) / errorOf(many)), order, order === 8 ? 0.5 : 0.35)
    })
  },
)

describe('makeErk', () => {
  it.each([
    ['b', { b: [1 / 3, 1 / 3] }, /b sums to 1/],
    ['the order', { order: 2.5 }, /: order is a positive integer/],
    [
      'the order of the estimate',
      { error: { kind: 'embedded', order: 0.5, e: [1, -1, 0] } },
      /error.order is a positive integer/,
    ],
    ['a', { a: [[], [0.9]] }, /row 1 of a sums to c\[1\]/],
    ['e', { error: { kind: 'embedded', order: 1, e: [1, 0, 0] } }, /e sums to 0/],
    ['p', { dense: { kind: 'polynomial', p: [[1], [0], [0]] } }, /row 0 of p/],
    ['shape', { c: [0] }, /one row per stage/],
  ] as const)('names what does not fit: %s', (_, wrong, message) => {
    assert.throws(() => makeErk({ ...heun.tableau, ...wrong }), TableauError, message)
  })
})
