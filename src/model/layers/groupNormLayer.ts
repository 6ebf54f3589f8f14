import { optionNames } from '../../bridge/optionNames.ts'
import { tf, type Tensor, type Tensor4D } from '../../bridge/tensor.ts'
import { groupNorm } from '../groupNorm.ts'
import { channelsOf, checkCount, checkGroups, imageSpec, oneShape, oneTensor } from './imageShape.ts'
import {
  initializerOf,
  savedInitializer,
  type Initializer,
  type InitializerIdentifier,
} from './initializerOf.ts'
import { checkedArgs, type BesideLayer, type LayerArgs, type LayerConfig } from './layerArgs.ts'

/** Options of `groupNormLayer`. */
export interface GroupNormLayerArgs extends LayerArgs {
  /** Divides the number of channels. */
  readonly groups: number
  /** Default 'ones'. */
  readonly gammaInitializer?: InitializerIdentifier
  /** Default 'zeros'. */
  readonly betaInitializer?: InitializerIdentifier
}

const OPTIONS = optionNames<BesideLayer<GroupNormLayerArgs>>({
  groups: true,
  gammaInitializer: true,
  betaInitializer: true,
})

/** `groupNorm` as a layer of tfjs: images (batch, height, width, channels) to images of the same shape. */
export class GroupNormLayer extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className: string = 'GroupNorm'
  readonly groups: number
  readonly #gammaInitializer: Initializer
  readonly #betaInitializer: Initializer
  #gamma!: tf.LayerVariable
  #beta!: tf.LayerVariable

  constructor(args: GroupNormLayerArgs) {
    const checked = checkedArgs('groupNormLayer', args, OPTIONS)
    super(checked)
    const { groups, gammaInitializer = 'ones', betaInitializer = 'zeros' } = checked
    checkCount('groups', groups)
    this.groups = groups
    this.#gammaInitializer = initializerOf('gammaInitializer', gammaInitializer)
    this.#betaInitializer = initializerOf('betaInitializer', betaInitializer)
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = channelsOf(oneShape(inputShape))
    checkGroups(this.groups, channels)
    this.#gamma = this.addWeight('gamma', [channels], 'float32', this.#gammaInitializer)
    this.#beta = this.addWeight('beta', [channels], 'float32', this.#betaInitializer)
    this.inputSpec = [imageSpec(channels)]
    this.built = true
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return oneShape(inputShape)
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = oneTensor(inputs) as Tensor4D
    return groupNorm(x, this.groups, this.#gamma.read(), this.#beta.read())
  }

  override getConfig(): LayerConfig {
    return {
      ...super.getConfig(),
      groups: this.groups,
      gammaInitializer: savedInitializer(this.#gammaInitializer),
      betaInitializer: savedInitializer(this.#betaInitializer),
    }
  }
}
tf.serialization.registerClass(GroupNormLayer)

/**
 * Group normalisation of images (batch, height, width, channels), with a scale and a shift per channel.
 * @throws IvpInputError for options that there are not or that are missing; when it is built on images whose channels the groups do not divide
 * @see Wu, He, "Group Normalization" (ECCV 2018)
 */
export function groupNormLayer(args: GroupNormLayerArgs): GroupNormLayer {
  return new GroupNormLayer(args)
}
