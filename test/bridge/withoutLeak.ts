import { Effect, Exit, Layer, Option } from 'effect'
import {
  backendLayer,
  TensorOde,
  tensorOdeLayer,
  type TensorOdeShape,
} from '../../src/bridge/effect/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'

/** Where the pendulum is let go. */
export const START = [2, 0] as const

/** Runs `body` with the service; whatever it fails with is a defect, and so is a tensor that it leaves behind. */
export function withoutLeak<A, E>(
  body: (ode: TensorOdeShape) => Effect.Effect<A, E>,
  backend: 'cpu' | 'wasm' = 'cpu',
): Effect.Effect<A> {
  return Effect.gen(function* () {
    const ode = yield* Effect.service(TensorOde)
    const before = tf.memory().numTensors
    const value = yield* body(ode)
    const left = tf.memory().numTensors - before
    if (left !== 0) return yield* Effect.die(new Error(`${left} tensors were left behind`))
    return value
  }).pipe(Effect.provide(Layer.provideMerge(tensorOdeLayer, backendLayer(backend))), Effect.orDie)
}

/** A pendulum, h = [angle, speed], that counts its evaluations. */
export function countedPendulum(): { f: (t: Scalar, h: Tensor) => Tensor; count: () => number } {
  let calls = 0
  const f = (_t: Scalar, h: Tensor): Tensor => {
    calls++
    const [angle, speed] = tf.split(h, 2)
    return tf.concat([speed!, angle!.sin().neg()])
  }
  return { f, count: () => calls }
}

/** A fresh tensor for the time of `body`. */
export function withTensor<A, E, R>(
  values: ReadonlyArray<number>,
  body: (tensor: Tensor) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> {
  return Effect.acquireUseRelease(
    Effect.sync((): Tensor => tf.tensor1d([...values])),
    body,
    (tensor) => Effect.sync(() => tensor.dispose()),
  )
}

/** A pendulum at its start, [2, 0], and what solves it. */
export interface Pendulum extends ReturnType<typeof countedPendulum> {
  readonly ode: TensorOdeShape
  readonly h0: Tensor
}

/** `withoutLeak` for a pendulum of its own. */
export function withPendulum<A>(
  body: (pendulum: Pendulum) => Generator<Effect.Effect<unknown, unknown>, A, never>,
  backend?: 'cpu' | 'wasm',
): Effect.Effect<A> {
  return withoutLeak(
    (ode) => withTensor(START, (h0) => Effect.gen(() => body({ ode, h0, ...countedPendulum() }))),
    backend,
  )
}

/** Lets other fibers run until `isReached`. */
export function waitFor(isReached: () => boolean): Effect.Effect<void> {
  return Effect.whileLoop({ while: () => !isReached(), body: () => Effect.yieldNow, step: () => {} })
}

/** What an exit failed with; undefined if it did not, or by a defect. */
export function failureOf<A, E>(exit: Exit.Exit<A, E>): E | undefined {
  return Option.getOrUndefined(Exit.findErrorOption(exit))
}
