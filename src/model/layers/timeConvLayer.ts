import { IvpInputError } from '../../bridge/index.ts'
import { optionNames } from '../../bridge/optionNames.ts'
import { tf, type Tensor, type Tensor4D } from '../../bridge/tensor.ts'
import { convBound } from '../timeConv.ts'
import { channelsOf, checkCount, imageSpec } from './imageShape.ts'
import {
  initializerFor,
  initializerOf,
  savedInitializer,
  type Initializer,
  type InitializerIdentifier,
} from './initializerOf.ts'
import { checkedArgs, type BesideLayer, type LayerArgs, type LayerConfig } from './layerArgs.ts'

/** Options of `timeConvLayer`. */
export interface TimeConvLayerArgs extends LayerArgs {
  /** Channels of the result. */
  readonly filters: number
  /** Height and width of the kernel. Default 3. */
  readonly kernelSize?: number
  /** Of the kernels and the bias. Default: uniform in +-1 / sqrt(fan in), the time channel counted, as PyTorch has it. */
  readonly kernelInitializer?: InitializerIdentifier
}

const OPTIONS = optionNames<BesideLayer<TimeConvLayerArgs>>({
  filters: true,
  kernelSize: true,
  kernelInitializer: true,
})

/** A convolution of images with one more channel that holds a time, as a layer of tfjs with the inputs [images, times]. */
export class TimeConvLayer extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className: string = 'TimeConv'
  readonly filters: number
  readonly kernelSize: number
  readonly #initializer: Initializer | null
  #kernel!: tf.LayerVariable
  #timeKernel!: tf.LayerVariable
  #bias!: tf.LayerVariable

  constructor(args: TimeConvLayerArgs) {
    const checked = checkedArgs('timeConvLayer', args, OPTIONS)
    super(checked)
    const { filters, kernelSize = 3, kernelInitializer } = checked
    checkCount('filters', filters)
    checkCount('kernelSize', kernelSize)
    this.filters = filters
    this.kernelSize = kernelSize
    this.#initializer =
      kernelInitializer == null ? null : initializerOf('kernelInitializer', kernelInitializer)
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const images = imagesOf(inputShape)
    const channels = channelsOf(images)
    const size = this.kernelSize
    const initializer = this.#initializer ?? initializerFor({ uniform: convBound(size, channels + 1) })
    const add = (name: string, shape: number[]): tf.LayerVariable =>
      this.addWeight(name, shape, 'float32', initializer)
    this.#kernel = add('kernel', [size, size, channels, this.filters])
    this.#timeKernel = add('timeKernel', [size, size, 1, this.filters])
    this.#bias = add('bias', [this.filters])
    this.inputSpec = [imageSpec(channels), new tf.InputSpec({ ndim: 2, axes: { 1: 1 } })]
    this.built = true
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...imagesOf(inputShape).slice(0, 3), this.filters]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, t] = inputs as [Tensor4D, Tensor]
      const [batch, height, width] = x.shape
      // A convolution is linear in its channels, and the time channel of an image is a multiple of one full of ones
      const ones = tf.ones([1, height, width, 1]) as Tensor4D
      const perTime = tf.conv2d(ones, this.#timeKernel.read() as Tensor4D, 1, 'same')
      const fromTime = perTime.mul(t.reshape([batch, 1, 1, 1])).add(this.#bias.read())
      return tf.conv2d(x, this.#kernel.read() as Tensor4D, 1, 'same').add(fromTime)
    })
  }

  override getConfig(): LayerConfig {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      ...(this.#initializer === null ? {} : { kernelInitializer: savedInitializer(this.#initializer) }),
    }
  }
}
tf.serialization.registerClass(TimeConvLayer)

/** The shape of the images of [images, times]. @throws IvpInputError */
function imagesOf(shapes: tf.Shape | tf.Shape[]): tf.Shape {
  const [images, times] = shapes as tf.Shape[]
  if (shapes.length !== 2 || !Array.isArray(images) || times?.length !== 2 || times[1] !== 1) {
    throw new IvpInputError(
      'inputs',
      JSON.stringify(shapes),
      'must be two: images (batch, height, width, channels) and their times (batch, 1)',
    )
  }
  return images
}

/**
 * A zero-padded convolution of images (batch, height, width, channels) that sees their times (batch, 1) as one more channel: `layer.apply([images, times])`.
 * For the right-hand side of an ODE that is itself made of layers, see `odeOfLayer`; `timeConv` is the functional form.
 * @see Chen et al., "Neural Ordinary Differential Equations" (2018), the concatenated time of its image experiments
 */
export function timeConvLayer(args: TimeConvLayerArgs): TimeConvLayer {
  return new TimeConvLayer(args)
}
