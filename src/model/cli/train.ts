import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TrainingFailed, TrainingStopped } from '../errors.ts'
import { createTrainer, type Trainer } from '../trainer.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { asTyped } from './asTyped.ts'
import { Progress } from './progress.ts'
import { nets, type Net } from '../nets.ts'
import { ReplacedGradients } from './replacedGradients.ts'
import { RunFolder } from './runFolder.ts'
import { writeReport } from './runReport.ts'
import { checkFits, netFile, snapshotFile, STATE, type RunState } from './runState.ts'
import { SUMMARY, writeSummary } from './runSummary.ts'
import { loadData, type Data } from './runData.ts'
import { testNet } from './testNet.ts'
import { endOfTraining, stopOfTraining } from './trainEnd.ts'
import { refuseBesideResume, refuseWithoutOde, USUAL, withUsual, type Given, type TrainFlags } from './trainFlags.ts' // prettier-ignore
import { commandOf, describe, optionsOf } from './trainOptions.ts'
import { forTerminal } from './wrapped.ts'
import { wordOnKeptWorkers, wordOnWorkers } from './workers.ts'

/** How a training run ended. */
export type TrainOutcome = 'completed' | 'interrupted'

/** Trains the net, then its stem-only baseline, with everything a run folder holds. Stops after a step when `signal` is aborted. */
export async function runTraining(given: Given<TrainFlags>, signal: AbortSignal): Promise<TrainOutcome> {
  if (given.resume !== undefined) {
    refuseBesideResume(given, 'run')
    return continueRun(given.resume, given.checkpointEvery ?? USUAL.checkpointEvery, signal)
  }
  refuseWithoutOde(given)
  const flags = withUsual<TrainFlags>(given, USUAL)
  const options = optionsOf(flags)
  const word = wordOnWorkers(flags.workers)
  if (word !== null) console.error(word)
  const { preset, net, seed, checkpointEvery } = flags
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const plan: RunPlan = {
    options,
    preset,
    data: flags.data,
    withBaseline: flags.baseline && net === 'odenet',
    snapshots: flags.snapshots,
    path: flags.out ?? join('runs', `${stamp}-${preset}-seed${seed}`),
  }
  return startRun(plan, checkpointEvery, signal)
}

/** What a new run is to be. */
export interface RunPlan {
  readonly options: TrainOptions
  readonly preset: string
  /** Folder of the data set; undefined for where it usually is. */
  readonly data: string | undefined
  readonly withBaseline: boolean
  /** See `RunState`. */
  readonly snapshots: number
  readonly path: string
  /** What the net is called while it trains, where several of a kind are compared. Default: its kind. */
  readonly name?: string
}

export async function startRun(
  plan: RunPlan,
  checkpointEvery: number,
  signal: AbortSignal,
): Promise<TrainOutcome> {
  // Data before folder: a run that cannot begin leaves nothing behind
  const data = await loadData(plan.options, plan.data)
  const { folder, state } = newRun(plan)
  return trainAll(folder, state, data, checkpointEvery, signal, plan.name)
}

/** @param name - of the net, see `RunPlan` */
export async function continueRun(
  path: string,
  checkpointEvery: number,
  signal: AbortSignal,
  name?: string,
): Promise<TrainOutcome> {
  const {
    folder,
    state,
    prepared: data,
  } = await RunFolder.open(path, async (read) => {
    const images = await loadData(read.options, read.data ?? undefined)
    const { training, checkpoint, options } = read
    if (training !== null && checkpoint !== null) {
      checkFits(join(path, STATE), checkpoint, { ...options, net: training }, images.train)
    }
    return images
  })
  const word = state.training === null ? null : wordOnKeptWorkers(state.options.workers)
  if (word !== null) console.error(word)
  return trainAll(folder, state, data, checkpointEvery, signal, name)
}

async function trainAll(
  folder: RunFolder,
  first: RunState,
  data: Data,
  checkpointEvery: number,
  signal: AbortSignal,
  name: string | undefined,
): Promise<TrainOutcome> {
  const { options } = first
  let state = first
  try {
    console.log(forTerminal(describe(options, data.train, folder.path)))
    if (state.training === null) console.log('This run is complete; its report and plots are written again.')
    while (state.training !== null) {
      const next = await trainNet(state, state.training, folder, data, checkpointEvery, signal, name)
      if (next === null) {
        const message = `Stopped. Continue with: ${asTyped('train', '--resume', folder.path)}`
        console.log(stopOfTraining(await writeReport(folder, state, data.test, 'interrupted', message)))
        // A comparison says how itself goes on
        if (name === undefined) console.log(message)
        return 'interrupted'
      }
      state = next
      folder.save(state)
    }
    const report = await writeReport(folder, state, data.test, 'completed', '')
    // That of a run which was complete before says when and where it was trained
    if (first.training !== null || !existsSync(join(folder.path, SUMMARY))) await writeSummary(folder, state)
    console.log(endOfTraining(folder.path, report, state, name !== undefined))
    return 'completed'
  } catch (error) {
    if (error instanceof TrainingFailed)
      console.log(stopOfTraining(await writeReport(folder, state, data.test, 'failed', error.message)))
    throw error
  } finally {
    folder.close()
  }
}

