import { tf, type Scalar, type Tensor, type Tensor4D } from '../bridge/tensor.ts'
import type { ParameterSpec } from './parameters.ts'

/** Kernel width and height of the convolutions inside the ODE function. */
const KERNEL = 3

/** PyTorch's default range of a convolution's weights and bias: 1 / sqrt(fan in). */
export function convBound(kernel: number, channelsIn: number): number {
  return 1 / Math.sqrt(kernel * kernel * channelsIn)
}

export function timeConvSpec(channels: number): ParameterSpec {
  const uniform = convBound(KERNEL, channels + 1)
  return {
    kernel: { shape: [KERNEL, KERNEL, channels + 1, channels], initial: { uniform } },
    bias: { shape: [channels], initial: { uniform } },
  }
}

/**
 * A 3x3 convolution, zero-padded, over the input with one more channel that holds the time t everywhere.
 * @param x - shape (batch, height, width, channels)
 * @see Chen et al., "Neural Ordinary Differential Equations" (2018), the concatenated time of its image experiments
 */
export function timeConv(t: Scalar, x: Tensor4D, kernel: Tensor, bias: Tensor): Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width] = x.shape
    const time = tf.mul(tf.ones([batch, height, width, 1]), t) as Tensor4D
    return tf.conv2d(tf.concat([time, x], 3), kernel as Tensor4D, 1, 'same').add(bias) as Tensor4D
  })
}
