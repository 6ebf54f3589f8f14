import { assert, describe, it } from 'vitest'
import {
  backsolve,
  interpolating,
  solveToEvent,
  solveWithPullback,
  solveWithSensitivities,
} from '../../src/adjoint/index.ts'
import { solveIvp, type IvpInputError } from '../../src/index.ts'
import { refusal } from '../ivp/refusal.ts'

type F = Float64Array
type Out = { readonly dh: F; readonly ah: F; readonly atheta: F }

/** h' = -theta h with theta = 2; counts what is evaluated. */
let calls = 0
const decay = {
  nParams: 1,
  f: (_t: number, h: F, dh: F): void => {
    calls++
    for (let i = 0; i < h.length; i++) dh[i] = -2 * h[i]!
  },
  vjp: (t: number, h: F, a: F, out: Out): void => {
    decay.f(t, h, out.dh)
    out.atheta[0] = 0
    for (let i = 0; i < h.length; i++) {
      out.ah[i] = -2 * a[i]!
      out.atheta[0] -= h[i]! * a[i]!
    }
  },
}
const start: F = Float64Array.of(1)
const halved = {
  g: (_t: number, h: F): number => h[0]! - 0.5,
  dh: (_t: number, _h: F, out: F): void => void (out[0] = 1),
}
const states = [start, Float64Array.of(Math.exp(-2))]
const incoming = [Float64Array.of(0), Float64Array.of(1)]
const { sol } = solveIvp((_t, y) => [-2 * y[0]!], [0, 1], start, { denseOutput: true })

const FUNCTIONS: Readonly<Record<string, (rhs: never) => unknown>> = {
  solveWithPullback: (rhs) => solveWithPullback(rhs, [0, 1], start),
  solveWithSensitivities: (rhs) => solveWithSensitivities(rhs, [0, 1], start),
  solveToEvent: (rhs) => solveToEvent(rhs, [0, 1], start, halved),
  backsolve: (rhs) => backsolve(rhs, [0, 1], states, incoming),
  interpolating: (rhs) => interpolating(rhs, sol, [0, 1], states, incoming),
}

const refusedEarly = (call: () => unknown): IvpInputError => {
  calls = 0
  const error = refusal(call)
  assert.equal(calls, 0)
  return error
}

it.each(Object.entries(FUNCTIONS))(
  '%s had raw TypeErrors for a right-hand side that is none, or lacks a part of one',
  (_name, call) => {
    for (const wrong of [null, undefined, 5, decay.f]) {
      const { option, expected } = refusedEarly(() => call(wrong as never))
      assert.equal(option, 'rhs')
      assert.include(expected, '{ f, vjp, nParams }')
    }
    for (const part of ['f', 'vjp', 'nParams'] as const) {
      const { option } = refusedEarly(() => call({ ...decay, [part]: undefined } as never))
      assert.equal(option, `rhs.${part}`)
    }
    for (const count of [-1, 0.5, NaN, '1']) {
      assert.equal(refusedEarly(() => call({ ...decay, nParams: count } as never)).option, 'rhs.nParams')
    }
    call(decay as never)
  },
)

describe('an initial state that is none', () => {
  const STARTS: Readonly<Record<string, (h0: never) => unknown>> = {
    solveWithPullback: (h0) => solveWithPullback(decay, [0, 1], h0),
    solveWithSensitivities: (h0) => solveWithSensitivities(decay, [0, 1], h0),
    solveToEvent: (h0) => solveToEvent(decay, [0, 1], h0, halved),
  }
  it.each(Object.entries(STARTS))('%s had a raw TypeError for it, or called it `y0`', (_name, call) => {
    for (const wrong of [undefined, null, 1, 'a', [Infinity], Float64Array.of(NaN)]) {
      assert.equal(refusedEarly(() => call(wrong as never)).option, 'h0')
    }
  })
})

describe('an event', () => {
  const solve = (span: unknown, event: unknown) => (): unknown =>
    solveToEvent(decay, span as [number, number], start, event as typeof halved)

  it('had raw TypeErrors for a span that is none', () => {
    for (const wrong of [undefined, null, 5, [0], [0, 1, 2], ['0', '1'], [NaN, 1]]) {
      assert.equal(refusedEarly(solve(wrong, halved)).option, 'span')
    }
  })

  it('had raw TypeErrors for one that is none, or lacks a part of one', () => {
    for (const wrong of [undefined, null, halved.g]) {
      assert.equal(refusedEarly(solve([0, 1], wrong)).option, 'event')
    }
    for (const [part, wrong] of [
      ['g', undefined],
      ['dh', undefined],
      ['dh', [1]],
      ['dt', 1],
      ['dtheta', [0]],
      ['direction', 'up'],
    ] as const) {
      assert.equal(refusedEarly(solve([0, 1], { ...halved, [part]: wrong })).option, `event.${part}`)
    }
    solve([0, 1], { ...halved, dt: undefined, dtheta: null, direction: undefined })()
  })
})

it.each(['backsolve', 'interpolating', 'discrete'] as const)(
  'an empty state was said to have been lost by NaN tolerances: %s',
  (gradient) => {
    const none = new Float64Array(0)
    const { pullback } = solveWithPullback(decay, [0, 1], none, { gradient })
    const { theta, warnings, failure, reconstruction = 0 } = pullback([none, none])
    assert.isUndefined(failure)
    assert.deepEqual([...theta], [0])
    assert.deepEqual(warnings, [])
    assert.equal(reconstruction, 0)
  },
)
