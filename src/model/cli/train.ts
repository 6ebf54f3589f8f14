import { join } from 'node:path'
import { holdOut, type ImageSet } from '../imageSet.ts'
import { datasets } from '../dataset.ts'
import { TrainingDiverged } from '../errors.ts'
import type { Evaluation } from '../evaluation.ts'
import { createTrainer, type Trainer } from '../trainer.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { Progress } from './progress.ts'
import { RunFolder, withInfinity, type RunState } from './runFolder.ts'
import { writeReport } from './runReport.ts'
import { writeSummary } from './runSummary.ts'
import { checkAgainst, commandOf, describe, optionsOf, type TrainFlags } from './trainOptions.ts'

/** How a training run ended. */
export type TrainOutcome = 'completed' | 'interrupted'

/** Misclassified images in the report. */
const SHOWN_MISTAKES = 20

/** Trains the net, then its stem-only baseline, with everything a run folder holds. Stops after a step when `signal` is aborted. */
export async function runTraining(flags: TrainFlags, signal: AbortSignal): Promise<TrainOutcome> {
  const resumed = flags.resume === undefined ? null : RunFolder.open(flags.resume)
  const options = resumed?.state.options ?? optionsOf(flags)
  // Data before folder: a run that cannot begin leaves nothing behind
  const data = await loadData(options, resumed?.state.data ?? flags.data)
  const { folder, state: first } = resumed ?? newRun(flags, options)
  let state = first
  try {
    console.log(describe(options, data.train, folder.path))
    if (state.training === null) console.log('This run is complete; its report and plots are written again.')
    while (state.training !== null) {
      const next = await trainNet(state, state.training, folder, data, flags.checkpointEvery, signal)
      if (next === null) {
        const message = `Stopped. Continue with: odenet train --resume ${folder.path}`
        await writeReport(folder, state, data.test, 'interrupted', message)
        console.log(message)
        return 'interrupted'
      }
      state = next
      folder.save(state)
    }
    await writeReport(folder, state, data.test, 'completed', '')
    await writeSummary(folder, state)
  } catch (error) {
    if (error instanceof TrainingFailed) await writeReport(folder, state, data.test, 'failed', error.message)
    throw error
  } finally {
    folder.metrics.close()
  }
  console.log(`Metrics, checkpoint and plots are in ${folder.path}`)
  if (state.finished.stem !== undefined) console.log(`stem-only accuracy ${percent(state.finished.stem)}`)
  console.log(`test accuracy ${percent(state.finished.odenet ?? NaN)}`)
  return 'completed'
}

/** A step that could not be taken: the loss is not a number any more, or a solve failed. What was recorded before stays. */
class TrainingFailed extends Error {
  override readonly name = 'TrainingFailed'
}

interface Data {
  readonly train: ImageSet
  /** Held-out training images; null where none are. */
  readonly validation: ImageSet | null
  readonly test: ImageSet
}

async function loadData(options: TrainOptions, folder: string | undefined): Promise<Data> {
  const { train: all, test } = await datasets[options.dataset].load(folder)
  const [train, validation] = options.holdOut > 0 ? holdOut(all, options.holdOut) : [all, null]
  checkAgainst(options, train)
  return { train, validation, test }
}

function newRun(flags: TrainFlags, options: TrainOptions): { folder: RunFolder; state: RunState } {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const folder = RunFolder.create(flags.out ?? join('runs', `${stamp}-${flags.preset}-seed${flags.seed}`))
  const fromEnvironment = options.dataset === 'cifar10' ? process.env['CIFAR10_DIR'] : undefined
  const state: RunState = {
    options,
    data: flags.data ?? fromEnvironment ?? null,
    preset: flags.preset,
    withBaseline: flags.baseline,
    training: 'odenet',
    backend: null,
    checkpoint: null,
    finished: {},
    tested: null,
    evaluation: null,
    command: commandOf(options, flags),
  }
  folder.metrics.write({
    kind: 'config',
    seed: options.seed,
    startedAt: new Date().toISOString(),
    options: {
      ...options,
      maxImages: String(options.maxImages),
      augmentation: options.augmentation === null ? null : { ...options.augmentation },
    },
  })
  return { folder, state }
}

