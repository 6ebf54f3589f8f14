import type { TensorFunction } from '../../bridge/index.ts'
import { optionNames } from '../../bridge/optionNames.ts'
import { tf, type Tensor, type Tensor4D } from '../../bridge/tensor.ts'
import { odeFunction, odeFunctionSpec } from '../odeFunction.ts'
import type { Parameters } from '../parameters.ts'
import {
  channelsOf,
  checkCount,
  checkGroups,
  checkSeed,
  imageSpec,
  oneShape,
  oneTensor,
} from './imageShape.ts'
import type { LayerConfig } from './layerArgs.ts'
import { parametersOf, weightsOf, type LayerWeights } from './layerWeights.ts'
import { OdeLayer, type OdeLayerArgs } from './odeLayer.ts'

/** Options of `odeBlockLayer`. */
export interface OdeBlockLayerArgs extends OdeLayerArgs {
  /** Groups of every normalisation; divides the number of channels, at least two channels each. */
  readonly groups: number
  /** Gives the same weights every time. */
  readonly seed?: number
}

const OPTIONS = optionNames<Omit<OdeBlockLayerArgs, keyof OdeLayerArgs>>({ groups: true, seed: true })

/** `odeFunction` solved over time, as a layer of tfjs. */
export class OdeBlockLayer extends OdeLayer {
  /** @nocollapse */
  static readonly className: string = 'OdeBlock'
  readonly groups: number
  readonly seed: number | undefined
  readonly #f: TensorFunction<Tensor4D, Parameters>
  #weights: LayerWeights = {}

  constructor(args: OdeBlockLayerArgs) {
    super('odeBlockLayer', args, OPTIONS)
    const { groups, seed } = args ?? {}
    checkCount('groups', groups)
    checkSeed(seed)
    this.groups = groups
    this.seed = seed ?? undefined
    this.#f = odeFunction(groups)
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = channelsOf(oneShape(inputShape))
    checkGroups(this.groups, channels)
    this.#weights = weightsOf(odeFunctionSpec(channels), this.seed, (name, shape, initializer) =>
      this.addWeight(name, shape, 'float32', initializer),
    )
    this.inputSpec = [imageSpec(channels)]
    this.built = true
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return this.solve(this.#f, oneTensor(inputs) as Tensor4D, parametersOf(this.#weights))
  }

  override getConfig(): LayerConfig {
    return {
      ...super.getConfig(),
      groups: this.groups,
      ...(this.seed === undefined ? {} : { seed: this.seed }),
    }
  }
}
tf.serialization.registerClass(OdeBlockLayer)

/**
 * The ODE block of an ODENet: images (batch, height, width, channels) are the state at the first time of dh/dt = f(t, h), where f is norm, ReLU,
 * time convolution, twice, and a last norm (`odeFunction`).
 * @throws IvpInputError for options that there are not or that are missing; when it is built on images whose channels the groups do not divide
 * @see Carrara, Amato, Falchi, Gennaro, "Evaluation of Continuous Image Features Learned by ODE Nets" (ICIAP 2019), Sec. 3
 */
export function odeBlockLayer(args: OdeBlockLayerArgs): OdeBlockLayer {
  return new OdeBlockLayer(args)
}
