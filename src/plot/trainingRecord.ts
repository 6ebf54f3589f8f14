/** One step of the optimizer. */
export interface TrainingStep {
  readonly kind: 'step'
  /** The whole net, its stem and head with no ODE between, or with residual blocks there. */
  readonly net: 'odenet' | 'stem' | 'resnet'
  /** Steps taken, this one included. */
  readonly step: number
  /** Passes through the data, fractions included. */
  readonly epoch: number
  /** Images trained on so far. */
  readonly images: number
  /** Since the net's training began. */
  readonly seconds: number
  /** Of the step's batch: mean cross-entropy in nats, and fraction from 0 to 1. */
  readonly loss: number
  readonly accuracy: number
  readonly lr: number
  /** Evaluations of the right-hand side, in the solve and in its gradient. */
  readonly nfeForward: number
  readonly nfeBackward: number
  readonly imagesPerSecond: number
}

/** One pass over held-out images. */
export interface TrainingEvaluation {
  readonly kind: 'eval'
  readonly net: 'odenet' | 'stem' | 'resnet'
  /** Steps and training images before the evaluation, seconds since the net's training began. */
  readonly step: number
  readonly images: number
  readonly seconds: number
  readonly accuracy: number
  readonly loss: number
  /** Mean over the batches. */
  readonly nfeForward: number
}

/** What the plots of a training run are drawn from; any number that could not be measured may be NaN. */
export type TrainingRecord = TrainingStep | TrainingEvaluation
