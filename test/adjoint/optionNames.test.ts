import { assert, describe, it } from 'vitest'
import {
  backsolve,
  interpolating,
  solveToEvent,
  solveWithPullback,
  solveWithSensitivities,
} from '../../src/adjoint/index.ts'
import { DIRECTION_OPTIONS } from '../../src/adjoint/directionOptions.ts'
import { methodsOfKind } from '../../src/ivp/methods.ts'
import { solveIvp } from '../../src/index.ts'
import { refusal } from '../ivp/refusal.ts'

/** h' = -theta h with theta = 2; counts what is evaluated. */
let calls = 0
const decay = {
  nParams: 1,
  f: (_t: number, h: Float64Array, dh: Float64Array): void => {
    calls++
    dh[0] = -2 * h[0]!
  },
  vjp: (
    _t: number,
    h: Float64Array,
    a: Float64Array,
    out: { dh: Float64Array; ah: Float64Array; atheta: Float64Array },
  ): void => {
    calls++
    out.dh[0] = -2 * h[0]!
    out.ah[0] = -2 * a[0]!
    out.atheta[0] = -h[0]! * a[0]!
  },
}
const h0 = Float64Array.of(1)
const ts = [0, 1]
const halved = { g: (_t: number, h: Float64Array): number => h[0]! - 0.5, dh: (_t: number, _h: Float64Array, out: Float64Array): void => void (out[0] = 1) } // prettier-ignore
const states = [h0, Float64Array.of(Math.exp(-2))]
const incoming = [Float64Array.of(0), Float64Array.of(1)]
const { sol } = solveIvp((_t, y) => [-2 * y[0]!], [0, 1], h0, { denseOutput: true, rtol: 1e-8 })

/** Every function of the entry that takes options, and what it takes beside those of a direction. */
const FUNCTIONS: Readonly<
  Record<string, { own: readonly string[]; call: (options: never) => unknown; of?: string }>
> = {
  solveWithPullback: {
    own: ['gradient', 'checkpoints', 'backward', 'certify'],
    call: (options) => solveWithPullback(decay, ts, h0, options),
  },
  solveWithSensitivities: {
    own: ['initial', 'norm'],
    call: (options) => solveWithSensitivities(decay, ts, h0, options),
  },
  solveToEvent: {
    own: ['gradient', 'backward'],
    call: (options) => solveToEvent(decay, [0, 1], h0, halved, options),
  },
  backsolve: {
    own: ['norm', 'parameters', 'reconstruction', 'times'],
    call: (options) => backsolve(decay, ts, states, incoming, options),
  },
  interpolating: {
    own: ['norm', 'parameters', 'times'],
    call: (options) => interpolating(decay, sol!, ts, states, incoming, options),
  },
}

it('a backward solve by itself refuses what needs the forward one', () => {
  const otherwise = refusal(() => backsolve(decay, ts, states, incoming, { otherwise: 'interpolating' }))
  assert.include(otherwise.message, '`solveWithPullback`, which can solve forward again')
  const along = { reconstruction: 10 }
  assert.include(refusal(() => interpolating(decay, sol!, ts, states, incoming, along)).message, 'only `backsolve`') // prettier-ignore
  backsolve(decay, ts, states, incoming, along)
})

describe.each(Object.entries(FUNCTIONS))('%s', (name, { own, call }) => {
  it('refuses options that there are elsewhere only, by its own list and before anything is evaluated', () => {
    for (const foreign of ['tEval', 'events', 'denseOutput', 'save', 'args', 'jac', 'params', 'onStep']) {
      calls = 0
      const { option, expected } = refusal(() => call({ [foreign]: [1] } as never))
      assert.equal(option, foreign)
      assert.include(expected, `is not an option of \`${name}\``)
      assert.include(expected, `(known: ${[...DIRECTION_OPTIONS, ...own].join(', ')})`)
      assert.equal(calls, 0)
    }
  })

  it('names the option that a misspelt one is most like, and takes it', () => {
    for (const [wrong, right, value] of [
      ['rTol', 'rtol', 1e-5],
      ['max_step', 'maxStep', 0.5],
      ['tol', 'rtol', 1e-5],
    ] as const) {
      assert.include(refusal(() => call({ [wrong]: value } as never)).expected, `; write \`${right}\` (`)
      call({ [right]: value } as never)
    }
  })

  it('takes no array, text or number for options', () => {
    for (const bad of [[1], 'RK45', 5, null, Float64Array.of(1)])
      assert.equal(refusal(() => call(bad as never)).option, 'options')
  })
})

