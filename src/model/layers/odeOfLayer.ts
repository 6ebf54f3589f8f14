import { IvpInputError, type TensorFunction } from '../../bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../bridge/tensor.ts'
import { oneShape, oneTensor } from './imageShape.ts'
import type { LayerConfig } from './layerArgs.ts'
import { OdeLayer, type OdeLayerArgs } from './odeLayer.ts'
import { fromRegistry, type Registered } from './registered.ts'

type Layer = tf.layers.Layer

/** Options of `odeOfLayer`. */
export interface OdeOfLayerArgs extends OdeLayerArgs {
  /** dh/dt: a layer or model from a state h, or from [h, t] with times t of shape (batch, 1), to a tensor of the state's shape. */
  readonly layer: Layer
}

/** The ODE dh/dt = layer(h) or layer([h, t]), as a layer of tfjs. */
export class OdeOfLayer extends OdeLayer {
  /** @nocollapse */
  static readonly className: string = 'OdeOfLayer'
  readonly layer: Layer
  readonly #f: TensorFunction<Tensor, ReadonlyArray<Tensor>>
  #takesTime = false

  constructor(args: OdeOfLayerArgs) {
    super('odeOfLayer', args, ['layer' satisfies keyof OdeOfLayerArgs])
    const layer: Layer | Registered | undefined = args?.layer
    if (typeof layer !== 'object' || layer === null || !('className' in layer || 'apply' in layer)) {
      throw new IvpInputError('layer', layer, 'must be a layer or a model of tfjs')
    }
    this.layer = 'apply' in layer ? layer : (fromRegistry('layer', layer as Registered) as Layer)
    this.#f = (t, h, params) =>
      withValues(this.layer.trainableWeights, params, () => {
        return this.layer.apply(this.#takesTime ? [h, timesOf(t, h)] : h) as Tensor
      })
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const state = oneShape(inputShape)
    const inner = this.layer
    // Models know their shapes when they are built, other layers before; those have no weights yet if they are refused
    if (inner instanceof tf.LayersModel) {
      if (!inner.built) inner.build(state)
      this.#takesTime = inner.inputs.length === 2
    }
    const shape = inner.computeOutputShape(this.#takesTime ? [state, [state[0]!, 1]] : state) as tf.Shape
    if (shape.length !== state.length || shape.slice(1).some((length, i) => length !== state[i + 1])) {
      const expected = `must give a tensor of the shape of its input, ${JSON.stringify(state)}`
      throw new IvpInputError('layer', JSON.stringify(shape), expected)
    }
    if (!inner.built) {
      inner.build(state)
      inner.built = true
    }
    this.built = true
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return this.solve(
      this.#f,
      oneTensor(inputs),
      this.layer.trainableWeights.map((weight) => weight.read()),
    )
  }

  override getConfig(): LayerConfig {
    const layer = { className: this.layer.getClassName(), config: this.layer.getConfig() }
    return { ...super.getConfig(), layer }
  }

  override get trainableWeights(): tf.LayerVariable[] {
    return this.trainable ? this.layer.trainableWeights : []
  }

  override get nonTrainableWeights(): tf.LayerVariable[] {
    return this.trainable ? this.layer.nonTrainableWeights : this.layer.weights
  }

  /** Of the regularizers inside. */
  override get losses(): Layer['losses'] {
    return this.layer.losses
  }

  override setFastWeightInitDuringBuild(value: boolean): void {
    super.setFastWeightInitDuringBuild(value)
    this.layer.setFastWeightInitDuringBuild(value)
  }
}
tf.serialization.registerClass(OdeOfLayer)

/**
 * Runs `body` while the weights read as other tensors. A solve differentiates with respect to tensors that it is given, and lets f capture no variable;
 * layers know no other place for their weights than their variables.
 */
function withValues<T>(
  weights: ReadonlyArray<tf.LayerVariable>,
  values: ReadonlyArray<Tensor>,
  body: () => T,
): T {
  weights.forEach((weight, i) =>
    Object.defineProperty(weight, 'read', { value: () => values[i]!, configurable: true }),
  )
  try {
    return body()
  } finally {
    for (const weight of weights) Reflect.deleteProperty(weight, 'read')
  }
}

/** The time for every image of a batch, (batch, 1). */
function timesOf(t: Scalar, h: Tensor): Tensor {
  return tf.mul(tf.ones([h.shape[0]!, 1]), t)
}

/**
 * A neural ODE whose right-hand side is made of layers: `odeOfLayer({ layer: tf.sequential(...) })` solves dh/dt = layer(h), and a model with two inputs
 * gets [h, t], times t of shape (batch, 1). Saves and loads with the rest of a model. Layers that are no pure functions (dropout, batch
 * normalisation in training) act as in `predict`.
 * @throws IvpInputError when it is built with a layer that changes the shape
 */
export function odeOfLayer(args: OdeOfLayerArgs): OdeOfLayer {
  return new OdeOfLayer(args)
}
