import { assert, describe, it } from 'vitest'
import { solveToEvent, solveWithPullback } from '../../src/adjoint/index.ts'
import { IvpInputError } from '../../src/index.ts'
import { net, start, theta } from './tanhNet.ts'

/** Calls of f and of the product. */
let calls = 0
const counted = () => {
  const { f, vjp, nParams } = net<Float64Array>(theta)
  return {
    nParams,
    f: (...args: Parameters<typeof f>) => {
      calls++
      f(...args)
    },
    vjp: (...args: Parameters<typeof vjp>) => {
      calls++
      vjp(...args)
    },
  }
}
const h0 = (): Float64Array => Float64Array.from(start)
const event = { g: (t: number): number => t - 0.5, dh: (): void => {} }

/** The error that `body` throws before it evaluates anything. */
function refusal(body: () => unknown): IvpInputError {
  calls = 0
  try {
    body()
  } catch (error) {
    assert.instanceOf(error, IvpInputError)
    assert.equal(calls, 0)
    return error as IvpInputError
  }
  throw new Error('nothing was thrown')
}

const NAMES =
  'method, rtol, atol, firstStep, maxStep, step, maxSteps, signal, controller, norm, parameters, otherwise, reconstruction'

describe('an unknown name inside `backward` is named before anything is solved', () => {
  it.each(['backsolve', 'interpolating', 'discrete'] as const)('%s', (gradient) => {
    const solve = (backward: unknown) => () =>
      solveWithPullback(counted(), [0, 1], h0(), { gradient, backward: backward as never })
    const { option, received, expected } = refusal(solve({ rtol: 1e-3, foo: 1 }))
    assert.deepEqual([option, received], ['backward.foo', '1'])
    assert.equal(expected, `is not an option (known: ${NAMES}, times)`)
    assert.include(refusal(solve({ max_step: 1 })).expected, 'is not an option; write `maxStep` (known: ')
    for (const wrong of [5, null, 'RK45', true, [1e-3], Float64Array.of(1)]) {
      const error = refusal(solve(wrong))
      assert.equal(error.option, 'backward')
      assert.equal(error.expected, `must be an object of options (known: ${NAMES}, times), or absent`)
    }
    solve(undefined)()
    solve({})()
    solve({ times: false, maxStep: undefined })()
  })

  it('of an event', () => {
    for (const gradient of ['backsolve', 'interpolating'] as const) {
      const solve = (backward: unknown) => () =>
        solveToEvent(counted(), [0, 1], h0(), event, { gradient, backward: backward as never })
      assert.equal(refusal(solve({ foo: 1 })).option, 'backward.foo')
      assert.equal(refusal(solve(null)).option, 'backward')
      // An event's time gets its gradient always
      assert.deepEqual(refusal(solve({ times: false })).expected, `is not an option (known: ${NAMES})`)
      solve({ norm: 'all' })()
    }
  })
})

it('an unknown name or a wrong value inside `certify` is named before anything is solved', () => {
  const solve = (certify: unknown) => () =>
    solveWithPullback(counted(), [0, 1], h0(), { certify: certify as never })
  const known = '(known: reconstruction, agreement, otherwise, seed)'
  assert.equal(
    refusal(solve({ bound: 3 })).message,
    `\`certify.bound\` is not an option ${known}; received 3.`,
  )
  for (const wrong of [5, 0, null, 'yes']) assert.equal(refusal(solve(wrong)).option, 'certify')
  assert.equal(refusal(solve({ reconstruction: NaN })).option, 'certify.reconstruction')
  assert.equal(refusal(solve({ agreement: '0.1' })).option, 'certify.agreement')
  assert.equal(refusal(solve({ seed: NaN })).option, 'certify.seed')
  assert.equal(refusal(solve({ otherwise: 'magic' })).option, 'certify.otherwise')
  for (const fine of [true, false, undefined, {}, { reconstruction: Infinity, seed: 3 }]) solve(fine)()
})
