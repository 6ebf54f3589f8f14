import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { accuracyCurve, evaluationsCurve, lossCurve } from '../../plot/training.ts'
import { toPng, toSvg } from '../../plot/render.ts'
import type { ImageSet } from '../imageSet.ts'
import { readMetrics } from '../metrics.ts'
import { loadMnist } from '../mnist.ts'
import { presets, type PresetName } from '../presets.ts'
import { renderReport } from '../report.ts'
import { TFJS_VERSION } from '../../bridge/index.ts'
import { createTrainer, type TrainOptions } from '../trainer.ts'
import { Progress } from './progress.ts'
import { RunFolder, withInfinity, type RunState } from './runFolder.ts'
import { UsageError } from './usageError.ts'

/** What the command line gave; undefined where a flag was left out. */
export interface TrainFlags {
  readonly preset: PresetName
  readonly rtol: number | undefined
  readonly atol: number | undefined
  readonly epochs: number | undefined
  readonly images: number | undefined
  readonly batch: number | undefined
  readonly dim: number | undefined
  readonly groups: number | undefined
  readonly lr: number | undefined
  readonly dropout: number | undefined
  readonly seed: number
  readonly workers: number | undefined
  readonly backend: TrainOptions['backend']
  readonly data: string | undefined
  readonly out: string | undefined
  readonly resume: string | undefined
  readonly baseline: boolean
}

/** How a training run ended. */
export type TrainOutcome = 'completed' | 'interrupted'

/** Misclassified images in the report. */
const SHOWN_MISTAKES = 20
/** Seconds between two checkpoints. */
const CHECKPOINT_EVERY = 30

/** Trains the net, then its stem-only baseline, with everything a run folder holds. Stops after a step when `signal` is aborted. */
export async function runTraining(flags: TrainFlags, signal: AbortSignal): Promise<TrainOutcome> {
  const { folder, state: first } = openRun(flags)
  const { train, test } = await loadMnist(first.data ?? undefined)
  checkAgainst(first.options, train)
  let state = first
  try {
    console.log(describe(state.options, train, folder.path))
    while (state.training !== null) {
      const next = await trainNet(state, state.training, folder, train, test, signal)
      if (next === null) {
        console.log(`Stopped. Continue with: odenet train --resume ${folder.path}`)
        return 'interrupted'
      }
      state = next
      folder.save(state)
    }
  } finally {
    folder.metrics.close()
  }
  await writeReport(folder, state, test)
  console.log(`Metrics, checkpoint and plots are in ${folder.path}`)
  if (state.finished.stem !== undefined) console.log(`stem-only accuracy ${percent(state.finished.stem)}`)
  console.log(`test accuracy ${percent(state.finished.odenet ?? NaN)}`)
  return 'completed'
}

function openRun(flags: TrainFlags): { folder: RunFolder; state: RunState } {
  if (flags.resume !== undefined) return RunFolder.open(flags.resume)
  const options = optionsOf(flags)
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const folder = RunFolder.create(flags.out ?? join('runs', `${stamp}-${flags.preset}-seed${flags.seed}`))
  const state: RunState = {
    options,
    data: flags.data ?? null,
    withBaseline: flags.baseline,
    training: 'odenet',
    checkpoint: null,
    finished: {},
    evaluation: null,
    command: commandOf(options, flags),
  }
  folder.metrics.write({
    kind: 'config',
    seed: options.seed,
    startedAt: new Date().toISOString(),
    options: { ...options, maxImages: String(options.maxImages) },
  })
  return { folder, state }
}

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
  return {
    ...preset,
    net: 'odenet',
    rtol: positive('rtol', flags.rtol, preset.rtol, false),
    atol: positive('atol', flags.atol, preset.atol, false),
    epochs: positive('epochs', flags.epochs, preset.epochs, true),
    maxImages: positive('images', flags.images, preset.maxImages, true),
    batch: positive('batch', flags.batch, preset.batch, true),
    dim,
    groups,
    lr: positive('lr', flags.lr, preset.lr, false),
    dropout,
    seed: flags.seed,
    workers: positive('workers', flags.workers, Math.min(2, availableParallelism()), true),
    backend: flags.backend,
  }
}

function checkAgainst(options: TrainOptions, train: ImageSet): void {
  if (options.batch > train.n) {
    throw new UsageError(`--batch must not exceed the ${train.n} training images; received ${options.batch}.`)
  }
}

