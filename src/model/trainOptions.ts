import type { BackendWish } from '../bridge/index.ts'

/** Everything that decides the numbers of a training run. */
export interface TrainOptions {
  /** 'stem' leaves the ODE block out. */
  readonly net: 'odenet' | 'stem'
  readonly method: 'RK45'
  readonly gradient: 'adjoint'
  readonly rtol: number
  readonly atol: number
  /** First step that each solve attempts, of the interval of length 1; 0 lets the solver choose (one evaluation more). */
  readonly firstStep: number
  /** Parts of the augmented state in the backward error norm. */
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
  readonly seed: number
  readonly workers: number
  readonly backend: BackendWish
}
