import { tf, type Tensor, type Tensor4D } from '../bridge/tensor.ts'
import { groupNorm, groupNormSpec } from './groupNorm.ts'
import { prefixed, type Parameters, type ParameterSpec } from './parameters.ts'
import { relu } from './relu.ts'
import { convBound } from './timeConv.ts'

/** Blocks in the place of the ODE block: those of the residual net that Chen et al. compare with. */
export const RESIDUAL_BLOCKS = 6

const KERNEL = 3

/** Parameters of one block: norm1, conv1, norm2, conv2. */
export function residualBlockSpec(channels: number): ParameterSpec {
  const uniform = convBound(KERNEL, channels)
  const conv: ParameterSpec = {
    kernel: { shape: [KERNEL, KERNEL, channels, channels], initial: { uniform } },
    bias: { shape: [channels], initial: { uniform } },
  }
  return {
    ...prefixed('norm1', groupNormSpec(channels)),
    ...prefixed('conv1', conv),
    ...prefixed('norm2', groupNormSpec(channels)),
    ...prefixed('conv2', conv),
  }
}

/**
 * h + f(h): norm, ReLU, convolution, twice. One step of Euler's method with a right-hand side of its own, without the time.
 * @param h - shape (batch, height, width, channels); the result has the same
 * @see He, Zhang, Ren, Sun, "Identity mappings in deep residual networks" (ECCV 2016), Fig. 1(b); Chen et al., "Neural Ordinary Differential Equations" (2018), Sec. 3
 */
export function residualBlock(h: Tensor4D, groups: number, p: Parameters): Tensor4D {
  const norm = (x: Tensor4D, name: string): Tensor4D =>
    groupNorm(x, groups, p[`${name}.gamma`]!, p[`${name}.beta`]!)
  const conv = (x: Tensor4D, name: string): Tensor =>
    tf.conv2d(relu(x), p[`${name}.kernel`] as Tensor4D, 1, 'same').add(p[`${name}.bias`]!)
  const inner = conv(norm(h, 'norm1'), 'conv1') as Tensor4D
  return h.add(conv(norm(inner, 'norm2'), 'conv2'))
}
