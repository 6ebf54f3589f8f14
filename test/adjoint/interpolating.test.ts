import { assert, describe, it } from 'vitest'
import { solveWithPullback, type DifferentiableRhs, type PullbackOptions } from '../../src/adjoint/index.ts'
import { solveIvp } from '../../src/index.ts'

/** h0' = -h0 h1 + p cos t, h1' = q tanh(h0) - h1; theta = [p, q]. */
const pair = (p: number, q: number): DifferentiableRhs<Float64Array> => ({
  nParams: 2,
  f: (t, h, dh) => {
    dh[0] = -h[0]! * h[1]! + p * Math.cos(t)
    dh[1] = q * Math.tanh(h[0]!) - h[1]!
  },
  vjp: (t, h, a, out) => {
    const th = Math.tanh(h[0]!)
    out.dh[0] = -h[0]! * h[1]! + p * Math.cos(t)
    out.dh[1] = q * th - h[1]!
    out.ah[0] = -h[1]! * a[0]! + q * (1 - th * th) * a[1]!
    out.ah[1] = -h[0]! * a[0]! - a[1]!
    out.atheta[0] = Math.cos(t) * a[0]!
    out.atheta[1] = th * a[1]!
  },
})

/** h' = -k (h - theta sin t): h forgets where it came from at the rate k, and cannot be computed backwards. */
const dissipative = (k: number, theta: number): DifferentiableRhs<Float64Array> => ({
  nParams: 1,
  f: (t, h, dh) => {
    dh[0] = -k * (h[0]! - theta * Math.sin(t))
  },
  vjp: (t, h, a, out) => {
    out.dh[0] = -k * (h[0]! - theta * Math.sin(t))
    out.ah[0] = -k * a[0]!
    out.atheta[0] = k * Math.sin(t) * a[0]!
  },
})

const TS = [0.1, 0.8, 1.5, 2.6]
const THETA = [0.7, 1.2] as const
const H0 = Float64Array.of(0.6, 0.2)
const INCOMING = TS.map((_, j) => Float64Array.of(Math.sin(j + 1), Math.cos(2 * j)))

function loss(theta: readonly number[], h0: Float64Array, ts: readonly number[]): number {
  const { states } = solveIvp(pair(theta[0]!, theta[1]!).f as never, [ts[0]!, ts.at(-1)!], h0, {
    method: 'DOP853',
    rtol: 1e-12,
    atol: 1e-13,
    tEval: ts,
    inPlace: true,
  })
  return states.reduce((sum, h, j) => sum + h[0]! * INCOMING[j]![0]! + h[1]! * INCOMING[j]![1]!, 0)
}

const STEP = 1e-5
const difference = (of: (by: number) => number): number => (of(STEP) - of(-STEP)) / (2 * STEP)

describe("gradient 'interpolating'", () => {
  it.each([
    ['RK45', 1e-6],
    ['DOP853', 1e-7],
    ['RK23', 1e-5],
    ['Radau', 1e-5],
    ['BDF', 1e-5],
    ['LSODA', 1e-5],
  ] as const)(
    '%s agrees with finite differences within %f, several output times, both directions',
    (method, slack) => {
      for (const times of [TS, TS.map((t) => -t)]) {
        const options = { gradient: 'interpolating', method, rtol: 1e-9, atol: 1e-11 } as const
        const { pullback } = solveWithPullback(pair(...THETA), times, H0, options)
        const found = pullback(INCOMING)
        assert.isUndefined(found.failure)
        const add = (values: ArrayLike<number>, k: number, by: number): number[] =>
          Array.from(values, (value, j) => (j === k ? value + by : value))
        for (let k = 0; k < 2; k++) {
          const theta = difference((by) => loss(add(THETA, k, by), H0, times))
          const h0 = difference((by) => loss(THETA, Float64Array.from(add(H0, k, by)), times))
          assert.closeTo(found.theta[k]!, theta, slack)
          assert.closeTo(found.h0[k]!, h0, slack)
        }
        for (let j = 0; j < times.length; j++) {
          assert.closeTo(
            found.ts[j]!,
            difference((by) => loss(THETA, H0, add(times, j, by))),
            slack,
          )
        }
      }
    },
  )

  it.each(['all', 'blocks', 'seminorm'] as const)('norm %s gives the same gradient', (norm) => {
    const solve = (backward: PullbackOptions<Float64Array>['backward']): number[] => {
      const options = { gradient: 'interpolating', rtol: 1e-9, atol: 1e-11, backward } as const
      const { h0, theta } = solveWithPullback(pair(...THETA), TS, H0, options).pullback(INCOMING)
      return [...h0, ...theta]
    }
    const reference = solve({})
    solve({ norm }).forEach((value, e) => assert.closeTo(value, reference[e]!, 1e-7))
  })

  it('is right where h cannot be computed backwards, and backsolve is not', () => {
    const [k, theta, T] = [30, 0.9, 2]
    const rhs = dissipative(k, theta)
    // h(T) = theta (k^2 sin T - k cos T) / (k^2 + 1) up to e^(-k T)
    const truth = (k * k * Math.sin(T) - k * Math.cos(T)) / (k * k + 1)
    const gradient = (options: PullbackOptions<Float64Array>): number =>
      solveWithPullback(rhs, [0, T], Float64Array.of(0.3), { rtol: 1e-6, atol: 1e-8, ...options }).pullback([
        Float64Array.of(0),
        Float64Array.of(1),
      ]).theta[0]!
    assert.closeTo(gradient({ gradient: 'interpolating' }), truth, 1e-4)
    assert.closeTo(gradient({ gradient: 'discrete' }), truth, 1e-4)
    const stiff = { method: 'Radau', gradient: 'interpolating' } as const
    assert.closeTo(gradient(stiff), truth, 1e-4)
    const reversed = solveWithPullback(rhs, [0, T], Float64Array.of(0.3), { rtol: 1e-6, atol: 1e-8 })
    // theta's gradient does not depend on h here; the reconstructed state does, and it steers the backward steps to ruin or failure
    const back = reversed.pullback([Float64Array.of(0), Float64Array.of(1)])
    const plain =
      solveWithPullback(rhs, [0, T], Float64Array.of(0.3), { rtol: 1e-6, atol: 1e-8, gradient: 'interpolating' }) // prettier-ignore
        .pullback([Float64Array.of(0), Float64Array.of(1)])
    assert.isTrue(
      back.failure !== undefined || back.nfev > 2 * plain.nfev,
      `${back.nfev} against ${plain.nfev}`,
    )
  })

  it('works in single precision and leaves the forward numbers alone', () => {
    const rhs = pair(...THETA) as unknown as DifferentiableRhs<Float32Array>
    const incoming = INCOMING.map((a) => Float32Array.from(a))
    const single = solveWithPullback(rhs, TS, Float32Array.from(H0), {
      gradient: 'interpolating',
      rtol: 2e-5,
    })
    const plain = solveWithPullback(rhs, TS, Float32Array.from(H0), { rtol: 2e-5 })
    assert.deepEqual(single.result.states, plain.result.states)
    const exact = solveWithPullback(pair(...THETA), TS, H0, { rtol: 1e-10, atol: 1e-12 }).pullback(INCOMING)
    const found = single.pullback(incoming)
    assert.instanceOf(found.theta, Float32Array)
    found.theta.forEach((value, k) => assert.closeTo(value, exact.theta[k]!, 1e-3))
    found.h0.forEach((value, k) => assert.closeTo(value, exact.h0[k]!, 1e-3))
  })
})
