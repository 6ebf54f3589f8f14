import { Context, Effect, Layer } from 'effect'
import type { IvpInputError } from '../../ivp/index.ts'
import { chooseBackend, type BackendChoice, type BackendUnavailable, type BackendWish } from '../backend.ts'
import { tf } from '../tensor.ts'

/** Identifies the service. */
export interface Backend {
  readonly id: 'solve-ivp/Backend'
}

/** The tfjs backend that solves run on, and what was tried before it was taken. */
export const Backend: Context.Service<Backend, BackendChoice> = Context.Service<Backend, BackendChoice>(
  'solve-ivp/Backend',
)

/**
 * Owns the tfjs backend: takes it when the layer is built, puts the former one back when its scope closes. Fails with IvpInputError for a name that is
 * none of a backend.
 */
export function backendLayer(wanted: BackendWish): Layer.Layer<Backend, BackendUnavailable | IvpInputError> {
  const acquire = Effect.tryPromise({
    try: async () => {
      const former = tf.getBackend()
      return { choice: await chooseBackend(wanted), former }
    },
    catch: (error) => error as BackendUnavailable | IvpInputError,
  })
  const restore = ({ former }: { readonly former: string | undefined }): Effect.Effect<void> =>
    Effect.promise(async () => {
      if (former) await tf.setBackend(former)
    })
  return Layer.effect(
    Backend,
    Effect.map(Effect.acquireRelease(acquire, restore), ({ choice }) => choice),
  )
}
