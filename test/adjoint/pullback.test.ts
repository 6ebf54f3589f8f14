import { assert, describe, it } from 'vitest'
import { IvpInputError } from '../../src/index.ts'
import { solveWithPullback, type PullbackOptions } from '../../src/adjoint/index.ts'
import { n, net, p, start, theta } from './tanhNet.ts'

describe('solveWithPullback', () => {
  const ts = [0, 0.7, 1.9, 3]
  const y0 = Float64Array.from(start)
  const solve = (options: PullbackOptions<Float64Array>) =>
    solveWithPullback(net<Float64Array>(theta), ts, y0, options)
  const ones = ts.map(() => Float64Array.of(1, 1, 1))

  it.each(['Radau', 'BDF', 'LSODA'] as const)(
    'refuses the implicit method %s by name, before any evaluation',
    (method) => {
      const rhs = { ...net<Float64Array>(theta), f: () => assert.fail('evaluated') }
      try {
        solveWithPullback(rhs, ts, y0, { gradient: 'discrete', method })
      } catch (error) {
        assert.instanceOf(error, IvpInputError)
        assert.equal(error.option, 'gradient')
        assert.include(error.message, "'backsolve'")
        assert.include(error.message, method)
        return
      }
      assert.fail('accepted')
    },
  )

  it('refuses a gradient that it does not know, with what is allowed', () => {
    assert.throws(
      () => solve({ gradient: 'adjoint' as never }),
      IvpInputError,
      "`gradient` must be 'backsolve', 'interpolating' or 'discrete'; received 'adjoint'.",
    )
  })

  it('refuses a backward norm that it does not know, before any evaluation', () => {
    const rhs = { ...net<Float64Array>(theta), f: () => assert.fail('evaluated') }
    assert.throws(
      () => solveWithPullback(rhs, ts, y0, { backward: { norm: 'max' as never } }),
      IvpInputError,
      "`backward.norm` must be 'all', 'blocks' or 'seminorm'; received 'max'.",
    )
  })

  it('warns of backward options that have no effect', () => {
    const { pullback } = solve({ gradient: 'discrete', backward: { rtol: 1e-9, norm: 'all', times: true } })
    assert.deepEqual(
      pullback(ones).warnings.map((warning) => warning.split(' ')[0]),
      ['`backward.rtol`', '`backward.norm`'],
    )
  })

  it.each(['discrete', 'backsolve'] as const)(
    'gives no gradient after a failed solve, for %s',
    (gradient) => {
      const { result, pullback } = solve({ gradient, maxSteps: 2, rtol: 1e-8 })
      assert.equal(result.status, -1)
      const g = pullback(ones)
      assert.equal(g.failure?.kind, 'maxSteps')
      assert.isTrue([...g.h0, ...g.theta, ...g.ts].every(Number.isNaN))
      assert.deepEqual([g.h0.length, g.theta.length, g.ts.length, g.nfev], [n, p, ts.length, 0])
    },
  )

  it('takes equal steps both ways with a fixed-step method', () => {
    const { result, pullback } = solve({ method: 'RK4', step: 0.01 })
    // The interpolant reads f at the end
    assert.equal(result.nfev, 4 * 300 + 1)
    assert.equal(pullback(ones).nfev, 4 * (70 + 120 + 110))
  })

  it('keeps the forward step for the forward method', () => {
    const g = solve({ method: 'RK4', step: 0.01, backward: { method: 'RK45' } }).pullback(ones)
    assert.isUndefined(g.failure)
    assert.isBelow(g.nfev, 300)
  })
})