it('the values of `norm` and `parameters` are checked where a backward solve is called by its own name', () => {
  for (const name of ['backsolve', 'interpolating'] as const) {
    const { call } = FUNCTIONS[name]!
    assert.equal(refusal(() => call({ norm: 'some' } as never)).option, 'norm')
    assert.equal(refusal(() => call({ parameters: 'quadrat' } as never)).option, 'parameters')
  }
})

it('a misspelt `direction` of an event is named, and does what it says where it is written right', () => {
  const wrong = { ...halved, directoin: 1 }
  const error = refusal(() => solveToEvent(decay, [0, 1], h0, wrong))
  assert.equal(error.option, 'event.directoin')
  assert.include(error.expected, '; write `direction`')
  // h falls through 0.5, so that a rising crossing is none
  assert.isNull(solveToEvent(decay, [0, 1], h0, { ...halved, direction: 1 }).tEvent)
  assert.closeTo(solveToEvent(decay, [0, 1], h0, { ...halved, direction: -1 }).tEvent!, Math.log(2) / 2, 1e-3)
})

describe('what the message says to do instead of an option of `solveIvp` does it', () => {
  const message = (options: object): string =>
    refusal(() => solveWithPullback(decay, ts, h0, options)).message

  it('tEval and denseOutput: `ts`', () => {
    assert.include(message({ tEval: [0.5] }), 'the output times are an argument, `ts`')
    assert.include(message({ denseOutput: true }), 'by giving those times in `ts` too')
    const { result } = solveWithPullback(decay, [0, 0.5, 1], h0, { rtol: 1e-6 })
    assert.closeTo(result.states[1]![0]!, Math.exp(-1), 1e-5)
  })

  it('save: the first and the last time', () => {
    assert.include(message({ save: 'last' }), 'the first and the last time alone as `ts`')
    assert.lengthOf(solveWithPullback(decay, ts, h0).result.states, 2)
  })

  it('events: `solveToEvent`', () => {
    assert.include(message({ events: [] }), 'by `solveToEvent`')
    const { pullback } = solveToEvent(decay, [0, 1], h0, halved, { rtol: 1e-8, atol: 1e-10 })
    // The event is at log(h0 / 0.5) / theta
    const { h0: dh0, theta } = pullback(Float64Array.of(0), 1)
    assert.closeTo(dh0[0]!, 1 / 2, 1e-6)
    assert.closeTo(theta[0]!, -Math.log(2) / 4, 1e-6)
  })

  it('events, tEval and certify of `solveToEvent`', () => {
    const of = (options: object): string => refusal(() => solveToEvent(decay, [0, 1], h0, halved, options)).message // prettier-ignore
    assert.include(of({ events: [] }), 'the event is the fourth argument')
    assert.include(of({ tEval: [1] }), '`solveWithPullback` takes output times')
    assert.include(of({ certify: true }), 'compare with a finite difference of `hEvent`')
  })

  it('gradient, backward, certify and checkpoints of forward sensitivities: without them', () => {
    for (const name of ['gradient', 'backward', 'certify', 'checkpoints']) {
      const error = refusal(() => solveWithSensitivities(decay, ts, h0, { [name]: {} }))
      assert.include(error.expected, 'from one solve forwards; leave it out')
    }
    assert.closeTo(solveWithSensitivities(decay, ts, h0).theta[1]![0]!, -Math.exp(-2), 1e-3)
  })
})

it('the methods that the refusal of an implicit one names are those that `discrete` takes', () => {
  const { expected } = refusal(() => solveWithPullback(decay, ts, h0, { gradient: 'discrete', method: 'BDF' })) // prettier-ignore
  const named = [...methodsOfKind('explicit'), ...methodsOfKind('fixedStep')]
  assert.include(expected, `an explicit method: ${named.join(', ')}, or one of makeErk`)
  for (const method of named) {
    const step = methodsOfKind('fixedStep').includes(method) ? { step: 0.1 } : {}
    const { pullback } = solveWithPullback(decay, ts, h0, { gradient: 'discrete', method, ...step })
    assert.closeTo(pullback(incoming).theta[0]!, -Math.exp(-2), 0.06)
  }
})

it('`checkpoints` without `discrete` are said to have no effect', () => {
  const warnings = (options: object): ReadonlyArray<string> =>
    solveWithPullback(decay, ts, h0, { checkpoints: 2, ...options }).pullback(incoming).warnings
  for (const gradient of ['backsolve', 'interpolating'])
    assert.match(warnings({ gradient }).join(), /`checkpoints` has no effect on gradient/)
  assert.deepEqual(warnings({ gradient: 'discrete' }), [])
  assert.deepEqual(warnings({ checkpoints: undefined }), [])
})
