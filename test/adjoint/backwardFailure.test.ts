import { assert, describe, it } from 'vitest'
import {
  solveWithPullback,
  type DifferentiableRhs,
  type Gradients,
  type PullbackOptions,
} from '../../src/adjoint/index.ts'
import { relaxation, robertson } from './relaxation.ts'

const LARGE = 1e8
const STIFF = { rtol: 1e-6, atol: 1e-11, gradient: 'interpolating' } as const

/** Of 1e8 times the third component, whose adjoint is as large. */
const reaction = (options: PullbackOptions<Float64Array>, scale = LARGE, T = 1e6): Gradients<Float64Array> =>
  solveWithPullback(robertson, [0, T], Float64Array.of(1, 0, 0), { ...STIFF, ...options }).pullback([
    new Float64Array(3),
    Float64Array.of(0, 0, scale),
  ])

/** h' = -h + theta g(t) at theta = 0: the parameter gradient is the integral of e^(t - T) g(t). */
const forced = (g: (t: number) => number): DifferentiableRhs<Float64Array> => ({
  nParams: 1,
  f: (_t, h, dh) => void (dh[0] = -h[0]!),
  vjp: (t, h, a, out) => {
    out.dh[0] = -h[0]!
    out.ah[0] = -a[0]!
    out.atheta[0] = a[0]! * g(t)
  },
})
const ofForced = (
  g: (t: number) => number,
  T: number,
  options: PullbackOptions<Float64Array>,
): Gradients<Float64Array> =>
  solveWithPullback(forced(g), [0, T], Float64Array.of(1), options).pullback([
    Float64Array.of(0),
    Float64Array.of(1),
  ])

describe('a large adjoint', () => {
  it.each(['Radau', 'BDF', 'LSODA'] as const)(
    'has a tolerance of its own size, and not the one of a small state: %s',
    (method) => {
      const exact = reaction({ method: 'Radau', rtol: 1e-9, atol: 1e-13 }, 1)
      for (const scale of [1, 1e3, LARGE, 1e12]) {
        const { failure, theta, nfev } = reaction({ method }, scale)
        assert.isUndefined(failure)
        theta.forEach((value, k) => assert.closeTo(value / scale / exact.theta[k]!, 1, 1e-2))
        assert.isBelow(nfev, 1.5 * reaction({ method }, 1).nfev)
      }
    },
  )

  it('keeps the steps when the loss is scaled, by every gradient', () => {
    for (const gradient of ['backsolve', 'interpolating'] as const) {
      const solve = (scale: number): Gradients<Float64Array> =>
        solveWithPullback(relaxation<Float64Array>(1), [0, 0.5, 1], Float64Array.of(0.2), {
          gradient,
        }).pullback([Float64Array.of(0), Float64Array.of(0.5 * scale), Float64Array.of(scale)])
      const one = solve(1)
      const many = solve(2 ** 20)
      assert.equal(many.nfev, one.nfev)
      assert.closeTo(many.theta[0]! / 2 ** 20, one.theta[0]!, 1e-12)
    }
  })
})

describe('the advice of a backward solve that fails', () => {
  it.each(['BDF', 'LSODA'] as const)('names an atol that fits the adjoint, and it helps: %s', (method) => {
    const { failure } = reaction({ method, backward: { atol: 1e-11 } })
    const [, atol] = /give backward: \{ atol: (.*) \}/.exec(failure!.advice)!
    const helped = reaction({ method, backward: { atol: Number(atol) } })
    assert.isUndefined(helped.failure)
    const exact = reaction({ method: 'Radau', rtol: 1e-9, atol: 1e-13 })
    helped.theta.forEach((value, k) => assert.closeTo(value / exact.theta[k]!, 1, 1e-2))
  })

  it('raises backward.maxSteps, of the option and of the default, and it helps', () => {
    const own = ofForced(Math.sin, 3, { gradient: 'interpolating', backward: { maxSteps: 2 } })
    assert.equal(own.failure?.kind, 'maxSteps')
    assert.notProperty(own.failure, 'snapshot')
    assert.match(own.failure!.advice, /^Raise `backward.maxSteps`/)
    assert.isUndefined(
      ofForced(Math.sin, 3, { gradient: 'interpolating', backward: { maxSteps: 200 } }).failure,
    )
    // The forward solve sees nothing of what the parameter gradient is an integral of
    const [w, T] = [3000, 4]
    for (const gradient of ['interpolating', 'backsolve'] as const) {
      const { failure } = ofForced((t) => Math.sin(w * t), T, { gradient })
      assert.equal(failure?.kind, 'maxSteps')
      assert.match(
        failure!.advice,
        /has taken 2000 steps, the most where no option says how many. Raise `backward.maxSteps`/,
      )
      const helped = ofForced((t) => Math.sin(w * t), T, { gradient, backward: { maxSteps: 1e5 } })
      assert.isUndefined(helped.failure)
      const exact = (Math.sin(w * T) - w * Math.cos(w * T) + w * Math.exp(-T)) / (1 + w * w)
      assert.closeTo(helped.theta[0]!, exact, 1e-3)
    }
  })

  it('looks for the time where a product is not finite, and a guard helps', () => {
    // h' = -sqrt(h) is at rest from t = 2 on, where its derivative is not finite
    const emptying = (guard: number): Gradients<Float64Array> => {
      const rhs: DifferentiableRhs<Float64Array> = {
        nParams: 1,
        f: (_t, h, dh) => void (dh[0] = -Math.sqrt(Math.max(0, h[0]!))),
        vjp: (t, h, a, out) => {
          rhs.f(t, h, out.dh)
          out.ah[0] = -a[0]! / (2 * Math.sqrt(Math.max(guard, h[0]!)))
          out.atheta[0] = a[0]! * out.dh[0]!
        },
      }
      return solveWithPullback(rhs, [0, 1, 3], Float64Array.of(0), { gradient: 'interpolating' }).pullback([
        Float64Array.of(0),
        Float64Array.of(0),
        Float64Array.of(1),
      ])
    }
    assert.match(emptying(0).failure!.advice, /The vector-Jacobian product gave NaN or Infinity .* guard/)
    assert.isUndefined(emptying(1e-6).failure)
  })

  it('ends before a time where the gradient is infinite, and it helps', () => {
    const pole = (t: number): number => 1 / (t - 1) ** 2
    const { failure } = ofForced(pole, 2, { gradient: 'interpolating' })
    assert.match(failure!.advice, /The gradient may be infinite/)
    assert.closeTo(failure!.t, 1, 1e-3)
    const { theta } = ofForced(pole, 0.5, { gradient: 'interpolating', rtol: 1e-8, atol: 1e-10 })
    // By a sum over midpoints
    const n = 1e4
    const dt = 0.5 / n
    let exact = 0
    for (let i = 0; i < n; i++) exact += dt * Math.exp((i + 0.5) * dt - 0.5) * pole((i + 0.5) * dt)
    assert.closeTo(theta[0]!, exact, 1e-6)
  })
})
