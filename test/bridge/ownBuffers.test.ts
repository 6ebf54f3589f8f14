import { assert, describe, it } from '@effect/vitest'
import { Stream } from 'effect'
import { beforeAll } from 'vitest'
import { odeint, odeintAsync, SolveFailed } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { assertOwnBuffers } from '../ownBuffers.ts'
import { withPendulum } from './withoutLeak.ts'

type Pair = { readonly x: Tensor; readonly v: Tensor }

const oscillator = (_t: Scalar, { x, v }: Pair): Pair => ({ x: v.clone(), v: x.neg() })
const begin = (): Pair => ({ x: tf.tensor1d([1, 2]), v: tf.tensor1d([0, 3]) })

describe('values of tensors are no views of something larger', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  // With the state on the device they come from tfjs's `split`, whose parts are views on the cpu backend
  it('of a solution and its gradients, with the state on the host', () => {
    tf.tidy(() => {
      const options = { state: 'flat' } as const
      const solution = odeint(oscillator, begin(), [0, 0.5, 1], options)
      assert.equal(assertOwnBuffers(Object.values(solution).map((leaf) => leaf.dataSync())), 2)
      const { x, v } = begin()
      const grads = tf.grads((a, b) => odeint(oscillator, { x: a!, v: b! }, [0, 1], options).x.sum())([x, v])
      assert.equal(assertOwnBuffers(grads.map((grad) => grad.dataSync())), 2)
    })
  })

  it.each(['flat', 'device'] as const)('of the partial solution of a failure: %s', (state) => {
    tf.tidy(() => {
      try {
        odeint((_t, h: Tensor) => h.square(), tf.tensor1d([1, 1]), [0, 0.5, 2], { state })
        assert.fail('there is no solution')
      } catch (error) {
        assert.instanceOf(error, SolveFailed)
        const { t, states, y } = (error as SolveFailed).partial
        assert.equal(assertOwnBuffers({ t, states, y }), 1 + 2 + 2)
      }
    })
  })

  it('of an awaited solution', async () => {
    const h0 = begin()
    const solved = await odeintAsync(oscillator, h0, [0, 1])
    assert.equal(assertOwnBuffers(Object.values(solved.solution).map((leaf) => leaf.dataSync())), 2)
    tf.dispose([h0, solved.solution])
    solved.dispose()
  })

  it.effect('of the steps of a stream', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const seen = yield* ode.steps(f, h0, [0, 3]).pipe(
        Stream.map(({ h }) => assertOwnBuffers(h.dataSync())),
        Stream.runCollect,
      )
      assert.isAbove(seen.length, 2)
      assert.isTrue(seen.every((count) => count === 1))
    }),
  )
})
