import type { tf } from '../../bridge/tensor.ts'

/** What every layer of tfjs takes: `inputShape`, `name`, `trainable`, ... */
export type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>

/** What tfjs keeps of a layer in a model file. */
export type LayerConfig = tf.serialization.ConfigDict
