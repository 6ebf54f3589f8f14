import { join } from 'node:path'
import { holdOut, type ImageSet } from '../imageSet.ts'
import { loadMnist } from '../mnist.ts'
import { TrainingDiverged } from '../errors.ts'
import { createTrainer } from '../trainer.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { Progress } from './progress.ts'
import { RunFolder, withInfinity, type RunState } from './runFolder.ts'
import { writeReport } from './runReport.ts'
import { checkAgainst, commandOf, describe, optionsOf, type TrainFlags } from './trainOptions.ts'

/** How a training run ended. */
export type TrainOutcome = 'completed' | 'interrupted'

/** Misclassified images in the report. */
const SHOWN_MISTAKES = 20
/** Seconds between two checkpoints. */
const CHECKPOINT_EVERY = 30
/** Share of the training images that the plateau schedule looks at instead of training on them. */
const VALIDATION_SHARE = 1 / 12

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
      const next = await trainNet(state, state.training, folder, data, signal)
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
  /** For the plateau schedule. */
  readonly validation: ImageSet | null
  readonly test: ImageSet
}

async function loadData(options: TrainOptions, folder: string | undefined): Promise<Data> {
  const { train: all, test } = await loadMnist(folder)
  const isPlateau = options.schedule === 'plateau'
  const [train, validation] = isPlateau ? holdOut(all, VALIDATION_SHARE) : [all, null]
  checkAgainst(options, train)
  return { train, validation, test }
}

function newRun(flags: TrainFlags, options: TrainOptions): { folder: RunFolder; state: RunState } {
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

/** Trains one net from its checkpoint or from scratch and evaluates it. Null when it was interrupted. */
async function trainNet(
  state: RunState,
  net: 'odenet' | 'stem',
  folder: RunFolder,
  { train, validation, test }: Data,
  signal: AbortSignal,
): Promise<RunState | null> {
  const trainer = await createTrainer({ ...state.options, net }, train, state.checkpoint ?? undefined)
  const title = net === 'odenet' ? 'ODENet   ' : 'stem only'
  console.log(
    `${title.trim()}: ${trainer.parameterCount} parameters, ${trainer.totalSteps} steps, backend ${trainer.backend.name} (${trainer.backend.reason})`,
  )
  const progress = new Progress(title, trainer.totalSteps, trainer.step)
  const keep = (): void => folder.save({ ...state, checkpoint: trainer.checkpoint() })
  let saved = performance.now()
  try {
    for (;;) {
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
      if (validation !== null && trainer.step % trainer.stepsPerEpoch === 0) {
        const { accuracy } = await trainer.evaluate(validation)
        trainer.endEpoch(accuracy)
        progress.note(
          `epoch ${record.epoch + 1}: ${percent(accuracy)} of ${validation.n} held-out training images`,
        )
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

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
