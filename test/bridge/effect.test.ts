import { assert, describe, it } from '@effect/vitest'
import { Effect, Layer } from 'effect'
import { tmpdir } from 'node:os'
import { vi } from 'vitest'
import { BackendUnavailable, chooseBackend } from '../../src/bridge/index.ts'
import { Backend, backendLayer, TensorOde, tensorOdeLayer } from '../../src/bridge/effect/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'

const onCpu = Layer.provideMerge(tensorOdeLayer, backendLayer('cpu'))
const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()

describe('Effect services', () => {
  it.effect('own the backend while their scope lasts and put the former one back', () =>
    Effect.gen(function* () {
      yield* Effect.promise(() => chooseBackend('wasm'))
      const inside = yield* Effect.gen(function* () {
        const { name } = yield* Effect.service(Backend)
        return [name, tf.getBackend()]
      }).pipe(Effect.provide(backendLayer('cpu')))
      assert.deepEqual(inside, ['cpu', 'cpu'])
      assert.equal(tf.getBackend(), 'wasm')
    }),
  )

  it.effect('solve, and put a failed solve into the error channel without leaving tensors', () =>
    Effect.gen(function* () {
      const ode = yield* Effect.service(TensorOde)
      const before = tf.memory().numTensors
      const h0 = tf.tensor1d([1])
      const solution = yield* ode.solve(decay, h0, [0, 1], { rtol: 1e-4 })
      assert.closeTo(solution.dataSync()[1]!, Math.exp(-1), 1e-3)
      solution.dispose()
      const failed = yield* Effect.flip(ode.solve((_t, h) => h.square(), h0, [0, 2]))
      assert.equal(failed._tag, 'SolveFailed')
      const refused = yield* Effect.flip(ode.solve(decay, h0, [0, 1], { rtol: -1 }))
      assert.equal(refused._tag, 'IvpInputError')
      h0.dispose()
      assert.equal(tf.memory().numTensors, before)
    }).pipe(Effect.provide(onCpu)),
  )

  it.effect('refuse a backend of a name that there is none of', () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Effect.service(Backend), backendLayer('foo' as never)))
      assert.equal(error._tag, 'IvpInputError')
    }),
  )

  it.effect('say which backends were tried and why they were not taken', () =>
    Effect.gen(function* () {
      vi.stubEnv('SOLVE_IVP_NATIVE', tmpdir())
      const error = yield* Effect.flip(Effect.provide(Effect.service(Backend), backendLayer('tensorflow')))
      vi.unstubAllEnvs()
      assert.instanceOf(error, BackendUnavailable)
      assert.deepEqual(
        error.tried.map(({ name }) => name),
        ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', 'npm run native'],
      )
      for (const { name, reason } of error.tried) assert.include(error.message, `${name}: ${reason}`)
    }),
  )
})
