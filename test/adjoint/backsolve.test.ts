import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { solveIvp } from '../../src/index.ts'
import { solveWithPullback, type DifferentiableRhs } from '../../src/adjoint/index.ts'
import { affine } from './affine.ts'

/** dh/dt = e^(w h + b), theta = [w, b]; closed form h(t) = -(log(e^(-w h0) - w e^b t)) / w. */
const exponential = (w: number, b: number): DifferentiableRhs<Float64Array> => ({
  nParams: 2,
  f: (_t, h, dh) => {
    dh[0] = Math.exp(w * h[0]! + b)
  },
  vjp: (_t, h, a, out) => {
    const e = Math.exp(w * h[0]! + b)
    out.dh[0] = e
    out.ah[0] = a[0]! * w * e
    out.atheta[0] = a[0]! * h[0]! * e
    out.atheta[1] = a[0]! * e
  },
})

/** dh/dt = tanh(W h + c cos t) with theta = [W (row-major) | c], n = 3: depends on time, has no closed form. */
const n = 3
const tanhNet = (theta: Float64Array): DifferentiableRhs<Float64Array> => {
  const slope = (t: number, h: Float64Array, i: number): number => {
    let s = theta[n * n + i]! * Math.cos(t)
    for (let j = 0; j < n; j++) s += theta[i * n + j]! * h[j]!
    return Math.tanh(s)
  }
  return {
    nParams: n * n + n,
    f: (t, h, dh) => {
      for (let i = 0; i < n; i++) dh[i] = slope(t, h, i)
    },
    vjp: (t, h, a, out) => {
      out.ah.fill(0)
      for (let i = 0; i < n; i++) {
        const f = slope(t, h, i)
        const g = a[i]! * (1 - f * f)
        out.dh[i] = f
        for (let j = 0; j < n; j++) {
          out.ah[j] = out.ah[j]! + g * theta[i * n + j]!
          out.atheta[i * n + j] = g * h[j]!
        }
        out.atheta[n * n + i] = g * Math.cos(t)
      }
    },
  }
}

const tight = { rtol: 1e-10, atol: 1e-12 }
const close = (label: string, ours: number, truth: number, tolerance = 1e-7): void =>
  assert.closeTo(ours, truth, tolerance * Math.max(1, Math.abs(truth)), label)

const parameter = fc.double({ min: -1.5, max: 1.5, noNaN: true }).filter((w) => Math.abs(w) > 0.05)

