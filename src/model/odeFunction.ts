import type { Scalar, Tensor4D } from '../bridge/tensor.ts'
import { groupNorm, groupNormSpec } from './groupNorm.ts'
import { prefixed, type Parameters, type ParameterSpec } from './parameters.ts'
import { relu } from './relu.ts'
import { timeConv, timeConvSpec } from './timeConv.ts'

/** Parameters of f: norm1, conv1, norm2, conv2, norm3. */
export function odeFunctionSpec(channels: number): ParameterSpec {
  return {
    ...prefixed('norm1', groupNormSpec(channels)),
    ...prefixed('conv1', timeConvSpec(channels)),
    ...prefixed('norm2', groupNormSpec(channels)),
    ...prefixed('conv2', timeConvSpec(channels)),
    ...prefixed('norm3', groupNormSpec(channels)),
  }
}

/**
 * dh/dt = f(t, h): norm, ReLU, time convolution, twice, and a last norm. The residual block of which the ODE is the continuous limit.
 * @param h - shape (batch, height, width, channels)
 * @see Carrara, Amato, Falchi, Gennaro, "Evaluation of Continuous Image Features Learned by ODE Nets" (ICIAP 2019), Sec. 3
 */
export function odeFunction(groups: number): (t: Scalar, h: Tensor4D, parameters: Parameters) => Tensor4D {
  return (t, h, p) => {
    const norm = (x: Tensor4D, name: string): Tensor4D =>
      groupNorm(x, groups, p[`${name}.gamma`]!, p[`${name}.beta`]!)
    const conv = (x: Tensor4D, name: string): Tensor4D =>
      timeConv(t, relu(x), p[`${name}.kernel`]!, p[`${name}.timeKernel`]!, p[`${name}.bias`]!)
    return norm(conv(norm(conv(norm(h, 'norm1'), 'conv1'), 'norm2'), 'conv2'), 'norm3')
  }
}
