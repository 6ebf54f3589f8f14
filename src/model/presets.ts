import type { TrainOptions } from './trainOptions.ts'

/** What a preset decides. */
export type Preset = Omit<TrainOptions, 'net' | 'seed' | 'workers' | 'backend'>

const shared = {
  method: 'RK45',
  step: null,
  gradient: 'adjoint',
  adjointNorm: 'seminorm',
  lr: 0.1,
  momentum: 0.9,
  weightDecay: 1e-4,
  maxImages: Infinity,
  earlyStop: null,
  average: null,
  holdOut: 0,
} as const

/** The ODE-only net of Carrara et al. (2019): one strided convolution, tolerance 1e-3, and a schedule that waits for plateaus. */
const fullSize = {
  ...shared,
  rtol: 1e-3,
  atol: 1e-3,
  firstStep: 0,
  groups: 32,
  downsamplings: 1,
  dropout: 0.5,
  schedule: 'plateau',
} as const

/**
 * Starting points by name. 'quick' finishes in minutes on two cores with the embedded backend; 'mnist' and 'cifar10' are the net of Carrara et al. at full size; 'best' is a recipe for accuracy: augmented images, a
 * small state, a loose tolerance and more epochs.
 */
export const presets: Readonly<Record<'quick' | 'mnist' | 'cifar10' | 'best', Preset>> = {
  quick: {
    ...shared,
    dataset: 'mnist',
    rtol: 0.1,
    atol: 0.1,
    firstStep: 1,
    epochs: 1,
    batch: 32,
    dim: 32,
    groups: 8,
    downsamplings: 2,
    dropout: 0,
    schedule: 'cosine',
    patience: 5,
    augmentation: null,
  },
  mnist: {
    ...fullSize,
    dataset: 'mnist',
    epochs: 3,
    batch: 128,
    dim: 64,
    patience: 5,
    augmentation: null,
  },
  cifar10: {
    ...fullSize,
    dataset: 'cifar10',
    epochs: 10,
    batch: 256,
    dim: 128,
    patience: 15,
    augmentation: { padding: 4, flip: true, hue: 0.05, saturation: 0.05 },
  },
  best: {
    ...shared,
    dataset: 'mnist',
    weightDecay: 5e-4,
    rtol: 0.1,
    atol: 0.1,
    firstStep: 1,
    epochs: 10,
    batch: 64,
    dim: 64,
    groups: 16,
    downsamplings: 2,
    dropout: 0,
    schedule: 'cosine',
    patience: 5,
    augmentation: { padding: 2, flip: false, hue: 0, saturation: 0 },
  },
}

export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as PresetName[]