/** Trains one net from its checkpoint or from scratch, and tests it after every epoch. Null when it was interrupted. */
async function trainNet(
  first: RunState,
  net: 'odenet' | 'stem',
  folder: RunFolder,
  data: Data,
  checkpointEvery: number,
  signal: AbortSignal,
): Promise<RunState | null> {
  let state = first
  const trainer = await createTrainer({ ...state.options, net }, data.train, state.checkpoint ?? undefined)
  const title = net === 'odenet' ? 'ODENet   ' : 'stem only'
  console.log(
    `${title.trim()}: ${trainer.parameterCount} parameters, ${trainer.totalSteps} steps, backend ${trainer.backend.name} (${trainer.backend.reason})`,
  )
  const progress = new Progress(title, trainer.totalSteps, trainer.step)
  state = { ...state, backend: trainer.backend.name }
  let saved = performance.now()
  const keep = (): void => {
    state = { ...state, checkpoint: trainer.checkpoint() }
    folder.save(state)
    saved = performance.now()
  }
  try {
    for (;;) {
      if (trainer.isEvaluationDue) {
        keep()
        const tested = await testNet(trainer, net, folder, data, progress, signal)
        if (tested !== null) {
          state = { ...state, tested }
          keep()
        }
      }
      if (signal.aborted) {
        keep()
        return null
      }
      const record = await trainer.next().catch((error: Error) => {
        const advice = error instanceof TrainingDiverged ? '' : ' Lower --lr, or tighten --rtol.'
        throw new TrainingFailed(`Step ${trainer.step + 1} failed. ${error.message}${advice}`, {
          cause: error,
        })
      })
      if (record === null) break
      folder.metrics.write(record)
      progress.step(record)
      if (performance.now() - saved > 1000 * checkpointEvery) keep()
    }
    progress.stop()
    const { accuracy, confusion, mistakes } = state.tested!
    folder.write(`${net}.json`, JSON.stringify(trainer.checkpoint(), withInfinity))
    console.log(`${title.trim()}: ${percent(accuracy)} of ${data.test.n} test images`)
    return {
      ...state,
      finished: { ...state.finished, [net]: accuracy },
      training: net === 'odenet' && state.withBaseline ? 'stem' : null,
      evaluation: net === 'odenet' ? { confusion, mistakes } : state.evaluation,
      tested: null,
      checkpoint: null,
    }
  } finally {
    progress.stop()
    await trainer.dispose()
  }
}

/**
 * Tests a net at the end of an epoch or of its training, and lets the schedule see the accuracy: that on held-out images where there are some, else, as the usual
 * recipe does, on the test images. Null when it was interrupted.
 */
async function testNet(
  trainer: Trainer,
  net: 'odenet' | 'stem',
  folder: RunFolder,
  { validation, test }: Data,
  progress: Progress,
  signal: AbortSignal,
): Promise<Evaluation | null> {
  const { step, images } = trainer
  const { seconds } = trainer.checkpoint().state
  const isStopped = (): boolean => signal.aborted
  const onTest = await trainer.evaluate(test, isStopped)
  const onValidation = validation === null ? null : await trainer.evaluate(validation, isStopped)
  if (onTest === null || (validation !== null && onValidation === null)) return null
  const write = (kind: 'eval' | 'validation', { accuracy, loss, nfeForward }: Evaluation): void =>
    folder.metrics.write({ kind, net, step, images, seconds, accuracy, loss, nfeForward })
  write('eval', onTest)
  const heldOut =
    validation === null
      ? ''
      : `, ${percent(onValidation!.accuracy)} of ${validation.n} held-out training images`
  if (onValidation !== null) write('validation', onValidation)
  const epoch = Number((step / trainer.stepsPerEpoch).toFixed(2))
  progress.note(`epoch ${epoch}: ${percent(onTest.accuracy)} of ${test.n} test images${heldOut}`)
  trainer.evaluated((onValidation ?? onTest).accuracy)
  return { ...onTest, mistakes: onTest.mistakes.slice(0, SHOWN_MISTAKES) }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