describe('backsolve', () => {
  it('equals the closed form for dh/dt = w h + b', () => {
    fc.assert(
      fc.property(parameter, parameter, parameter, (w, b, h0) => {
        const T = 1.3
        const { result, pullback } = solveWithPullback(affine(w, b), [0, T], Float64Array.of(h0), tight)
        const g = pullback([Float64Array.of(0), Float64Array.of(1)])
        const e = Math.exp(w * T)
        const hT = e * h0 + (b / w) * (e - 1)
        close('h(T)', result.states[1]![0]!, hT)
        close('dh/dh0', g.h0[0]!, e)
        close('dh/dw', g.theta[0]!, T * e * h0 + (b / w) * T * e - (b / (w * w)) * (e - 1))
        close('dh/db', g.theta[1]!, (e - 1) / w)
        close('dh/dT', g.ts[1]!, w * hT + b)
        close('dh/dt0', g.ts[0]!, -(w * hT + b))
      }),
      { numRuns: 40, seed: 7 },
    )
  })

  it('equals the closed form for dh/dt = e^(w h + b)', () => {
    const [w, b, h0, T] = [-0.7, 0.2, 0.3, 1.5]
    const { result, pullback } = solveWithPullback(exponential(w, b), [0, T], Float64Array.of(h0), tight)
    const g = pullback([Float64Array.of(0), Float64Array.of(1)])
    const q = Math.exp(-w * h0) - w * Math.exp(b) * T
    close('h(T)', result.states[1]![0]!, -Math.log(q) / w)
    close('dh/dh0', g.h0[0]!, Math.exp(-w * h0) / q)
    close('dh/db', g.theta[1]!, (Math.exp(b) * T) / q)
    const dq = -h0 * Math.exp(-w * h0) - Math.exp(b) * T
    close('dh/dw', g.theta[0]!, Math.log(q) / (w * w) - dq / (w * q))
  })

  it('takes at most three quarters of the evaluations without the parameter gradient in the norm', () => {
    const theta = Float64Array.from({ length: n * n + n }, (_, i) => Math.sin(3 * i + 1))
    for (const rtol of [1e-3, 1e-6, 1e-9]) {
      const evaluations = (norm: 'all' | 'seminorm'): number =>
        solveWithPullback(tanhNet(theta), [0, 3], Float64Array.of(0.3, -0.6, 0.9), {
          rtol,
          atol: rtol * 1e-3,
          backward: { norm },
        }).pullback([new Float64Array(n), Float64Array.of(1, -1, 1)]).nfev
      assert.isAtMost(evaluations('seminorm'), 0.75 * evaluations('all'))
    }
  })

  it.each(['all', 'blocks', 'seminorm'] as const)(
    'agrees with finite differences over several output times, norm %s',
    (norm) => {
      const ts = [0.2, 0.9, 1.4, 2.5]
      const theta = Float64Array.from({ length: n * n + n }, (_, i) => Math.sin(3 * i + 1))
      const h0 = Float64Array.of(0.3, -0.6, 0.9)
      const weights = ts.map((_, j) => Float64Array.from({ length: n }, (_, i) => Math.cos(j + 2 * i)))
      const loss = (start: Float64Array, params: Float64Array, times: number[]): number => {
        const { f } = tanhNet(params)
        const span = [times[0]!, times.at(-1)!] as const
        const { states } = solveIvp(f, span, start, { ...tight, rtol: 1e-12, tEval: times, inPlace: true })
        return states.reduce(
          (sum, h, j) => sum + h.reduce((s, value, i) => s + value * weights[j]![i]!, 0),
          0,
        )
      }
      const { pullback } = solveWithPullback(tanhNet(theta), ts, h0, { ...tight, backward: { norm } })
      const g = pullback(weights)
      assert.isUndefined(g.failure)
      const difference = (at: (eps: number) => number): number => (at(1e-5) - at(-1e-5)) / 2e-5
      const moved = <T extends number[] | Float64Array>(x: T, i: number, eps: number): T => {
        const copy = x.slice() as T
        copy[i] = copy[i]! + eps
        return copy
      }
      h0.forEach((_, i) =>
        close(
          `h0[${i}]`,
          g.h0[i]!,
          difference((e) => loss(moved(h0, i, e), theta, ts)),
          1e-6,
        ),
      )
      theta.forEach((_, i) =>
        close(
          `theta[${i}]`,
          g.theta[i]!,
          difference((e) => loss(h0, moved(theta, i, e), ts)),
          1e-6,
        ),
      )
      ts.forEach((_, i) =>
        close(
          `ts[${i}]`,
          g.ts[i]!,
          difference((e) => loss(h0, theta, moved(ts, i, e))),
          1e-6,
        ),
      )
    },
  )

  it('reports a backward segment that cannot be solved instead of a gradient', () => {
    const broken: DifferentiableRhs<Float64Array> = {
      ...affine(1, 0),
      vjp: (t, h, a, out) => {
        affine(1, 0).vjp(t, h, a, out)
        if (t < 0.5) out.ah[0] = NaN
      },
    }
    const { pullback } = solveWithPullback(broken, [0, 1], Float64Array.of(1))
    const g = pullback([Float64Array.of(0), Float64Array.of(1)])
    assert.equal(g.failure?.kind, 'nonFinite')
  })

  it('takes backward options apart from the forward ones', () => {
    const count = (backward: object): number => {
      const { pullback } = solveWithPullback(affine(-1, 0.5), [0, 5], Float64Array.of(1), {
        rtol: 1e-3,
        backward,
      })
      return pullback([Float64Array.of(0), Float64Array.of(1)]).nfev
    }
    assert.isAbove(count({ rtol: 1e-9, atol: 1e-12 }), 2 * count({}))
  })

  it('works in single precision', () => {
    const rhs = affine(-0.8, 0.5) as unknown as DifferentiableRhs<Float32Array>
    const { result, pullback } = solveWithPullback(rhs, [0, 1], Float32Array.of(0.2), {
      rtol: 1e-4,
      atol: 1e-5,
    })
    const g = pullback([Float32Array.of(0), Float32Array.of(1)])
    assert.instanceOf(result.states[1], Float32Array)
    assert.instanceOf(g.theta, Float32Array)
    close('dh/dh0', g.h0[0]!, Math.exp(-0.8), 1e-4)
  })
})
