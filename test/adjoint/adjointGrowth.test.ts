import { assert, describe, it } from 'vitest'
import { solveWithPullback, type Gradients, type PullbackOptions } from '../../src/adjoint/index.ts'
import type { FloatArray } from '../../src/index.ts'
import { GRADIENT_PROBLEMS } from './problems.ts'
import { logistic, robertson } from './relaxation.ts'

const GROWS = /^The gradient 'discrete' may be wrong: the adjoint of the steps grew by a factor of/
const STAYS = /^The gradient 'discrete' may be wrong: the adjoint of the steps did not decay over \d+ steps/

const reaction = (T: number, options: PullbackOptions<Float64Array>): Gradients<Float64Array> =>
  solveWithPullback(robertson, [0, T], Float64Array.of(1, 0, 0), options).pullback([
    new Float64Array(3),
    Float64Array.of(0, 0, 1),
  ])
const growth = (T: number, options: PullbackOptions<Float64Array>): Gradients<Float64Array> =>
  solveWithPullback(logistic, [0, T], Float64Array.of(0.1), options).pullback([
    Float64Array.of(0),
    Float64Array.of(1),
  ])

describe("gradient 'discrete' of steps that stability limits", () => {
  it("warns: Robertson's reaction, whose gradient comes out as 1e7 to 1e18 for 0.3; following the advice helps", () => {
    for (const T of [0.1, 0.3, 0.5]) {
      const { warnings } = reaction(T, { gradient: 'discrete' })
      assert.lengthOf(warnings, 1)
      assert.match(warnings[0]!, GROWS)
      assert.match(warnings[0]!, /Take gradient 'interpolating', with method 'Radau', 'BDF' or 'LSODA' if/)
      const exact = reaction(T, { gradient: 'interpolating', method: 'Radau', rtol: 1e-9, atol: 1e-14 })
      for (const method of ['Radau', 'BDF', 'LSODA'] as const) {
        const helped = reaction(T, { gradient: 'interpolating', method, rtol: 1e-6, atol: 1e-10 })
        assert.notInclude(helped.warnings.join(), 'may be wrong')
        helped.theta.forEach((value, k) => assert.closeTo(value / exact.theta[k]!, 1, 2e-2))
      }
    }
    assert.isAbove(Math.abs(reaction(0.5, { gradient: 'discrete' }).theta[0]!), 1e15)
  })

  it('warns: logistic growth to T = 300 and 1000 at rest; following the advice helps', () => {
    for (const T of [300, 1000]) {
      // dL/dr is nearly 0, dL/dK nearly 1
      const wrong = growth(T, { gradient: 'discrete' })
      assert.isAbove(Math.abs(wrong.theta[0]!), 0.5)
      assert.match(wrong.warnings.join(), GROWS)
      const slow = growth(T, { gradient: 'discrete', method: 'RK23' })
      assert.isAbove(Math.abs(slow.theta[0]!), 0.4)
      assert.match(slow.warnings.join(), STAYS)
      assert.match(growth(T, { gradient: 'discrete', method: 'DOP853' }).warnings.join(), GROWS)
      for (const method of ['RK45', 'RK23', 'DOP853', 'Radau', 'LSODA'] as const) {
        const helped = growth(T, { gradient: 'interpolating', method })
        assert.closeTo(helped.theta[0]!, 0, 1e-2, method)
        assert.closeTo(helped.theta[1]!, 1, 1e-2, method)
      }
    }
  })

  it('warns where it takes the place of another gradient, and with many output times', () => {
    const replaced = growth(300, { backward: { otherwise: 'discrete' } })
    assert.match(replaced.warnings[0]!, GROWS)
    assert.include(replaced.warnings[1]!, "was replaced by 'discrete'")
    const certified = growth(300, { gradient: 'discrete', certify: true })
    assert.match(certified.warnings[0]!, GROWS)
    const times = Float64Array.from({ length: 101 }, (_, j) => 3 * j)
    const { pullback } = solveWithPullback(logistic, times, Float64Array.of(0.1), { gradient: 'discrete' })
    assert.match(pullback(Array.from(times, () => Float64Array.of(1))).warnings.join(), STAYS)
  })

  it.each(GRADIENT_PROBLEMS)('does not warn where accuracy chooses the steps: $name', (problem) => {
    const { rhs, theta, ts, h0 } = problem
    const check = (
      options: PullbackOptions<FloatArray>,
      times: ReadonlyArray<number>,
      isSingle: boolean,
    ): void => {
      const vector = (values: ReadonlyArray<number>): FloatArray =>
        isSingle ? Float32Array.from(values) : Float64Array.from(values)
      const incoming = times.map((_, j) => vector(h0.map((_v, i) => Math.cos(j + 2 * i))))
      const { pullback } = solveWithPullback<FloatArray>(rhs(theta), times, vector(h0), {
        ...options,
        gradient: 'discrete',
      })
      assert.deepEqual(pullback(incoming).warnings, [], JSON.stringify([options, times.length]))
    }
    const dense = Array.from({ length: 60 }, (_, j) => ts[0]! + ((ts.at(-1)! - ts[0]!) * j) / 59)
    for (const isSingle of [false, true]) {
      for (const times of [ts, dense, ts.map((t) => -t * 0.3)]) {
        for (const method of ['RK23', 'RK45', 'DOP853'] as const) {
          for (const rtol of [1e-2, 1e-3, 2e-5]) check({ method, rtol, atol: 1e-3 * rtol }, times, isSingle)
        }
        check({ method: 'RK4', step: 0.05 }, times, isSingle)
        check({ method: 'Euler', step: 0.01 }, times, isSingle)
      }
    }
  })

  it('does not warn over long times of oscillation and chaos', () => {
    for (const name of [
      'van der Pol',
      'Lotka-Volterra',
      'Lorenz',
      'rigid body',
      'driven pendulum',
      'FitzHugh-Nagumo',
    ]) {
      const { rhs, theta, ts, h0 } = GRADIENT_PROBLEMS.find((problem) => problem.name === name)!
      const { pullback } = solveWithPullback(
        rhs<Float64Array>(theta),
        [0, 20 * ts.at(-1)!],
        Float64Array.from(h0),
        {
          gradient: 'discrete',
        },
      )
      assert.deepEqual(pullback([0, 1].map(() => Float64Array.from(h0, (_, i) => 1 + i))).warnings, [], name)
    }
  })
})
