import { IvpInputError } from '../bridge/index.ts'
import { checkOptionNames, optionNames } from '../bridge/optionNames.ts'
import type { TrainerSettings } from './trainer.ts'
import type { TrainOptions } from './trainOptions.ts'

const TRAIN_OPTIONS = optionNames<TrainOptions>({
  dataset: true,
  net: true,
  method: true,
  step: true,
  gradient: true,
  rtol: true,
  atol: true,
  firstStep: true,
  adjointNorm: true,
  epochs: true,
  maxImages: true,
  batch: true,
  dim: true,
  groups: true,
  downsamplings: true,
  lr: true,
  momentum: true,
  weightDecay: true,
  dropout: true,
  schedule: true,
  patience: true,
  earlyStop: true,
  average: true,
  holdOut: true,
  augmentation: true,
  seed: true,
  workers: true,
  backend: true,
})

const SETTINGS = optionNames<TrainerSettings>({ signal: true })

/**
 * Checks that every option of a training is there and that there is none else.
 * @throws IvpInputError
 */
export function checkTrainOptions(options: TrainOptions): void {
  checkOptionNames(options ?? null, TRAIN_OPTIONS, { of: 'createTrainer' })
  const missing = TRAIN_OPTIONS.filter((name) => options[name as keyof TrainOptions] === undefined)
  if (missing.length === 0) return
  const expected = `must be given, as ${missing.join(', ')}: begin with a preset, { ...presets.quick, net, seed, workers, backend }`
  throw new IvpInputError(missing[0]!, undefined, expected)
}

/** Checks what does not decide the numbers of a training. @throws IvpInputError */
export function checkTrainerSettings(settings: TrainerSettings): void {
  checkOptionNames(settings, SETTINGS, { of: 'createTrainer', within: 'settings' })
  const { signal } = settings
  if (signal === undefined || signal instanceof AbortSignal) return
  const expected = 'must be an AbortSignal, such as `new AbortController().signal`'
  throw new IvpInputError('settings.signal', signal, expected)
}
