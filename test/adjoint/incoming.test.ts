import { assert, describe, it } from 'vitest'
import {
  backsolve,
  interpolating,
  solveToEvent,
  solveWithPullback,
  type DifferentiableEvent,
  type DifferentiableRhs,
} from '../../src/adjoint/index.ts'
import { solveIvp, type IvpInputError } from '../../src/index.ts'
import { refusal } from '../ivp/refusal.ts'

type F = Float64Array
const F = Float64Array

/** h' = -2 h; counts the products. */
let products = 0
const decay: DifferentiableRhs<F> = {
  nParams: 0,
  f: (_t, h, dh) => void (dh[0] = -2 * h[0]!),
  vjp: (t, h, a, out) => {
    products++
    decay.f(t, h, out.dh)
    out.ah[0] = -2 * a[0]!
  },
}
const ts = [0, 1]
const start: F = F.of(1)
const states = [start, F.of(Math.exp(-2))]
const { sol } = solveIvp((_t, y) => [-2 * y[0]!], [0, 1], [1], { denseOutput: true })

const pulled = (gradient: 'backsolve' | 'interpolating' | 'discrete') => {
  const { pullback } = solveWithPullback(decay, ts, start, { gradient })
  return (incoming: unknown): unknown => pullback(incoming as never)
}
const PULLBACKS: Readonly<Record<string, (incoming: unknown) => unknown>> = {
  'pullback of backsolve': pulled('backsolve'),
  'pullback of interpolating': pulled('interpolating'),
  'pullback of discrete': pulled('discrete'),
  backsolve: (incoming) => backsolve(decay, ts, states, incoming as never),
  interpolating: (incoming) => interpolating(decay, sol, ts, states, incoming as never),
}

describe.each(Object.entries(PULLBACKS))('%s', (_name, pullback) => {
  const refused = (incoming: unknown): IvpInputError => {
    products = 0
    const error = refusal(() => pullback(incoming))
    assert.equal(products, 0)
    return error
  }

  it('took too few arrays for a TypeError, too many without a word, and undefined for an object', () => {
    for (const incoming of [[F.of(0)], [F.of(0), F.of(1), F.of(1)], [], F.of(0, 1), undefined, null, 5]) {
      const { option, expected } = refused(incoming)
      assert.equal(option, 'incoming')
      assert.equal(expected, 'must be 2 arrays, one for each output time: dL/d(states[j]), each of length 1')
    }
  })

  it('took arrays of another length, or none: NaN or zeros in silence', () => {
    for (const wrong of [F.of(1, 7), F.of(), undefined, null, 1]) {
      const { option, expected } = refused([F.of(0), wrong])
      assert.equal(option, 'incoming[1]')
      assert.include(expected, 'must be an array of length 1: ')
    }
    assert.equal(refused([F.of(0, 0), F.of(1)]).option, 'incoming[0]')
  })

  it('said of a loss with NaN or Infinity that `y0` must be finite, or blamed `fun`', () => {
    for (const wrong of [NaN, Infinity, -Infinity]) {
      const { option, message } = refused([F.of(0), F.of(wrong)])
      assert.equal(option, 'incoming[1]')
      assert.include(
        message,
        "the loss's gradient with respect to the state at output 1 is not, in component 0",
      )
    }
    assert.equal(refused([F.of(NaN), F.of(1)]).option, 'incoming[0]')
  })

  it('says to guard a root at 0 in the loss, and that helps', () => {
    const ofRoot = (distance: number, guard: number): number => 0.5 / Math.sqrt(distance + guard)
    assert.include(refused([F.of(0), F.of(ofRoot(0, 0))]).expected, 'a root or a norm at 0')
    const { h0 } = pullback([F.of(0), F.of(ofRoot(0, 1e-4))]) as { readonly h0: F }
    assert.closeTo(h0[0]! / 50, Math.exp(-2), 1e-2)
  })
})

it('after a forward solve that failed there is its failure, whatever the loss made of states that are not there', () => {
  const { result, pullback } = solveWithPullback(decay, ts, start, { maxSteps: 1 })
  assert.equal(result.failure?.kind, 'maxSteps')
  assert.equal(pullback([F.of(NaN)]).failure?.kind, 'maxSteps')
})

describe('an event', () => {
  const halved: DifferentiableEvent<F> = {
    g: (_t, h) => h[0]! - 0.5,
    dh: (_t, _h, out) => void (out[0] = 1),
  }
  const pull = (event: DifferentiableEvent<F>, incoming: unknown, time: unknown = 0): unknown =>
    solveToEvent(decay, [0, 2], start, event).pullback(incoming as F, time as number)

  it('took incoming gradients that are none', () => {
    for (const wrong of [undefined, F.of(), F.of(1, 2), [F.of(1)]]) {
      assert.equal(refusal(() => pull(halved, wrong)).option, 'incoming')
    }
    assert.include(
      refusal(() => pull(halved, F.of(NaN))).message,
      'with respect to the state at the event is not',
    )
    for (const wrong of [NaN, Infinity, '1', null]) {
      assert.equal(refusal(() => pull(halved, F.of(1), wrong)).option, 'incomingTime')
    }
    assert.include(
      refusal(() => pull(halved, F.of(1), NaN)).expected,
      '0 where the loss does not depend on it',
    )
  })

  it('whose dh writes nothing, or numbers that are none, was said to have a `y0` that is not finite', () => {
    const silent = refusal(() => pull({ ...halved, dh: () => {} }, F.of(1)))
    assert.equal(silent.option, 'event.dh')
    assert.include(silent.expected, 'must write dg/dh to its argument `out`: it wrote zeros')
    const notFinite = { ...halved, dh: (_t: number, _h: F, out: F): void => void (out[0] = NaN) }
    assert.equal(refusal(() => pull(notFinite, F.of(1))).option, 'event.dh')
    assert.equal(refusal(() => pull({ ...halved, dt: () => NaN }, F.of(1))).option, 'event.dt')
  })

  it('of the time alone is told to give `event.dt`, and that helps', () => {
    const timed = { g: (t: number): number => t - 1, dh: (): void => {} }
    assert.include(refusal(() => pull(timed, F.of(1))).expected, 'Where g depends on t, give `event.dt`')
    const { h0 } = pull({ ...timed, dt: () => 1 }, F.of(1)) as { readonly h0: F }
    assert.closeTo(h0[0]!, Math.exp(-2), 1e-3)
  })
})
