import { datasets } from '../dataset.ts'
import type { ImageSet } from '../imageSet.ts'
import { nets } from '../nets.ts'
import { presetNames, presets, type PresetName } from '../presets.ts'
import { RESIDUAL_BLOCKS } from '../residualBlock.ts'
import { solverInWords } from '../solverInWords.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { shellWord } from './asTyped.ts'
import { checkImplicit, solverFlags, solverOf } from './solverFlags.ts'
import type { TrainFlags } from './trainFlags.ts'
import { UsageError } from './usageError.ts'
import { boundedWorkers, usualWorkers } from './workers.ts'

/** The preset with the flags over it. */
export function optionsOf(flags: TrainFlags): TrainOptions {
  const preset = presets[flags.preset]
  const positive = (name: string, value: number | undefined, otherwise: number, isWhole: boolean): number => {
    if (value === undefined) return otherwise
    if (!(value > 0) || (isWhole && !Number.isInteger(value))) {
      throw new UsageError(
        `--${name} must be a positive ${isWhole ? 'whole ' : ''}number; received ${value}.`,
      )
    }
    return value
  }
  const dim = positive('dim', flags.dim, preset.dim, true)
  const groups = positive('groups', flags.groups, preset.groups, true)
  if (dim % groups !== 0 || dim / groups < 2) {
    throw new UsageError(
      `--groups must divide --dim with at least two channels per group (one carries no information through the pooling); received ${groups} for ${dim}.`,
    )
  }
  const dropout = flags.dropout ?? preset.dropout
  if (!(dropout >= 0 && dropout < 1))
    throw new UsageError(`--dropout must lie in [0, 1); received ${dropout}.`)
  if (flags.patience !== undefined && preset.schedule !== 'plateau') {
    throw new UsageError(
      `--patience has no effect with --preset ${flags.preset}, whose learning rate falls along a cosine: leave it out, take --early-stop to end early, or a preset with plateaus (${plateauPresets().join(', ')}).`,
    )
  }
  const patience = flags.patience ?? preset.patience
  if (!Number.isInteger(patience) || patience < 0) {
    throw new UsageError(`--patience must be a whole number from 0; received ${patience}.`)
  }
  const average = flags.average ?? preset.average
  if (average !== null && !(average > 0 && average < 1)) {
    throw new UsageError(`--average must lie in (0, 1); received ${average}.`)
  }
  const holdOut = flags.holdOut ?? preset.holdOut
  if (!(holdOut >= 0 && holdOut < 1)) {
    throw new UsageError(`--hold-out must lie in [0, 1); received ${holdOut}.`)
  }
  if (!(flags.checkpointEvery >= 0)) {
    throw new UsageError(`--checkpoint-every must not be negative; received ${flags.checkpointEvery}.`)
  }
  if (!Number.isInteger(flags.snapshots) || flags.snapshots < 0) {
    throw new UsageError(`--snapshots must be a whole number from 0; received ${flags.snapshots}.`)
  }
  return {
    ...preset,
    ...solverOf(flags, preset),
    net: flags.net,
    epochs: positive('epochs', flags.epochs, preset.epochs, true),
    maxImages: positive('images', flags.images, preset.maxImages, true),
    batch: positive('batch', flags.batch, preset.batch, true),
    dim,
    groups,
    lr: positive('lr', flags.lr, preset.lr, false),
    dropout,
    patience,
    earlyStop:
      flags.earlyStop === undefined ? preset.earlyStop : positive('early-stop', flags.earlyStop, 1, true),
    average,
    holdOut,
    seed: flags.seed,
    workers: boundedWorkers(positive('workers', flags.workers, usualWorkers(flags.backend), true)),
    backend: flags.backend,
  }
}

function plateauPresets(): PresetName[] {
  return presetNames.filter((name) => presets[name].schedule === 'plateau')
}

/** What can be checked only when the images are there. */
export function checkAgainst(options: TrainOptions, train: ImageSet): void {
  if (options.batch > train.n) {
    throw new UsageError(`--batch must not exceed the ${train.n} training images; received ${options.batch}.`)
  }
  checkImplicit(options, train.height * train.width)
}

/** What is about to happen, in three lines. */
export function describe(options: TrainOptions, train: ImageSet, folder: string): string {
  const { dataset, net, dim, groups, downsamplings, gradient, batch, workers, seed, epochs } = options
  const seen = Math.min(epochs * train.n, options.maxImages)
  const middle = {
    odenet: 'ODE block',
    resnet: `${RESIDUAL_BLOCKS} residual blocks`,
    stem: 'nothing between stem and head',
  }[net]
  return [
    `Training ${net === 'odenet' ? 'a neural ODE' : nets[net].title} on ${train.n} images of ${datasets[dataset].title}, ${seen} in all (batches of ${batch}, seed ${seed}, ${workers} worker${workers > 1 ? 's' : ''}):`,
    `${downsamplings} strided convolution${downsamplings > 1 ? 's' : ''}, ${middle} of ${dim} channels in ${groups} groups${net === 'odenet' ? `, ${solverInWords(options)},` : '.'}`,
    `${net === 'odenet' ? `gradients by the ${gradient} method. ` : ''}Everything is kept in ${folder}; Ctrl-C stops with a checkpoint.`,
  ].join('\n')
}

/** The command that repeats a run from nothing, with every number that a preset or this machine may decide. */
export function commandOf(
  options: TrainOptions,
  flags: {
    readonly preset: string
    readonly data: string | undefined
    readonly baseline: boolean
    readonly snapshots: number
  },
): string {
  const { epochs, maxImages, batch, dim, groups, lr, dropout, patience, earlyStop, average, holdOut } =
    options
  const { seed, workers, backend, schedule } = options
  const named = {
    preset: flags.preset,
    ...(options.net === 'odenet' ? {} : { net: options.net }),
    // Of a net without an ODE they would be refused
    ...(options.net === 'odenet' ? solverFlags(options) : {}),
    epochs,
    ...(Number.isFinite(maxImages) ? { images: maxImages } : {}),
    batch,
    dim,
    groups,
    lr,
    dropout,
    ...(schedule === 'plateau' ? { patience } : {}),
    ...(earlyStop === null ? {} : { 'early-stop': earlyStop }),
    ...(average === null ? {} : { average }),
    ...(holdOut > 0 ? { 'hold-out': holdOut } : {}),
    seed,
    workers,
    backend,
    ...(flags.snapshots > 0 ? { snapshots: flags.snapshots } : {}),
  }
  const data = flags.data === undefined ? '' : ` --data ${shellWord(flags.data)}`
  const text = Object.entries(named).map(([name, value]) => `--${name} ${value}`)
  return `odenet train ${text.join(' ')}${data}${flags.baseline ? '' : ' --no-baseline'}`
}
