import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkCheckpoint, type Checkpoint } from '../checkpoint.ts'
import { CheckpointMismatch } from '../errors.ts'
import type { Evaluation } from '../evaluation.ts'
import type { ImageSet } from '../imageSet.ts'
import { netNames, type Net } from '../nets.ts'
import { shapeOf } from '../netShape.ts'
import { odeNetSpec } from '../odeNet.ts'
import { parameterCount } from '../parameters.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { readSealed } from './sealedFile.ts'
import { UsageError } from './usageError.ts'

/** What a run folder remembers between two calls of the command. */
export interface RunState {
  readonly options: TrainOptions
  readonly data: string | null
  readonly preset: string
  readonly withBaseline: boolean
  /** The net that is being trained, or null when there is none left. */
  readonly training: Net | null
  /** tfjs's name of the backend that was taken last; null before. */
  readonly backend: string | null
  readonly checkpoint: Checkpoint | null
  /** Test accuracies of the nets that are finished. */
  readonly finished: { readonly [net in Net]?: number }
  /** The last one of the net that is being trained on the test images; without the mistakes but the first ones. Null before. */
  readonly tested: Evaluation | null
  /** Of the first net at its end, for the report. */
  readonly evaluation: Pick<Evaluation, 'confusion' | 'mistakes'> | null
  /** The command that repeats the run. */
  readonly command: string
  /** Parameters to keep along the training of the first net, at so many steps at equal distances. */
  readonly snapshots?: number
}

/** Parameters that were kept along a training. */
export interface KeptParameters {
  /** Where they are. */
  readonly file: string
  readonly step: number
  readonly epoch: number
  /** See `encode`. */
  readonly parameters: string
}

/** File of the state in the folder of a run. */
export const STATE = 'checkpoint.json'

/** File of a finished net. */
export const netFile = (net: Net): string => `${net}.json`

/** File of the parameters after a part of the training, counted from 1. */
export const snapshotFile = (part: number): string => `snapshot${part}.json`

/** Where the run in a folder stands. @throws UsageError, DataError for what is cut off, changed or of something else */
export function readState(folder: string): RunState {
  const file = join(folder, STATE)
  const read = readSealed<RunState>(file)
  const state = { ...read, options: presentOptions(file, read.options) }
  const isRun = (state.training === null || netNames.includes(state.training)) && isObject(state.finished)
  // A net that was evaluated has its test, and one that is done its accuracy
  const { checkpoint, tested, finished, training, options } = state
  const isTested = (checkpoint?.state?.evaluated ?? 0) === 0 || isObject(tested)
  const isDone = training !== null || typeof finished[options.net] === 'number'
  if (!isRun || !isTested || !isDone) throw foreign(file, 'it is no whole state of a training')
  return state
}

/** A finished net of a run. @throws UsageError, DataError */
export function readNet(folder: string, net: Net): Checkpoint {
  const file = join(folder, netFile(net))
  const read = readSealed<Checkpoint>(file)
  const options = presentOptions(file, read.options)
  if (options.net !== net) throw foreign(file, `it holds a net of the kind '${String(options.net)}'`)
  return { ...read, options }
}

export function finishedNets(folder: string): Net[] {
  return netNames.filter((net) => existsSync(join(folder, netFile(net))))
}

/** What the folder of a run has kept, in the order of the training. @throws UsageError, DataError */
export function snapshotsIn(folder: string): KeptParameters[] {
  const parts = readdirSync(folder).map((name) => Number(/^snapshot(\d+)\.json$/.exec(name)?.[1]))
  return parts
    .filter((part) => part > 0)
    .sort((a, b) => a - b)
    .map((part) => {
      const file = join(folder, snapshotFile(part))
      return { ...readSealed<Omit<KeptParameters, 'file'>>(file), file }
    })
}

/**
 * Holds a checkpoint that was read from a file against the net that it is for, and against its options: continuing or testing another net would give numbers that mean nothing.
 * @throws UsageError that names the file and what does not fit
 */
export function checkFits(
  file: string,
  checkpoint: Checkpoint,
  options: TrainOptions,
  images: ImageSet,
): void {
  const own = presentOptions(file, checkpoint.options)
  for (const name of Object.keys({ ...own, ...options }) as (keyof TrainOptions)[]) {
    const [has, needs] = [own[name], options[name]].map((value) => JSON.stringify(value) ?? 'none')
    // Where a net is computed is no part of it
    if (has === needs || name === 'backend' || name === 'workers') continue
    throw foreign(file, `it is of another run (${name} is ${has}, not ${needs})`)
  }
  const count = parameterCount(odeNetSpec(shapeOf(options, images)))
  try {
    checkCheckpoint(checkpoint, count, options)
  } catch (error) {
    if (error instanceof CheckpointMismatch) throw foreign(file, error.fault)
    throw error
  }
}

/** Options as this version knows them, from a file that may lack the latest. Refuses what an earlier version wrote, whose options were fewer. */
function presentOptions(file: string, options: Partial<TrainOptions> | undefined): TrainOptions {
  if (!isObject(options)) throw foreign(file, 'it has no options of a training')
  const { dataset, earlyStop = null, average = null } = options
  if (dataset === undefined) {
    throw new UsageError(`${file} was written by an earlier version of odenet: start the run again.`, 1)
  }
  return { ...(options as TrainOptions), earlyStop, average }
}

function foreign(file: string, fault: string): UsageError {
  return new UsageError(`${file} does not fit: ${fault}; restore it from a copy, or start the run again.`, 1)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
