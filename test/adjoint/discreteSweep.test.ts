import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { solveIvp } from '../../src/index.ts'
import {
  solveWithPullback,
  type DifferentiableRhs,
  type Gradients,
  type PullbackOptions,
} from '../../src/adjoint/index.ts'
import { distance, dotAll } from './finiteDifference.ts'
import { n, net, start, theta } from './tanhNet.ts'

describe('discrete, as a sweep', () => {
  const ts = [0, 0.7, 1.9, 3]
  const y0 = Float64Array.from(start)
  const solve = (options: PullbackOptions<Float64Array>) =>
    solveWithPullback(net<Float64Array>(theta), ts, y0, options)
  const ones = ts.map(() => Float64Array.of(1, 1, 1))

  it('is not the continuous adjoint at a loose tolerance, and becomes it at a tight one', () => {
    const difference = (rtol: number): { state: number; times: number } => {
      const [a, b] = (['discrete', 'backsolve'] as const).map((gradient) =>
        solve({ gradient, rtol, atol: rtol, backward: { rtol: 1e-12, atol: 1e-13 } }).pullback(ones),
      )
      return {
        state: Math.max(distance(a!.h0, b!.h0), distance(a!.theta, b!.theta)),
        times: distance(a!.ts, b!.ts),
      }
    }
    assert.isAbove(difference(1e-2).state, 1e-5)
    fc.assert(
      fc.property(fc.double({ min: 3, max: 10, noNaN: true }), (digits) => {
        const { state, times } = difference(10 ** -digits)
        assert.isBelow(state, 100 * 10 ** -digits)
        // The interpolant's derivative is of one order less
        assert.isBelow(times, 100 * 10 ** (-0.8 * digits))
      }),
      { numRuns: 15, seed: 3 },
    )
  })

  it.each(['RK45', 'DOP853'] as const)('is linear in the incoming gradients, for %s', (method) => {
    const { pullback } = solve({ gradient: 'discrete', method })
    const entry = fc.double({ min: -2, max: 2, noNaN: true })
    const gradients = fc.array(fc.array(entry, { minLength: n, maxLength: n }), {
      minLength: 4,
      maxLength: 4,
    })
    const flat = (g: Gradients<Float64Array>): number[] => [...g.h0, ...g.theta, ...g.ts]
    const at = (u: number[][]): number[] => flat(pullback(u.map((row) => Float64Array.from(row))))
    fc.assert(
      fc.property(gradients, gradients, entry, (u, v, s) => {
        const both = at(u.map((row, j) => row.map((x, i) => x + s * v[j]![i]!)))
        const [gu, gv] = [at(u), at(v)]
        assert.isBelow(
          distance(
            both,
            gu.map((x, i) => x + s * gv[i]!),
          ),
          1e-12,
        )
      }),
      { numRuns: 40, seed: 11 },
    )
  })

  it.each([
    ['RK23', 3],
    ['RK45', 6],
    ['DOP853', 12],
  ] as const)('costs %s %i products and one evaluation less per step without inner outputs', (method, s) => {
    const rhs = net<Float64Array>(theta)
    let evaluations = 0
    let steps = 0
    const counted = { ...rhs, f: (...args: Parameters<typeof rhs.f>) => (evaluations++, rhs.f(...args)) }
    solveIvp(rhs.f, [0, 3], y0, { method, inPlace: true, onStep: () => steps++ })
    const { pullback } = solveWithPullback(counted, [0, 3], y0, {
      gradient: 'discrete',
      method,
      backward: { times: false },
    })
    evaluations = 0
    const g = pullback([new Float64Array(n), Float64Array.of(1, 1, 1)])
    assert.equal(g.nfev, s * steps)
    assert.equal(evaluations, (s - 1) * steps)
    assert.isTrue(g.ts.every(Number.isNaN))
  })

  it('gives the same gradients with and without those of the times', () => {
    const at = (times: boolean) =>
      solve({ gradient: 'discrete', method: 'DOP853', backward: { times } }).pullback(ones)
    assert.deepEqual(at(true).h0, at(false).h0)
    assert.deepEqual(at(true).theta, at(false).theta)
  })

  it('has the closed form R(w h)^N of RK4 for dh/dt = w h, at a length that the solver puts into wasm memory', () => {
    const [w, length, N, step] = [-0.6, 5000, 10, 0.25]
    const rhs: DifferentiableRhs<Float64Array> = {
      nParams: 1,
      f: (_t, h, dh) => h.forEach((value, i) => (dh[i] = w * value)),
      vjp: (_t, h, a, out) => {
        a.forEach((value, i) => (out.ah[i] = w * value))
        out.atheta[0] = dotAll([a], [h])
      },
    }
    const begin = Float64Array.from({ length }, (_, i) => Math.sin(i))
    const incoming = Float64Array.from({ length }, (_, i) => Math.cos(i * i))
    const options = { gradient: 'discrete', method: 'RK4', step } as const
    const { pullback } = solveWithPullback(rhs, [0, N * step], begin, options)
    const g = pullback([new Float64Array(length), incoming])
    const z = w * step
    const R = 1 + z + z ** 2 / 2 + z ** 3 / 6 + z ** 4 / 24
    const dR = step * (1 + z + z ** 2 / 2 + z ** 3 / 6)
    assert.isBelow(
      distance(
        g.h0,
        incoming.map((value) => value * R ** N),
      ),
      1e-14,
    )
    assert.closeTo(g.theta[0]!, N * R ** (N - 1) * dR * dotAll([incoming], [begin]), 1e-10)
  })

  it('can be pulled back twice', () => {
    const { pullback } = solve({ gradient: 'discrete' })
    assert.deepEqual(pullback(ones), pullback(ones))
  })

  it('gives zeros for a state without components', () => {
    const rhs: DifferentiableRhs<Float64Array> = { nParams: 1, f: () => {}, vjp: () => {} }
    const { pullback } = solveWithPullback(rhs, [0, 1], new Float64Array(0), { gradient: 'discrete' })
    const g = pullback([new Float64Array(0), new Float64Array(0)])
    assert.deepEqual([...g.h0, ...g.theta, g.nfev], [0, 0])
  })

  it.each(['ah', 'atheta'] as const)('reports where the product %s is not finite', (part) => {
    const rhs = net<Float64Array>(theta)
    const broken: typeof rhs = {
      ...rhs,
      vjp: (t, h, a, out) => {
        rhs.vjp(t, h, a, out)
        if (t < 1.5) out[part][1] = NaN
      },
    }
    const { failure } = solveWithPullback(broken, ts, y0, { gradient: 'discrete', maxStep: 0.5 }).pullback(
      ones,
    )
    assert.equal(failure?.kind, 'nonFinite')
    assert.isAbove(failure!.t, 1)
    assert.isBelow(failure!.t, 2)
    assert.equal(failure?.component === undefined, part === 'atheta')
  })

  it('ends between two steps when it is aborted', () => {
    const rhs = net<Float64Array>(theta)
    const abort = new AbortController()
    const aborting: typeof rhs = { ...rhs, vjp: (...args) => (abort.abort(), rhs.vjp(...args)) }
    const { result, pullback } = solveWithPullback(aborting, [0, 3], y0, {
      gradient: 'discrete',
      signal: abort.signal,
    })
    assert.equal(result.status, 0)
    const g = pullback([ones[0]!, ones[1]!])
    assert.equal(g.failure?.kind, 'aborted')
    assert.equal(g.nfev, 6)
  })
})
