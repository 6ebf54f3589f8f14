import { assert, describe, it } from '@effect/vitest'
import { Effect } from 'effect'
import { beforeAll } from 'vitest'
import { IvpInputError, odeint, odeintAsync, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { failureOf, withPendulum } from './withoutLeak.ts'

const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()

/** Options with the one that is named. */
const WRONG: ReadonlyArray<readonly [string, unknown]> = [
  ['backward.foo', { backward: { foo: 1 } }],
  ['backward.times', { backward: { times: false } }],
  ['backward', { backward: 5 }],
  ['backward', { backward: null }],
  ['certify.bound', { certify: { bound: 1 } }],
  ['certify', { certify: null }],
  ['certify', { certify: 5 }],
]

describe('options inside of options of a solve on tensors are checked, with and without a gradient', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  const ROADS: ReadonlyArray<OdeintOptions<[]>> = [
    ...(['backsolve', 'adjoint', 'interpolating', 'discrete'] as const).map((gradient) => ({ gradient })),
    { gradient: 'autodiff' },
    { state: 'device' },
  ]

  it.each(ROADS)('%o', (road) => {
    for (const [name, wrong] of WRONG) {
      const options = { ...road, ...(wrong as object) }
      const named = (body: () => void): void => {
        try {
          tf.tidy(body)
          assert.fail(`nothing was thrown for ${name}`)
        } catch (error) {
          assert.instanceOf(error, IvpInputError)
          assert.equal((error as IvpInputError).option, name)
        }
      }
      named(() => void odeint(decay, tf.tensor1d([1]), [0, 1], options))
      named(() => void tf.grad((h) => odeint(decay, h.square(), [0, 1], options).sum())(tf.tensor1d([1])))
    }
  })

  it('awaited', async () => {
    const h0 = tf.tensor1d([1])
    for (const [name, wrong] of WRONG) {
      const error: unknown = await odeintAsync(decay, h0, [0, 1], wrong as never).catch((reason) => reason)
      assert.equal((error as IvpInputError).option, name)
    }
    h0.dispose()
  })

  it.effect('as a service', () =>
    withPendulum(function* ({ ode, h0, f }) {
      for (const [name, wrong] of [...WRONG, ['gradient', { gradient: 'magic' }] as const]) {
        const exit = yield* Effect.exit(ode.solve(f, h0, [0, 1], wrong as never))
        assert.equal((failureOf(exit) as IvpInputError | undefined)?.option, name)
      }
    }),
  )
})
