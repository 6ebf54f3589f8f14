import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { backsolve, solveToEvent, solveWithPullback, type PullbackOptions } from '../../src/adjoint/index.ts'
import { NODES, WEIGHTS } from '../../src/adjoint/gaussLegendre.ts'
import type { IvpInputError } from '../../src/index.ts'
import { GRADIENT_PROBLEMS } from './problems.ts'

describe('the Gauss rule', () => {
  it('is exact for polynomials of degree 7, and not for degree 8', () => {
    const error = (degree: number): number =>
      Math.abs(NODES.reduce((sum, c, g) => sum + WEIGHTS[g]! * c ** degree, 0) - 1 / (degree + 1))
    for (let degree = 0; degree <= 7; degree++) assert.isBelow(error(degree), 1e-15, `degree ${degree}`)
    assert.isAbove(error(8), 1e-6)
  })
})

describe("parameters: 'quadrature'", () => {
  const tight = { rtol: 1e-8, atol: 1e-10 }
  const gradients = (
    { rhs, h0, theta, ts }: (typeof GRADIENT_PROBLEMS)[number],
    options: PullbackOptions<Float64Array>,
  ) => {
    const { pullback } = solveWithPullback(rhs<Float64Array>(theta), ts, Float64Array.from(h0), options)
    return pullback(ts.map((_, j) => Float64Array.from(h0, (_h, i) => Math.cos(i + 2 * j))))
  }

  it.each(
    GRADIENT_PROBLEMS.flatMap((problem) =>
      (['backsolve', 'interpolating'] as const).flatMap((gradient) =>
        (['RK45', 'DOP853', 'Radau'] as const).map((method) => ({ ...problem, gradient, method })),
      ),
    ),
  )(
    'gives the gradient of the integrated state: $name, $gradient, $method',
    ({ gradient, method, ...problem }) => {
      const options = { ...tight, gradient, method }
      const expected = gradients(problem, options)
      const found = gradients(problem, { ...options, backward: { parameters: 'quadrature' } })
      assert.isUndefined(found.failure)
      for (const name of ['h0', 'theta', 'ts'] as const) {
        const size = Math.max(1, ...expected[name].map(Math.abs))
        found[name].forEach((value, i) =>
          assert.closeTo(value, expected[name][i]!, 2e-6 * size, `${name} ${i}`),
        )
      }
    },
  )

  // The Lorenz equations amplify every error: at such steps their gradient has no order
  it.each(GRADIENT_PROBLEMS.filter(({ name }) => name !== 'Lorenz'))(
    'keeps the order of RK4, and at most four times the error of the integrated gradient: $name',
    (problem) => {
      const exact = gradients(problem, { method: 'DOP853', rtol: 1e-13, atol: 1e-14 }).theta
      for (const gradient of ['backsolve', 'interpolating'] as const) {
        const error = (step: number, parameters: 'integrated' | 'quadrature'): number => {
          const options = { method: 'RK4', step, gradient, backward: { parameters } } as const
          const { theta } = gradients(problem, options)
          return Math.max(...theta.map((value, i) => Math.abs(value - exact[i]!)))
        }
        const [wide, narrow] = [error(0.05, 'quadrature'), error(0.025, 'quadrature')]
        assert.isAbove(Math.log2(wide / narrow), 3.7, gradient)
        assert.isBelow(narrow, 4 * error(0.025, 'integrated'), gradient)
      }
    },
  )

  it('counts four products for each step, and gives the element type of the state', () => {
    const { rhs, h0, theta } = GRADIENT_PROBLEMS[0]!
    const incoming = [new Float32Array(h0.length), new Float32Array(h0.length).fill(1)]
    const states = [Float32Array.from(h0), Float32Array.from(h0)]
    let products = 0
    const plain = rhs<Float32Array>(theta)
    const counted = {
      ...plain,
      vjp: (...args: Parameters<typeof plain.vjp>) => {
        products++
        plain.vjp(...args)
      },
    }
    const options = { method: 'RK4', step: 0.25, times: false, parameters: 'quadrature' } as const
    const found = backsolve(counted, [0, 1], states, incoming, options)
    assert.equal(products, found.nfev)
    const integrated = backsolve(counted, [0, 1], states, incoming, { ...options, parameters: 'integrated' })
    // The interpolant of the last step needs the slope at its end too
    assert.equal(found.nfev, integrated.nfev + 4 * 4 + 1)
    assert.instanceOf(found.theta, Float32Array)
  })

  it('works for events, with an implicit method', () => {
    const { rhs, theta } = GRADIENT_PROBLEMS[0]!
    const event = {
      g: (_t: number, h: Float64Array) => h[0]! - 0.9,
      dh: (_t: number, _h: Float64Array, out: Float64Array) => out.fill(1),
    }
    const solve = (parameters: 'integrated' | 'quadrature') => {
      const options = { ...tight, method: 'Radau', backward: { parameters } } as const
      const solved = solveToEvent(rhs<Float64Array>(theta), [0, 5], Float64Array.of(1.2), event, options)
      return solved.pullback(Float64Array.of(0.5), 1)
    }
    const expected = solve('integrated')
    solve('quadrature').theta.forEach((value, i) => assert.closeTo(value, expected.theta[i]!, 1e-6))
  })

  it('passes failures on', () => {
    const { rhs, h0, theta, ts } = GRADIENT_PROBLEMS[0]!
    const backward = { parameters: 'quadrature', maxSteps: 1, maxStep: 0.01 } as const
    const { pullback } = solveWithPullback(rhs<Float64Array>(theta), ts, Float64Array.from(h0), { backward })
    assert.equal(pullback(ts.map(() => Float64Array.from(h0))).failure!.kind, 'maxSteps')
  })
})

describe('the full matrix of an implicit backward method', () => {
  const large = (p: number) => ({
    nParams: p,
    f: (_t: number, _h: Float64Array, dh: Float64Array) => void dh.fill(0),
    vjp: () => {
      throw new Error('not to be called')
    },
  })
  const refusal = (n: number, p: number, options: PullbackOptions<Float64Array>): IvpInputError | null => {
    let calls = 0
    const rhs = { ...large(p), f: () => void calls++ }
    try {
      solveWithPullback(rhs, [0, 1], new Float64Array(n), { ...options, maxSteps: 1 })
    } catch (error) {
      assert.equal(calls, 0)
      return error as IvpInputError
    }
    return null
  }

  it('is refused by name above 5000 components, before any evaluation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6000 }), fc.integer({ min: 0, max: 6000 }), (n, p) => {
        const backward = { method: 'Radau' } as const
        const found = refusal(n, p, { backward })
        assert.equal(found?.option ?? null, 2 * n + p > 5000 ? 'backward.method' : null)
        assert.equal(found?.message.includes('quadrature') ?? false, 2 * n + p > 5000 && 2 * n <= 5000)
        const along = refusal(n, p, { gradient: 'interpolating', backward })
        assert.equal(along !== null, n + p > 5000)
        assert.equal(
          refusal(n, p, { backward: { ...backward, parameters: 'quadrature' } }) !== null,
          2 * n > 5000,
        )
        assert.isNull(refusal(n, p, {}))
      }),
      { numRuns: 25 },
    )
  })

  it('is named by the option that asks for it; so are unknown values', () => {
    assert.equal(refusal(5001, 0, { method: 'BDF' })!.option, 'method')
    assert.isNull(refusal(5001, 0, { method: 'RK45', gradient: 'discrete' }))
    assert.equal(
      refusal(1, 1, { backward: { parameters: 'guessed' as never } })!.option,
      'backward.parameters',
    )
  })
})
