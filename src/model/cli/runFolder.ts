import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '../errors.ts'
import { MetricsWriter } from '../metrics.ts'
import { parseRecord } from '../runRecord.ts'
import { attempt } from './attempt.ts'
import { makeEmptyFolder } from './emptyFolder.ts'
import { FolderLock } from './folderLock.ts'
import { readState, STATE, type RunState } from './runState.ts'
import { writeSealed } from './sealedFile.ts'
import { UsageError } from './usageError.ts'
import { writeWhole } from './wholeFile.ts'

export type { RunState } from './runState.ts'

const METRICS = 'metrics.jsonl'

/** The folder of a training run, locked for this process: metrics and one checkpoint, replaced as a whole each time. */
export class RunFolder {
  readonly path: string
  readonly metrics: MetricsWriter
  readonly #lock: FolderLock

  private constructor(path: string, lock: FolderLock) {
    this.path = path
    this.#lock = lock
    this.metrics = new MetricsWriter(join(path, METRICS))
  }

  /** A new folder. Refuses one that holds files. */
  static create(path: string): RunFolder {
    makeEmptyFolder(path, 'run', STATE)
    return FolderLock.keeping(path, 'run', (lock) => {
      // Another process may have been faster
      makeEmptyFolder(path, 'run', STATE)
      attempt(path, 'cannot be written to', () => writeFileSync(join(path, METRICS), ''))
      return new RunFolder(path, lock)
    })
  }

  /**
   * The folder of a run to continue, with its state. All of it is read before anything in it is changed.
   * @param prepare - what else must succeed before
   */
  static async open<T>(
    path: string,
    prepare: (state: RunState) => Promise<T>,
  ): Promise<{ folder: RunFolder; state: RunState; prepared: T }> {
    if (!existsSync(join(path, STATE))) {
      throw new UsageError(`--resume ${path} holds no ${STATE}: give the folder of an earlier run.`, 1)
    }
    const lock = FolderLock.take(path, 'run')
    try {
      const state = readState(path)
      const lines = linesToKeep(join(path, METRICS), state)
      const prepared = await prepare(state)
      if (lines !== null) replaceLines(join(path, METRICS), lines)
      return { folder: new RunFolder(path, lock), state, prepared }
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Replaces the checkpoint as a whole: whoever reads it, also after a crash, finds the old one or the new one. */
  save(state: RunState): void {
    writeSealed(join(this.path, STATE), state)
  }

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.path, name)
    writeWhole(file, content)
    return file
  }

  /** Writes an object that is read again, see `readSealed`. */
  writeSealed(name: string, content: object): void {
    writeSealed(join(this.path, name), content)
  }

  /** Gives the folder to others. */
  close(): void {
    this.metrics.close()
    this.#lock.release()
  }
}

/**
 * The lines of the metrics up to the checkpoint: a killed process may have recorded steps and evaluations after it, which will come again. Null where all of them stay.
 * @throws DataError for a line that is no record, but the last, which may be cut off
 */
function linesToKeep(metrics: string, { training, checkpoint }: RunState): string[] | null {
  if (training === null || !existsSync(metrics)) return null
  const { step: lastStep, evaluated } = checkpoint?.state ?? { step: 0, evaluated: 0 }
  const lines = attempt(metrics, 'cannot be read', () => readFileSync(metrics, 'utf8')).split('\n')
  let steps = 0
  const kept = lines.filter((line, i) => {
    const record = parseRecord(line)
    if (record === undefined) {
      if (i === lines.length - 1) return false
      const message = `Line ${i + 1} of ${metrics} is no record of a run: remove the line, and the run goes on.`
      throw new DataError({ path: metrics, reason: 'record', message })
    }
    if (!('net' in record) || record.net !== training) return true
    const isKept = record.step <= (record.kind === 'step' ? lastStep : evaluated)
    if (isKept && record.kind === 'step') steps++
    return isKept
  })
  if (steps < lastStep) {
    console.error(
      `odenet: ${metrics} lacks ${lastStep - steps} of the ${lastStep} steps before the checkpoint; the run goes on, its plots show what is there.`,
    )
  }
  return kept
}

function replaceLines(metrics: string, lines: readonly string[]): void {
  attempt(metrics, 'cannot be written', () => {
    writeFileSync(`${metrics}.new`, lines.map((line) => `${line}\n`).join(''))
    renameSync(`${metrics}.new`, metrics)
  })
}
