import { assert, describe, it } from '@effect/vitest'
import { Effect, Stream } from 'effect'
import { odeint, odeintAsync } from '../../src/bridge/index.ts'
import type { IvpInputError } from '../../src/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { refusal } from '../ivp/refusal.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { failureOf, withPendulum } from './withoutLeak.ts'

const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()

describe('output times that are no list of them', () => {
  noTensorIsLeft()

  it('of two axes: says that all rows share the times, and a call for each row gives what was wanted', () => {
    const h0 = tf.tensor2d([[1], [2]])
    const perRow = [
      [0, 1],
      [0, 2],
    ]
    const given = tf.tensor2d(perRow)
    for (const ts of [given, perRow, [tf.tensor1d([0, 1])]]) {
      const { option, message } = refusal(() => odeint(decay, h0, ts as never))
      assert.equal(option, 'ts')
      assert.include(
        message,
        'are shared by all rows of `h0`; solve rows that have times of their own in calls',
      )
      tf.dispose(ts as never)
    }
    const ends = tf.tidy(() =>
      perRow.map((ts, row) => odeint(decay, h0.slice([row], [1]), ts, { rtol: 1e-6 }).dataSync()[1]!),
    )
    assert.closeTo(ends[0]!, Math.exp(-1), 1e-5)
    assert.closeTo(ends[1]!, 2 * Math.exp(-2), 1e-5)
    h0.dispose()
  })

  it('of other kinds are refused by name', async () => {
    const h0 = tf.tensor1d([1])
    const gone = tf.tensor1d([0, 1])
    gone.dispose()
    const scalar = tf.scalar(1)
    for (const ts of [undefined, null, 1, '01', { t: 1 }, scalar, gone]) {
      assert.equal(refusal(() => odeint(decay, h0, ts as never)).option, 'ts')
      const error: unknown = await odeintAsync(decay, h0, ts as never).catch((reason: unknown) => reason)
      assert.equal((error as IvpInputError).option, 'ts')
    }
    tf.dispose([h0, scalar])
  })

  it.effect('of a service', () =>
    withPendulum(function* ({ ode, h0, f }) {
      for (const ts of [undefined, [[0, 1]], tf.tensor1d([0, 1])]) {
        const exit = yield* Effect.exit(ode.solve(f, h0, ts as never))
        assert.equal((failureOf(exit) as IvpInputError).option, 'ts')
        if (ts instanceof tf.Tensor) ts.dispose()
      }
      for (const span of [undefined, [0], 1]) {
        const exit = yield* Effect.exit(Stream.runDrain(ode.steps(f, h0, span as never))) // prettier-ignore
        assert.equal((failureOf(exit) as IvpInputError).option, 'tSpan')
      }
    }),
  )
})
