import type { tf } from '../../bridge/tensor.ts'
import type { Parameters, ParameterSpec } from '../parameters.ts'
import { initializerFor, type Initializer } from './initializerOf.ts'

/** The weights of a layer by name. */
export type LayerWeights = { readonly [name: string]: tf.LayerVariable }

/** A layer's own `addWeight`, bound. */
export type AddWeight = (name: string, shape: tf.Shape, initializer: Initializer) => tf.LayerVariable

/**
 * Adds the parameters of a functional form to a layer.
 * @param seed - of the first; the others have the following ones
 */
export function weightsOf(spec: ParameterSpec, seed: number | undefined, addWeight: AddWeight): LayerWeights {
  return Object.fromEntries(
    Object.entries(spec).map(([name, { shape, initial }], i) => [
      name,
      addWeight(name, [...shape], initializerFor(initial, seed === undefined ? undefined : seed + i)),
    ]),
  )
}

/** The variables themselves, for which optimizers ask gradients. */
export function parametersOf(weights: LayerWeights): Parameters {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight.read()]))
}
