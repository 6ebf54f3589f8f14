import { assert, describe, it } from 'vitest'
import { solveIvp, type ErkMethod, type FloatArray, type MethodName } from '../../src/index.ts'
import { solveWithPullback, type DifferentiableRhs, type PullbackOptions } from '../../src/adjoint/index.ts'
import { checkMethod } from '../../src/ivp/check/method.ts'
import { derivative, distance, dotAll } from './finiteDifference.ts'
import { locate, overFrozenSteps } from './frozenSteps.ts'
import { n, net, start, theta } from './tanhNet.ts'

/** The net, which also fills a . df/dt where it is wanted. */
function timed<V extends FloatArray>(): DifferentiableRhs<V> {
  const plain = net<V>(theta)
  return {
    ...plain,
    vjp(t, h, a, out) {
      plain.vjp(t, h, a, out)
      if (out.at === undefined) return
      out.at[0] = 0
      for (let i = 0; i < n; i++) {
        const tanh = out.dh[i]! + h[i]! / 4
        out.at[0] -= a[i]! * (1 - tanh ** 2) * theta[n * n + i]! * Math.sin(t)
      }
    },
  }
}

const loose = { rtol: 1e-2, atol: 1e-3, maxStep: 0.9 }
type Options = PullbackOptions<Float64Array> & { readonly method: MethodName }
const METHODS: ReadonlyArray<readonly [string, Options]> = [
  ['RK23', { method: 'RK23', ...loose }],
  ['RK45', { method: 'RK45', ...loose }],
  ['DOP853', { method: 'DOP853', ...loose }],
  ['five equal steps of Euler', { method: 'Euler', step: 0.86 }],
  ['five equal steps of RK4', { method: 'RK4', step: 0.86 }],
  ['RK4 with a shorter last step', { method: 'RK4', step: 0.7 }],
  ['Heun in one step', { method: 'Heun', step: 10 }],
]

/** A solve with outputs inside of steps, gradients, and the loss over the same steps between other ends. */
function caseOf(options: Options, span: readonly [number, number]) {
  const y0 = Float64Array.from(start)
  const rhs = timed<Float64Array>()
  const mesh = solveIvp(rhs.f as never, span, y0, { ...(options as object), inPlace: true }).t
  const N = mesh.length - 1
  const inside = [0.3, 0.55, 0.8].map((x) => span[0] + x * (span[1] - span[0]))
  const ts = [span[0], ...inside, span[1]]
  const incoming = ts.map((_t, j) => Float64Array.from({ length: n }, (_y, i) => Math.cos(j + 2 * i)))
  const { pullback } = solveWithPullback(rhs, ts, y0, { ...options, gradient: 'discrete' })
  const isEqual =
    options.step !== undefined && Math.abs((mesh[N]! - mesh[N - 1]!) / (mesh[1]! - mesh[0]!) - 1) < 1e-9
  const method = (checkMethod(options.method) as { erk: ErkMethod }).erk
  const outputs = locate(mesh, ts)
  const loss = (first: number, last: number, inner = 0): number => {
    const moved = Float64Array.from(mesh, (t, i) =>
      isEqual ? t + (1 - i / N) * first + (i / N) * last : t + (i < N ? first : last),
    )
    const times = ts.map((t, j) => t + (j === 0 ? first : j === ts.length - 1 ? last : inner))
    const at = outputs.map(({ step }, j) => ({ t: times[j]!, step }))
    return dotAll(incoming, overFrozenSteps(method, rhs.f, moved, y0, at))
  }
  return { rhs, ts, y0, incoming, isEqual, loss, gradients: pullback(incoming) }
}

describe.each([
  ['forwards', [0.2, 4.5]],
  ['backwards', [4.5, 0.2]],
] as const)(
  "gradients of the times by 'discrete' with a product that knows a df/dt, %s in time",
  (_direction, span) => {
    it.each(METHODS)('are derivatives of the numbers computed at both ends too, for %s', (name, options) => {
      const { gradients, loss, isEqual } = caseOf(options, span)
      assert.equal(isEqual, name.startsWith('five') || name.endsWith('one step'))
      const exact = [derivative((eps) => loss(eps, 0)), derivative((eps) => loss(0, eps))]
      assert.isBelow(distance([gradients.ts[0]!, gradients.ts.at(-1)!], exact), 5e-10)
    })

    it.each(METHODS)('add up to the derivative by a shift of all times, for %s', (_name, options) => {
      const { gradients, loss } = caseOf(options, span)
      const shift = derivative((eps) => loss(eps, eps, eps))
      assert.closeTo(
        gradients.ts.reduce((sum, slope) => sum + slope, 0),
        shift,
        5e-10,
      )
    })
  },
)

describe('the ends of a solve', () => {
  const end = (t0: number, t1: number, options: object): number => {
    const rhs = timed<Float64Array>()
    const { states } = solveIvp(rhs.f as never, [t0, t1], Float64Array.from(start), { ...options, inPlace: true, save: 'last' }) // prettier-ignore
    return states[0]!.reduce((sum, y) => sum + y, 0)
  }
  const gradients = (options: Options): Float64Array =>
    solveWithPullback(timed<Float64Array>(), [0.2, 4.5], Float64Array.from(start), { ...options, gradient: 'discrete' })
      .pullback([new Float64Array(n), Float64Array.of(1, 1, 1)]).ts // prettier-ignore

  it.each(['Euler', 'RK4'] as const)('n equal steps of %s: as solveIvp itself moves', (method) => {
    const at = (t0: number, t1: number): number => end(t0, t1, { method, step: (t1 - t0) / 5 })
    const found = gradients({ method, step: (4.5 - 0.2) / 5 })
    assert.closeTo(
      found[0]!,
      derivative((eps) => at(0.2 + eps, 4.5)),
      5e-10,
    )
    assert.closeTo(
      found[1]!,
      derivative((eps) => at(0.2, 4.5 + eps)),
      5e-10,
    )
  })

  it('steps by tolerances: as solveIvp itself moves at the end', () => {
    const options = { method: 'RK45', rtol: 1e-2, atol: 1e-3 } as const
    assert.closeTo(
      gradients(options)[1]!,
      derivative((eps) => end(0.2, 4.5 + eps, options)),
      5e-10,
    )
  })

  it('far from the exact solution they differ from how that moves, which a product without a df/dt gives', () => {
    const options = { method: 'Euler', step: 0.86, gradient: 'discrete' } as const
    const without = solveWithPullback(net<Float64Array>(theta), [0.2, 4.5], Float64Array.from(start), options)
      .pullback([new Float64Array(n), Float64Array.of(1, 1, 1)]).ts // prettier-ignore
    assert.isAbove(Math.abs(without[1]! - gradients(options)[1]!), 0.01)
  })
})

it('a df/dt is asked for only where it is used', () => {
  const asked = (options: PullbackOptions<Float64Array>): boolean => {
    let isAsked = false
    const rhs = timed<Float64Array>()
    const watched: DifferentiableRhs<Float64Array> = {
      ...rhs,
      vjp(t, h, a, out) {
        isAsked ||= out.at !== undefined
        rhs.vjp(t, h, a, out)
      },
    }
    solveWithPullback(watched, [0, 1], Float64Array.from(start), options)
      .pullback([new Float64Array(n), Float64Array.of(1, 1, 1)]) // prettier-ignore
    return isAsked
  }
  assert.isTrue(asked({ gradient: 'discrete' }))
  assert.isFalse(asked({ gradient: 'discrete', backward: { times: false } }))
  assert.isFalse(asked({ gradient: 'backsolve' }))
  assert.isFalse(asked({ gradient: 'interpolating' }))
})
