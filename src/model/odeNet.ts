import type { TensorFunction } from '../bridge/index.ts'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../bridge/tensor.ts'
import { groupNorm, groupNormSpec } from './groupNorm.ts'
import { odeBlock, type BlockSolve } from './odeBlock.ts'
import { odeFunction, odeFunctionSpec } from './odeFunction.ts'
import { prefixed, under, type Parameters, type ParameterSpec } from './parameters.ts'
import { relu } from './relu.ts'
import { residualBlock, residualBlockSpec } from './residualBlock.ts'
import { convBound } from './timeConv.ts'

/** The shape of an ODE-only net for images. */
export interface OdeNetShape {
  /** Channels of the input image. */
  readonly channelsIn: number
  /** Channels of the ODE's state. */
  readonly dim: number
  /** Groups of every normalisation; at least two channels each. */
  readonly groups: number
  /** Stride-2 convolutions (4x4) in the stem: one as in Carrara et al., or two for a cheaper state. */
  readonly downsamplings: 1 | 2
  readonly classes: number
  /** False leaves the ODE block out: the stem-only baseline, or a residual net. */
  readonly hasOde: boolean
  /** Residual blocks between stem and head, in the place of an ODE block. Default 0. */
  readonly residualBlocks?: number
}

const STEM_KERNEL = 4

export function odeNetSpec(shape: OdeNetShape): ParameterSpec {
  const { channelsIn, dim, downsamplings, classes, hasOde, residualBlocks = 0 } = shape
  const stem = (channels: number): ParameterSpec => {
    const uniform = convBound(STEM_KERNEL, channels)
    return {
      kernel: { shape: [STEM_KERNEL, STEM_KERNEL, channels, dim], initial: { uniform } },
      bias: { shape: [dim], initial: { uniform } },
    }
  }
  const uniform = 1 / Math.sqrt(dim)
  return {
    ...prefixed('stem1', stem(channelsIn)),
    ...(downsamplings === 2
      ? { ...prefixed('stemNorm', groupNormSpec(dim)), ...prefixed('stem2', stem(dim)) }
      : {}),
    ...(hasOde ? prefixed('ode', odeFunctionSpec(dim)) : {}),
    ...Object.assign(
      {},
      ...Array.from({ length: residualBlocks }, (_, b) => prefixed(`block${b + 1}`, residualBlockSpec(dim))),
    ),
    ...prefixed('headNorm', groupNormSpec(dim)),
    ...prefixed('linear', {
      weight: { shape: [dim, classes], initial: { uniform } },
      bias: { shape: [classes], initial: { uniform } },
    }),
  }
}

/** What one pass through the net may vary. */
export interface Pass {
  readonly solve: BlockSolve
  /** Multiplies the pooled features, shape (batch, dim): the dropout mask of a training pass. */
  readonly mask?: Tensor2D
}

/** Logits of shape (batch, classes) for images of shape (batch, height, width, channelsIn). */
export type OdeNet = (parameters: Parameters, images: Tensor4D, pass: Pass) => Tensor2D

/**
 * The ODE-only net: strided convolution(s), ODE block over t in [0, 1], GroupNorm, ReLU, global average pooling, dropout, linear.
 * The ReLU after the last norm is not in the paper: without it the pooled features of a normalised map carry far less, and learning is slow.
 * @see Carrara, Amato, Falchi, Gennaro, "Evaluation of Continuous Image Features Learned by ODE Nets" (ICIAP 2019), Sec. 3 (ODE-only net)
 */
export function makeOdeNet(shape: OdeNetShape): OdeNet {
  const { groups, hasOde, residualBlocks = 0 } = shape
  const f: TensorFunction<Tensor4D, Parameters> = odeFunction(groups)
  const { stem, head } = endsOf(shape)
  return (p, images, { solve, mask }) => {
    let h = stem(p, images)
    if (hasOde) h = odeBlock(f, h, under(p, 'ode'), solve)
    for (let b = 1; b <= residualBlocks; b++) h = residualBlock(h, groups, under(p, `block${b}`))
    return head(p, h, mask)
  }
}

/** What lies before the ODE block and after it. */
export interface NetEnds {
  /** h(0) of images; shapes (batch, height, width, channelsIn) and (batch, height, width, dim) */
  stem(p: Parameters, images: Tensor4D): Tensor4D
  /** Logits (batch, classes) of h(1). */
  head(p: Parameters, h: Tensor4D, mask?: Tensor2D): Tensor2D
}

export function endsOf({ groups, downsamplings }: OdeNetShape): NetEnds {
  const norm = (p: Parameters, x: Tensor4D, name: string): Tensor4D =>
    groupNorm(x, groups, p[`${name}.gamma`]!, p[`${name}.beta`]!)
  return {
    stem(p, images) {
      const h = stemConv(images, p['stem1.kernel']!, p['stem1.bias']!)
      if (downsamplings === 1) return h
      return stemConv(relu(norm(p, h, 'stemNorm')), p['stem2.kernel']!, p['stem2.bias']!)
    },
    head(p, h, mask) {
      const features = relu(norm(p, h, 'headNorm')).mean([1, 2]) as Tensor2D
      const kept = mask === undefined ? features : features.mul(mask)
      return tf.matMul(kept as Tensor2D, p['linear.weight'] as Tensor2D).add(p['linear.bias']!) as Tensor2D
    },
  }
}

function stemConv(x: Tensor4D, kernel: Tensor, bias: Tensor): Tensor4D {
  return tf.conv2d(x, kernel as Tensor4D, 2, 'same').add(bias) as Tensor4D
}