/** Trains one net from its checkpoint or from scratch and evaluates it. Null when it was interrupted. */
async function trainNet(
  state: RunState,
  net: 'odenet' | 'stem',
  folder: RunFolder,
  train: ImageSet,
  test: ImageSet,
  signal: AbortSignal,
): Promise<RunState | null> {
  const trainer = await createTrainer({ ...state.options, net }, train, state.checkpoint ?? undefined)
  const title = net === 'odenet' ? 'ODENet   ' : 'stem only'
  console.log(
    `${title.trim()}: ${trainer.parameterCount} parameters, ${trainer.totalSteps} steps, backend ${trainer.backendName}`,
  )
  const progress = new Progress(title, trainer.totalSteps, trainer.step)
  const keep = (): void => folder.save({ ...state, checkpoint: trainer.checkpoint() })
  let epoch = 0
  let saved = performance.now()
  try {
    for (;;) {
      if (signal.aborted) {
        keep()
        return null
      }
      const record = await trainer.next()
      if (record === null) break
      folder.metrics.write(record)
      progress.step(record)
      if (record.epoch > epoch && state.options.schedule === 'plateau') {
        epoch = record.epoch
        trainer.endEpoch((await trainer.evaluate(test)).accuracy)
      }
      if (performance.now() - saved > 1000 * CHECKPOINT_EVERY) {
        saved = performance.now()
        keep()
      }
    }
    progress.stop()
    const checkpoint = trainer.checkpoint()
    folder.save({ ...state, checkpoint })
    const { accuracy, loss, nfeForward, confusion, mistakes } = await trainer.evaluate(test)
    const { step } = trainer
    const images = step * state.options.batch
    const { seconds } = checkpoint.state
    folder.metrics.write({ kind: 'eval', net, step, images, seconds, accuracy, loss, nfeForward })
    folder.write(`${net}.json`, JSON.stringify(checkpoint, withInfinity))
    console.log(`${title.trim()}: ${percent(accuracy)} of ${test.n} test images`)
    const finished = { ...state.finished, [net]: accuracy }
    const training = net === 'odenet' && state.withBaseline ? 'stem' : null
    const evaluation =
      net === 'odenet' ? { confusion, mistakes: mistakes.slice(0, SHOWN_MISTAKES) } : state.evaluation
    return { ...state, finished, training, evaluation, checkpoint: null }
  } finally {
    progress.stop()
    await trainer.dispose()
  }
}

/** Plots and the HTML report, from what the folder holds. */
async function writeReport(folder: RunFolder, state: RunState, test: ImageSet): Promise<void> {
  const all = await readMetrics(join(folder.path, 'metrics.jsonl'))
  const records = all.filter((record) => record.kind === 'step' || record.kind === 'eval')
  for (const [name, draw] of Object.entries({
    loss: lossCurve,
    accuracy: accuracyCurve,
    evaluations: evaluationsCurve,
  })) {
    const svg = toSvg(draw(records))
    folder.write(`${name}.svg`, svg)
    folder.write(`${name}.png`, toPng(svg))
  }
  const config = all.find((record) => record.kind === 'config')
  const last = (net: string): number => records.filter((record) => record.net === net).at(-1)?.seconds ?? 0
  const evaluation = state.evaluation
  const size = test.height * test.width * test.channels
  folder.write(
    'report.html',
    renderReport({
      title: 'ODENet on MNIST',
      startedAt: config?.startedAt ?? '',
      outcome: 'completed',
      message: '',
      accuracy: state.finished.odenet ?? null,
      stemAccuracy: state.finished.stem ?? null,
      seconds: last('odenet') + last('stem'),
      seed: state.options.seed,
      command: state.command,
      versions: { node: process.version, tfjs: TFJS_VERSION },
      configuration: { ...state.options },
      records,
      confusion: evaluation?.confusion ?? [],
      misclassified: (evaluation?.mistakes ?? []).map(({ index, label, predicted }) => ({
        pixels: test.images.subarray(index * size, (index + 1) * size),
        label,
        predicted,
      })),
    }),
  )
}

function describe(options: TrainOptions, train: ImageSet, folder: string): string {
  const { dim, groups, downsamplings, method, rtol, gradient, batch, workers, seed } = options
  const images = Math.min(options.epochs * train.n, options.maxImages)
  return [
    `Training a neural ODE on ${images} of ${train.n} images (batches of ${batch}, seed ${seed}, ${workers} worker${workers > 1 ? 's' : ''}):`,
    `${downsamplings} strided convolution${downsamplings > 1 ? 's' : ''}, ODE block of ${dim} channels in ${groups} groups, ${method} at tolerance ${rtol},`,
    `gradients by the ${gradient} method. Everything is kept in ${folder}; Ctrl-C stops with a checkpoint.`,
  ].join('\n')
}

/** The command that repeats a run from nothing, with every number that a preset or this machine may decide. */
function commandOf(options: TrainOptions, flags: TrainFlags): string {
  const { rtol, atol, epochs, maxImages, batch, dim, groups, lr, dropout, seed, workers, backend } = options
  const images = Number.isFinite(maxImages) ? { images: maxImages } : {}
  const named = {
    preset: flags.preset,
    rtol,
    atol,
    epochs,
    ...images,
    batch,
    dim,
    groups,
    lr,
    dropout,
    seed,
    workers,
    backend,
  }
  const data = flags.data === undefined ? '' : ` --data ${flags.data}`
  const text = Object.entries(named).map(([name, value]) => `--${name} ${value}`)
  return `odenet train ${text.join(' ')}${data}${flags.baseline ? '' : ' --no-baseline'}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
