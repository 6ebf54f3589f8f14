import type { BackendWish } from '../bridge/index.ts'
import { TENSOR_GRADIENTS, type TensorGradient } from '../bridge/solveOptions.ts'
import type { Augmentation } from './augmentation.ts'
import type { DatasetName } from './dataset.ts'
import type { Net } from './nets.ts'
import type { BlockSolve } from './odeBlock.ts'

/** How gradients pass the ODE, see `odeint`. */
export type TrainGradient = Exclude<TensorGradient, 'backsolve'>

/** 'backsolve' by its other name. */
export const gradientNames: readonly TrainGradient[] = TENSOR_GRADIENTS.filter((name) => name !== 'backsolve')

/** A solver by its name. */
export type TrainMethod = Extract<BlockSolve['method'], string>

/** Everything that decides the numbers of a training run. */
export interface TrainOptions {
  readonly dataset: DatasetName
  /** 'stem' leaves the ODE block out, 'resnet' has residual blocks in its place. */
  readonly net: Net
  readonly method: TrainMethod
  /** Length of the equal steps of a fixed-step method, of the interval of length 1; null for a method that chooses its steps. */
  readonly step: number | null
  readonly gradient: TrainGradient
  /** Tolerances of a method that chooses its steps. */
  readonly rtol: number
  readonly atol: number
  /** First step that each such solve attempts; 0 lets the solver choose (one evaluation more). */
  readonly firstStep: number
  /** Parts of the augmented state in the backward error norm of 'adjoint' and 'interpolating'. */
  readonly adjointNorm: 'all' | 'blocks' | 'seminorm'
  readonly epochs: number
  /** Bound on the number of training images seen, over all epochs. */
  readonly maxImages: number
  readonly batch: number
  readonly dim: number
  readonly groups: number
  readonly downsamplings: 1 | 2
  /** Peak learning rate. */
  readonly lr: number
  readonly momentum: number
  readonly weightDecay: number
  /** Probability of dropping a pooled feature. */
  readonly dropout: number
  readonly schedule: 'cosine' | 'plateau'
  /** Epochs without a better accuracy that the plateau schedule bears. */
  readonly patience: number
  /** Epochs without a better accuracy after which the training ends, with the parameters of its best epoch; null trains to the end. */
  readonly earlyStop: number | null
  /** Share that each step keeps of a running mean of the parameters, which is then what is tested and what is left in the end, see `averageStep`; null for none. */
  readonly average: number | null
  /** Share of the training images that is held out for the plateau schedule and the early stop to look at; 0 lets them look at the test images. */
  readonly holdOut: number
  /** Random changes of the training images; null for none. */
  readonly augmentation: Augmentation | null
  readonly seed: number
  readonly workers: number
  readonly backend: BackendWish
}