function newRun(plan: RunPlan): { folder: RunFolder; state: RunState } {
  const { options, preset, data, withBaseline, snapshots } = plan
  const folder = RunFolder.create(plan.path)
  const fromEnvironment = options.dataset === 'cifar10' ? process.env['CIFAR10_DIR'] : undefined
  const state: RunState = {
    options,
    data: data ?? fromEnvironment ?? null,
    preset,
    withBaseline,
    training: options.net,
    backend: null,
    checkpoint: null,
    finished: {},
    tested: null,
    evaluation: null,
    command: commandOf(options, {
      preset,
      data,
      baseline: withBaseline || options.net !== 'odenet',
      snapshots,
    }),
    ...(snapshots > 0 ? { snapshots } : {}),
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
  // So that a kill before the first checkpoint leaves a run that can go on
  folder.save(state)
  return { folder, state }
}

/** Trains one net from its checkpoint or from scratch, and tests it after every epoch. Null when it was interrupted. */
async function trainNet(
  first: RunState,
  net: Net,
  folder: RunFolder,
  data: Data,
  checkpointEvery: number,
  signal: AbortSignal,
  name: string | undefined,
): Promise<RunState | null> {
  let state = first
  const options = { ...state.options, net }
  const trainer = await createTrainer(options, data.train, state.checkpoint ?? undefined, { signal })
  const title = net === state.options.net && name !== undefined ? name : nets[net].title
  const { parameterCount, totalSteps, backend } = trainer
  console.log(forTerminal(`${title}: ${parameterCount} parameters, ${totalSteps} steps, backend ${backend.name} (${backend.reason})`)) // prettier-ignore
  const progress = new Progress(title, trainer.totalSteps, trainer.step)
  const replaced = new ReplacedGradients()
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
        const tested = await testNet(trainer, net, folder, data, progress)
        if (tested !== null) {
          if (trainer.evaluated(tested.seen)) state = { ...state, tested: tested.onTest }
          keep()
        }
      }
      if (signal.aborted) {
        keep()
        return null
      }
      const record = await trainer.next().catch((error: Error) => {
        if (error instanceof TrainingStopped) return 'stopped' as const
        throw new TrainingFailed(trainer.step + 1, error)
      })
      if (record === 'stopped') continue
      if (record === null) break
      folder.metrics.write(record)
      progress.step(record)
      const said = replaced.of(record)
      if (said !== null) progress.note(said)
      if (net === state.options.net) keepSnapshot(folder, trainer, state.snapshots ?? 0)
      if (performance.now() - saved > 1000 * checkpointEvery) keep()
    }
    const said = replaced.inAll(trainer.step)
    if (said !== null) progress.note(said)
    progress.stop()
    if (trainer.step < trainer.totalSteps)
      console.log(`Stopped early: ${state.options.earlyStop} epochs were no better.`)
    const { accuracy, confusion, mistakes } = state.tested!
    folder.writeSealed(netFile(net), trainer.checkpoint())
    return {
      ...state,
      finished: { ...state.finished, [net]: accuracy },
      training: net !== 'stem' && state.withBaseline ? 'stem' : null,
      evaluation: net === state.options.net ? { confusion, mistakes } : state.evaluation,
      tested: null,
      checkpoint: null,
    }
  } finally {
    progress.stop()
    await trainer.dispose()
  }
}

/** Keeps the parameters where one of so many equal parts of the training ends. A run that was killed keeps some again, the same. */
function keepSnapshot(folder: RunFolder, trainer: Trainer, snapshots: number): void {
  const { step, totalSteps } = trainer
  const part = Math.floor((step * snapshots) / totalSteps)
  if (part === Math.floor(((step - 1) * snapshots) / totalSteps)) return
  const { parameters } = trainer.checkpoint().state
  const images = trainer.images
  folder.writeSealed(snapshotFile(part), {
    step,
    epoch: step / trainer.stepsPerEpoch,
    images,
    parameters,
  })
}
