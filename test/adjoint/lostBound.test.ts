import { assert, describe, it } from 'vitest'
import { solveWithPullback, type Gradients, type PullbackOptions } from '../../src/adjoint/index.ts'
import type { FloatArray } from '../../src/index.ts'
import { GRADIENT_PROBLEMS } from './problems.ts'

/** Largest difference over the largest entry. */
const relative = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(...b.map(Math.abs))

describe('the bound on a state solved backwards', () => {
  it.each(GRADIENT_PROBLEMS)(
    'lets no gradient pass that is 5 times as far off as others: $name',
    (problem) => {
      const { rhs, theta, ts, h0 } = problem
      for (const stretch of [1, 2, 4, 8]) {
        const times = ts.map((t) => t * stretch)
        const weights = times.map((_, j) => h0.map((_v, i) => (j === 0 ? 0 : Math.cos(j + 2 * i))))
        const solve = (isSingle: boolean, options: PullbackOptions<FloatArray>): Gradients<FloatArray> => {
          const vector = (values: ReadonlyArray<number>): FloatArray =>
            isSingle ? Float32Array.from(values) : Float64Array.from(values)
          const { pullback } = solveWithPullback<FloatArray>(rhs(theta), times, vector(h0), options)
          return pullback(weights.map(vector))
        }
        const numbers = ({ h0: a, theta: b }: Gradients<FloatArray>): number[] => [...a, ...b]
        const exact = numbers(
          solve(false, { gradient: 'discrete', method: 'DOP853', rtol: 1e-11, atol: 1e-13 }),
        )
        for (const rtol of [1e-3, 1e-5, 1e-7]) {
          for (const isSingle of rtol < 1e-5 ? [false] : [false, true]) {
            const common = { rtol, atol: 1e-3 * rtol }
            const found = solve(isSingle, common)
            const off = relative(numbers(found), exact)
            const others = (['discrete', 'interpolating'] as const).map((gradient) =>
              relative(numbers(solve(isSingle, { ...common, gradient })), exact),
            )
            const what = `${stretch} ${rtol} ${isSingle} ${found.replacedBy}`
            assert.isUndefined(found.failure, what)
            assert.isAtMost(off, 5 * Math.max(...others), what)
          }
        }
      }
    },
  )
})
