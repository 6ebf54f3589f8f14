import { checkOptionNames, optionNames } from '../../bridge/optionNames.ts'
import type { tf } from '../../bridge/tensor.ts'

/** What every layer of tfjs takes: `inputShape`, `name`, `trainable`, ... */
export type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>

/** What tfjs keeps of a layer in a model file. */
export type LayerConfig = tf.serialization.ConfigDict

/** What a type of options adds to those of every layer. */
export type BesideLayer<O> = Omit<O, keyof LayerArgs>

const LAYER_OPTIONS: ReadonlyArray<string> = optionNames<LayerArgs>({
  inputShape: true,
  batchInputShape: true,
  batchSize: true,
  dtype: true,
  name: true,
  trainable: true,
  weights: true,
  inputDType: true,
})

/** What tfjs puts among the options that it reads from a model file. */
const OF_LOADING = 'customObjects'

/**
 * The options of a layer, which may have no name that is none of its own or of every layer's. Absent: none, so that those it needs are missed by name.
 * @param of - the function that makes the layer
 * @throws IvpInputError
 */
export function checkedArgs<A extends LayerArgs>(
  of: string,
  args: A,
  own: ReadonlyArray<string>,
  instead: Readonly<Record<string, string>> = {},
): A {
  const known = [...own, ...LAYER_OPTIONS]
  const isLoading = typeof args === 'object' && args !== null && OF_LOADING in args
  const given = isLoading ? { ...args } : args === undefined ? ({} as A) : args
  if (isLoading) delete (given as { [OF_LOADING]?: unknown })[OF_LOADING]
  checkOptionNames(given, known, { of, instead })
  return given
}
