import { assert, describe, it } from 'vitest'
import {
  backsolve,
  solveToEvent,
  solveWithPullback,
  type DifferentiableRhs,
} from '../../src/adjoint/index.ts'
import type { IvpInputError } from '../../src/index.ts'
import { refusal } from '../ivp/refusal.ts'

type F = Float64Array

/** h' = -2 h; counts what is evaluated. */
let calls = 0
const decay: DifferentiableRhs<F> = {
  nParams: 0,
  f: (_t, h, dh) => {
    calls++
    dh[0] = -2 * h[0]!
  },
  vjp: (t, h, a, out) => {
    decay.f(t, h, out.dh)
    out.ah[0] = -2 * a[0]!
  },
}
const halved = {
  g: (_t: number, h: F): number => h[0]! - 0.5,
  dh: (_t: number, _h: F, out: F): void => void (out[0] = 1),
}
const start: F = Float64Array.of(1)
/** dL/dh0 for L = h(1), or for L = h at the event, which is 1/2 whatever h0. */
type Solve = (options: object) => number
const pulled: Solve = (options) =>
  solveWithPullback(decay, [0, 0.9, 1], start, options).pullback([0, 0, 1].map((x) => Float64Array.of(x)))
    .h0[0]!
const ofEvent: Solve = (options) =>
  solveToEvent(decay, [0, Infinity], start, halved, options).pullback(Float64Array.of(0), 1).h0[0]!

const CASES: ReadonlyArray<readonly [name: string, solve: Solve, exact: number]> = [
  ['solveWithPullback', pulled, Math.exp(-2)],
  ['solveToEvent', ofEvent, 0.5],
]

describe.each(CASES)('%s', (_name, solve, exact) => {
  describe.each(['backsolve', 'interpolating'] as const)('%s', (gradient) => {
    const refused = (backward: object, forward: object = {}): IvpInputError => {
      calls = 0
      const error = refusal(() => solve({ ...forward, gradient, backward }))
      assert.equal(calls, 0)
      return error
    }

    it('refused a bad value in `backward` after the forward solve, and without the prefix', () => {
      for (const [option, wrong] of [
        ['maxSteps', 0],
        ['firstStep', -1],
        ['firstStep', '0.1'],
        ['maxStep', 0],
        ['controller', 4],
        ['step', 0.1],
        ['method', 'foo'],
        ['method', 'rk45'],
        ['signal', 3],
      ] as const) {
        const { option: named, message } = refused({ [option]: wrong })
        assert.equal(named, `backward.${option}`)
        assert.include(message, typeof wrong === 'string' ? `received '${wrong}'` : `received ${wrong}`)
      }
      assert.include(refused({ method: 'rk45' }).expected, "is spelled 'RK45'")
    })

    it('called the `step` that a backward method of equal steps lacks one of the forward solve, and giving it helps', () => {
      const { option, expected } = refused({ method: 'RK4' })
      assert.equal(option, 'backward.step')
      assert.include(expected, 'such as step: 0.01')
      const given = { gradient, rtol: 1e-6, atol: 1e-9, backward: { method: 'RK4', step: 0.01 } }
      assert.closeTo(solve(given), exact, 1e-4)
    })

    it('names what comes from the forward options as they are', () => {
      assert.equal(refused({ norm: 'all', maxSteps: 100 }, { maxStep: -1 }).option, 'maxStep')
      assert.equal(refused({ maxSteps: 100 }, { method: 'foo' }).option, 'method')
    })

    it('takes a first step longer than a segment, null for an absent option, and a signal', () => {
      const { signal } = new AbortController()
      for (const backward of [{ firstStep: 0.5 }, { firstStep: 7 }, { controller: null }, { signal }]) {
        assert.closeTo(solve({ gradient, rtol: 1e-6, atol: 1e-9, backward }), exact, 1e-4)
      }
    })
  })
})

it("a `backward.signal` that is none was found at the end of the forward solve: 'discrete'", () => {
  const error = refusal(() => pulled({ gradient: 'discrete', backward: { signal: 3 } }))
  assert.equal(error.option, 'backward.signal')
})

it.each([null, '5', NaN, -1])(
  'a bound on the reconstruction of %s is refused, before the forward solve',
  (bound) => {
    calls = 0
    const backward = { reconstruction: bound as number }
    const error = refusal(() => solveWithPullback(decay, [0, 1], start, { backward })) as IvpInputError
    assert.equal(error.option, 'backward.reconstruction')
    const alone = refusal(() =>
      backsolve(decay, [0, 1], [start, start], [start, start], backward),
    ) as IvpInputError
    assert.equal(alone.option, 'reconstruction')
    assert.equal(calls, 0)
  },
)

it('a `times` that is neither true nor false is refused', () => {
  const backward = { times: 'no' as unknown as boolean }
  const error = refusal(() => solveWithPullback(decay, [0, 1], start, { backward })) as IvpInputError
  assert.equal(error.option, 'backward.times')
})

it('a gradient that had to be replaced does not solve forward again at every pullback', () => {
  const fast: DifferentiableRhs<F> = {
    nParams: 0,
    f: (_t, h, dh) => {
      calls++
      dh[0] = -60 * h[0]!
    },
    vjp: (_t, h, a, out) => {
      out.dh[0] = -60 * h[0]!
      out.ah[0] = -60 * a[0]!
    },
  }
  const { pullback } = solveWithPullback(fast, [0, 1], start)
  const incoming = [Float64Array.of(0), Float64Array.of(1)]
  const callsOf = (): number => {
    calls = 0
    assert.equal(pullback(incoming).replacedBy, 'interpolating')
    return calls
  }
  const first = callsOf()
  assert.isBelow(callsOf(), first / 2)
})
