import { assert, describe, it } from 'vitest'
import { AcceptedSteps } from '../../src/adjoint/acceptedSteps.ts'
import { solveWithPullback } from '../../src/adjoint/index.ts'
import { IvpInputError } from '../../src/index.ts'
import { net, start, theta } from './tanhNet.ts'

const TS = [0, 0.7, 1.9, 3]
const INCOMING = TS.map((_, j) => Float64Array.of(Math.sin(j), Math.cos(j), 1))

describe('checkpoints of the discrete gradient', () => {
  it.each(['RK23', 'RK45', 'DOP853'] as const)('%s: any budget gives the same bits', (method) => {
    const solve = (checkpoints?: number) => {
      let evaluations = 0
      const rhs = net<Float64Array>(theta)
      const counted = { ...rhs, f: (...args: Parameters<typeof rhs.f>) => (evaluations++, rhs.f(...args)) }
      const options = { method, gradient: 'discrete', rtol: 1e-9, atol: 1e-11, checkpoints } as const
      const {
        h0,
        theta: dtheta,
        ts,
        nfev,
      } = solveWithPullback(counted, TS, Float64Array.from(start), options).pullback(INCOMING)
      return { numbers: [...h0, ...dtheta, ...ts], nfev, evaluations }
    }
    const all = solve()
    for (const budget of [2, 3, 7, 20]) {
      const some = solve(budget)
      assert.deepEqual(some.numbers, all.numbers)
      assert.equal(some.nfev, all.nfev)
      // Once more through the steps at most
      if (budget === 2) assert.isAbove(some.evaluations, all.evaluations)
      assert.isBelow(some.evaluations, 2 * all.evaluations)
    }
  })

  it('keeps to its budget', () => {
    const steps = new AcceptedSteps(0, Float64Array.of(0), 8)
    for (let i = 1; i <= 1000; i++) {
      steps.record({ t: i, y: Float64Array.of(i) })
      assert.isAtMost(steps.count, 8)
    }
    assert.isAtLeast(steps.count, 4)
    assert.equal(steps.end[0], 1000)
    assert.equal(steps.times.length, 1001)
  })

  it('refuses a budget that cannot work', () => {
    for (const checkpoints of [1, 0, NaN]) {
      const solve = (): unknown => solveWithPullback(net<Float64Array>(theta), TS, Float64Array.from(start), { checkpoints }) // prettier-ignore
      assert.throws(solve, IvpInputError, '`checkpoints`')
    }
  })
})
