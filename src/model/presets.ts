import type { TrainOptions } from './trainOptions.ts'

/** What a preset decides. */
export type Preset = Omit<TrainOptions, 'net' | 'seed' | 'workers' | 'backend'>

const shared = {
  method: 'RK45',
  gradient: 'adjoint',
  momentum: 0.9,
  weightDecay: 1e-4,
  maxImages: Infinity,
} as const

/**
 * Starting points by name. 'quick' finishes in minutes on two cores with the embedded backend; 'mnist' is the ODE-only net of Carrara et al. (2019) at
 * full size: one strided convolution, 64 channels, tolerance 1e-3 and a schedule that waits for plateaus.
 */
export const presets: Readonly<Record<'quick' | 'mnist', Preset>> = {
  quick: {
    ...shared,
    rtol: 0.1,
    atol: 0.1,
    firstStep: 1,
    adjointNorm: 'seminorm',
    epochs: 1,
    batch: 32,
    dim: 24,
    groups: 6,
    downsamplings: 2,
    lr: 0.1,
    dropout: 0,
    schedule: 'cosine',
  },
  mnist: {
    ...shared,
    rtol: 1e-3,
    atol: 1e-3,
    firstStep: 0,
    adjointNorm: 'seminorm',
    epochs: 50,
    batch: 128,
    dim: 64,
    groups: 32,
    downsamplings: 1,
    lr: 0.1,
    dropout: 0.5,
    schedule: 'plateau',
  },
}

export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as PresetName[]
