/** Neural ODE models: layers, optimizers, data, training. */
export { groupNorm, groupNormSpec } from './groupNorm.ts'
export { timeConv, timeConvSpec } from './timeConv.ts'
export { odeFunction, odeFunctionSpec } from './odeFunction.ts'
export { odeBlock, type BlockSolve } from './odeBlock.ts'
export { makeOdeNet, odeNetSpec, type OdeNet, type OdeNetShape, type Pass } from './odeNet.ts'
export * from './layers/index.ts'
export {
  initialParameters,
  parameterCount,
  toParameters,
  under,
  type Initial,
  type Parameters,
  type ParameterSpec,
} from './parameters.ts'
export { crossEntropy } from './loss.ts'
export { sgdStep, type SgdOptions } from './sgd.ts'
export { cosine, reduceLROnPlateau, type PlateauOptions, type PlateauState } from './schedule.ts'
export { makeRng, type Rng } from './rng.ts'
export { loadMnist } from './mnist.ts'
export { loadCifar10 } from './cifar10.ts'
export { augmented, type Augmentation, type ImageShape } from './augmentation.ts'
export type { ColourJitter } from './colourJitter.ts'
export type { Normalisation } from './normalisation.ts'
export { readIdx } from './idx.ts'
export { holdOut, type ImageSet } from './imageSet.ts'
export { firstOf } from './study/trainedNet.ts'
export { imageTensor } from './imageTensor.ts'
export { CheckpointMismatch, DataError, TrainingDiverged, TrainingStopped } from './errors.ts'
export { trainedParameters, type Checkpoint } from './checkpoint.ts'
export type { Evaluation } from './evaluation.ts'
export type { DatasetName } from './dataset.ts'
export { presets, type Preset, type PresetName } from './presets.ts'
export type { TrainGradient, TrainMethod, TrainOptions } from './trainOptions.ts'
export { createTrainer, type Trainer, type TrainerSettings } from './trainer.ts'
export { readMetrics, type RunRecord, type StepRecord } from './metrics.ts'
