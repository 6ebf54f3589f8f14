import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, solveIvp, type MethodName } from '../../src/index.ts'

const METHODS: MethodName[] = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA', 'Euler', 'RK4']
const STATUSES = [-1, 0, 1]
const KINDS = ['stepTooSmall', 'nonFinite', 'maxSteps', 'wrongLength', 'singular', 'noConvergence']

/** Numbers that arithmetic trips over, besides plain ones. */
const number = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, 1e-300, 1, -1, 1e5),
)

class Own extends Error {}

/** Right-hand sides that misbehave at some call, or everywhere. */
const behaviour = fc.record({
  kind: fc.constantFrom('linear', 'square', 'constant', 'NaN', 'wrongLength', 'throws', 'jump', 'random'),
  value: number,
  after: fc.integer({ min: 0, max: 60 }),
})

const options = fc.record(
  {
    rtol: fc.oneof(fc.constantFrom(1e-3, 1e-6, 1e-13), number),
    atol: fc.oneof(fc.constantFrom(1e-6, 0), number),
    firstStep: fc.oneof(fc.constantFrom(0.1, 1e-3), number),
    maxStep: fc.oneof(fc.constantFrom(0.5, 0.1), number),
    minStep: fc.constantFrom(0, 1e-3, -1),
    step: fc.constantFrom(0.1, 0.3),
    denseOutput: fc.boolean(),
    save: fc.constantFrom('steps', 'last'),
    tEval: fc.array(number, { maxLength: 3 }),
    lband: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
)

describe('solveIvp, fuzzed', () => {
  it('always ends, with a result that is named or an error that is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...METHODS),
        fc.tuple(number, number),
        fc.array(number, { maxLength: 3 }),
        behaviour,
        options,
        fc.boolean(),
        (method, tSpan, y0, { kind, value, after }, given, isSingle) => {
          let calls = 0
          const f = (t: number, y: ArrayLike<number>): number[] => {
            const isOn = ++calls > after
            const state = Array.from(y)
            if (kind === 'wrongLength' && isOn) return [...state, 1]
            if (kind === 'throws' && isOn) throw new Own()
            if (kind === 'NaN' && isOn) return state.map(() => NaN)
            if (kind === 'jump') return state.map(() => (isOn ? value : 1))
            if (kind === 'constant') return state.map(() => value)
            if (kind === 'square') return state.map((x) => x * x + t)
            if (kind === 'random') return state.map((_, i) => Math.sin(1e9 * t + i + calls))
            return state.map((x) => -x)
          }
          const start = (isSingle ? Float32Array.from(y0) : Float64Array.from(y0)) as Float64Array
          try {
            const result = solveIvp(f, tSpan, start, {
              ...given,
              method,
              maxSteps: 300,
            } as { method: MethodName })
            assert.include(STATUSES, result.status)
            assert.isAbove(result.message.length, 0)
            assert.equal(result.success, result.status >= 0)
            assert.equal(result.status === -1, result.failure !== undefined)
            if (result.failure) assert.include(KINDS, result.failure.kind)
            assert.equal(result.states.length, result.t.length)
          } catch (error) {
            if (error instanceof IvpInputError) {
              assert.isAbove(error.option.length, 0)
              assert.equal(calls, 0, 'rejected before the first call')
            } else assert.instanceOf(error, Own)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
