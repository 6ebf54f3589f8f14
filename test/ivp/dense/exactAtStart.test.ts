import { assert, describe, it } from 'vitest'
import { solveIvp } from '../../../src/index.ts'
import { EVERY_METHOD } from '../everyMethod.ts'

describe('an interpolant', () => {
  it.each(EVERY_METHOD)(
    'is the state at the start of its step, however large the one at its end, $method',
    (options) => {
      // Numbers of 1e20 have no room for a 1
      const [t1, step] = [1e20, options.step === undefined ? {} : { step: 1e19 }]
      for (const y0 of [new Float64Array([1, -2]), new Float32Array([1, -2])] as Float64Array[]) {
        const given = { ...options, ...step, denseOutput: true, tEval: [0, t1] }
        const { states, sol, status } = solveIvp(() => [1, 3], [0, t1], y0, given as never)
        assert.equal(status, 0)
        assert.deepEqual(Array.from(states[0]!), [1, -2])
        assert.deepEqual(Array.from(sol!(0) as Float64Array), [1, -2])
      }
    },
  )

  it.each(EVERY_METHOD)('meets the states between steps, $method', (options) => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]
    const { t, states, sol } = solveIvp(f, [0, 3], [1, 0], { ...options, denseOutput: true })
    const { interpolants } = sol!
    interpolants.forEach((dense, i) => {
      const start = Array.from(dense.at(t[i]!))
      start.forEach((value, c) => assert.equal(value, states[i]![c]))
    })
  })
})
