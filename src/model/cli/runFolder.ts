import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MetricsWriter } from '../metrics.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { Evaluation } from '../evaluation.ts'
import type { Net } from '../nets.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { attempt } from './attempt.ts'
import { makeEmptyFolder } from './emptyFolder.ts'
import { readJson, withInfinity } from './jsonFile.ts'
import { UsageError } from './usageError.ts'
import { writeWhole } from './wholeFile.ts'

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

/** File of the state in the folder of a run. */
export const STATE = 'checkpoint.json'
const METRICS = 'metrics.jsonl'

/** The folder of a training run: metrics and one checkpoint, replaced as a whole each time. */
export class RunFolder {
  readonly path: string
  readonly metrics: MetricsWriter

  private constructor(path: string) {
    this.path = path
    this.metrics = new MetricsWriter(join(path, METRICS))
  }

  /** A new folder. Refuses one that holds files. */
  static create(path: string): RunFolder {
    makeEmptyFolder(path, 'run', STATE)
    attempt(path, 'cannot be written to', () => writeFileSync(join(path, METRICS), ''))
    return new RunFolder(path)
  }

  /** The folder of a run to continue, with its state. */
  static open(path: string): { folder: RunFolder; state: RunState } {
    const file = join(path, STATE)
    if (!existsSync(file)) {
      throw new UsageError(`--resume ${path} holds no ${STATE}: give the folder of an earlier run.`, 1)
    }
    const read = readJson<RunState>(file)
    const state = { ...read, options: presentOptions(file, read.options) }
    dropStepsAfter(join(path, METRICS), state)
    return { folder: new RunFolder(path), state }
  }

  /** Replaces the checkpoint as a whole: whoever reads it, also after a crash, finds the old one or the new one. */
  save(state: RunState): void {
    writeWhole(join(this.path, STATE), JSON.stringify(state, withInfinity))
  }

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.path, name)
    attempt(file, 'cannot be written', () => writeFileSync(file, content))
    return file
  }
}

/** File of the parameters after a part of the training, counted from 1. */
export function snapshotName(part: number): string {
  return `snapshot${part}.json`
}

/** Parameters that were kept along a training. */
export interface KeptParameters {
  readonly step: number
  readonly epoch: number
  /** See `encode`. */
  readonly parameters: string
}

/** What the folder of a run has kept, in the order of the training. */
export function snapshotsIn(path: string): KeptParameters[] {
  const parts = readdirSync(path).map((name) => Number(/^snapshot(\d+)\.json$/.exec(name)?.[1]))
  return parts
    .filter((part) => part > 0)
    .sort((a, b) => a - b)
    .map((part) => readJson(join(path, snapshotName(part))))
}

/** Options as this version knows them, from a file that may lack the latest. Refuses what an earlier version wrote, whose options were fewer. */
export function presentOptions(file: string, options: Partial<TrainOptions>): TrainOptions {
  const { dataset, earlyStop = null, average = null } = options
  if (dataset === undefined) {
    throw new UsageError(`${file} was written by an earlier version of odenet: start the run again.`, 1)
  }
  return { ...(options as TrainOptions), earlyStop, average }
}

/** A killed process may have recorded steps and evaluations after its last checkpoint; they will come again. */
function dropStepsAfter(metrics: string, { training, checkpoint }: RunState): void {
  if (training === null || !existsSync(metrics)) return
  const { step: lastStep, evaluated } = checkpoint?.state ?? { step: 0, evaluated: 0 }
  const lines = readFileSync(metrics, 'utf8').split('\n')
  const kept = lines.filter((line) => {
    if (!line.endsWith('}')) return false
    const { kind, net, step } = JSON.parse(line) as { kind: string; net?: string; step?: number }
    return kind === 'config' || net !== training || step! <= (kind === 'step' ? lastStep : evaluated)
  })
  attempt(metrics, 'cannot be written', () => {
    writeFileSync(`${metrics}.new`, kept.map((line) => `${line}\n`).join(''))
    renameSync(`${metrics}.new`, metrics)
  })
}
