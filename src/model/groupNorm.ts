import { fusedGroupNorm, fusedGroupNormGradient, hasFused } from '../bridge/fusedKernels.ts'
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
 * products instead of reductions over inner axes, which tfjs does by transposing. The gradient is written out: fewer passes over memory than that of the
 * operations, and fewer tensors to keep.
 * @param x - shape (batch, height, width, channels)
 * @param groups - divides the number of channels. One channel per group followed by global average pooling carries no information.
 * @see Wu, He, "Group Normalization" (ECCV 2018), Sec. 3.1, eq. (1), (2) and (6)
 */
export function groupNorm(x: Tensor4D, groups: number, gamma: Tensor, beta: Tensor): Tensor4D {
  const [batch, height, width, channels] = x.shape
  const size = height * width
  const flat = [batch, size, channels]
  /** Group means of means over space, (batch, channels) or (batch, 1, channels). */
  const within = (perChannel: Tensor): Tensor =>
    tf
      .matMul(perChannel.reshape([batch, channels]) as Tensor2D, groupAverage(channels, groups))
      .reshape([batch, 1, channels])
  const momentsOf = (input: Tensor): { mean: Tensor; inverse: Tensor } => {
    const mean = within(input.mean(1))
    // Faster, but without a gradient where it broadcasts
    const squares = tf.engine().isTapeOn() ? input.sub(mean).square() : tf.squaredDifference(input, mean)
    return { mean, inverse: within(squares.mean(1)).add(EPSILON).rsqrt() }
  }
  const operation = tf.customGrad((...args: unknown[]) => {
    const [input, scale, shift, save] = args as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void]
    const { value, mean, inverse } = normalised(input, scale, shift)
    save([input, mean, inverse, scale])
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => tf.tidy(() => gradFunc(dy, saved)) }
  })
  return tf.tidy(() => operation(x, gamma, beta) as Tensor4D)

  function normalised(
    input: Tensor,
    scale: Tensor,
    shift: Tensor,
  ): Record<'value' | 'mean' | 'inverse', Tensor> {
    if (isFused()) {
      const [value, mean, inverse] = fusedGroupNorm(input, groups, scale, shift)
      return { value, mean, inverse }
    }
    const values = input.reshape(flat)
    const { mean, inverse } = momentsOf(values)
    const slope = inverse.mul(scale)
    const value = values.mul(slope).add(shift.sub(mean.mul(slope)))
    return { value: value.reshape(x.shape), mean, inverse }
  }

  // With s = 1 / deviation, xhat = s (x - mean), and m the mean over a group and space:
  // dx = s (gamma dy - m(gamma dy) - xhat m(gamma dy xhat)), a combination of dy, x and 1 for each image and channel
  function gradFunc(dy: Tensor, saved: Tensor[]): Tensor[] {
    const scale = saved[3]!
    if (isFused()) return fusedGroupNormGradient(dy, saved[0]!, groups, saved[1]!, saved[2]!, scale)
    const values = saved[0]!.reshape(flat)
    // For a gradient of the gradient everything has to come from x before its eyes
    const { mean, inverse } = tf.engine().isTapeOn()
      ? momentsOf(values)
      : { mean: saved[1]!, inverse: saved[2]! }
    const dOut = dy.reshape(flat)
    const meanOfDy = dOut.mean(1, true)
    const meanOfProduct = dOut.mul(values).mean(1, true).sub(meanOfDy.mul(mean))
    const along = inverse
      .square()
      .mul(inverse)
      .mul(within(meanOfProduct.mul(scale)))
    const constant = mean.mul(along).sub(inverse.mul(within(meanOfDy.mul(scale))))
    const dx = dOut.mul(inverse.mul(scale)).sub(values.mul(along)).add(constant)
    const dGamma = meanOfProduct.mul(inverse).sum([0, 1]).mul(size)
    const dBeta = meanOfDy.sum([0, 1]).mul(size)
    return [dx.reshape(x.shape), dGamma, dBeta]
  }
}

/** In one kernel, which has no gradient of its own. */
function isFused(): boolean {
  return hasFused('SolveIvpGroupNormGradient') && !tf.engine().isTapeOn()
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
