import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../bridge/tensor.ts'
import type { ParameterSpec } from './parameters.ts'

/** Keeps the division finite where a group is constant; PyTorch's default. */
const EPSILON = 1e-5

export function groupNormSpec(channels: number): ParameterSpec {
  return { gamma: { shape: [channels], initial: 'ones' }, beta: { shape: [channels], initial: 'zeros' } }
}

/**
 * Group normalisation: each image's channels are normalised in groups over group and space, then scaled and shifted per channel.
 *
 * Group means are taken as means over space followed by a product with the block matrix that averages within groups: two small matrix
 * products instead of reductions over inner axes, which tfjs does by transposing.
 * @param x - shape (batch, height, width, channels)
 * @param groups - divides the number of channels. One channel per group followed by global average pooling carries no information.
 * @see Wu, He, "Group Normalization" (ECCV 2018), Sec. 3.1, eq. (1), (2) and (6)
 */
export function groupNorm(x: Tensor4D, groups: number, gamma: Tensor, beta: Tensor): Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width, channels] = x.shape
    const flat = x.reshape([batch, height * width, channels])
    const average = groupAverage(channels, groups)
    const within = (perChannel: Tensor): Tensor =>
      tf.matMul(perChannel as Tensor2D, average).reshape([batch, 1, channels])
    const centered = flat.sub(within(flat.mean(1)))
    const variance = within(centered.square().mean(1))
    const scale = variance.add(EPSILON).rsqrt().mul(gamma)
    return centered.mul(scale).add(beta).reshape(x.shape) as Tensor4D
  })
}

/** Matrix (channels, channels) whose product averages within each group. */
function groupAverage(channels: number, groups: number): Tensor2D {
  const size = channels / groups
  const entries = new Float32Array(channels * channels)
  for (let i = 0; i < channels; i++) {
    const from = Math.floor(i / size) * size
    for (let j = from; j < from + size; j++) entries[i * channels + j] = 1 / size
  }
  return tf.tensor2d(entries, [channels, channels])
}
