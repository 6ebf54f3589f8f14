import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  promises,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DataError, systemCode } from './errors.ts'
import { formatRecord, parseRecord, type RunRecord } from './runRecord.ts'
import { makeFolder } from './makeFolder.ts'

export type { RunRecord, StepRecord } from './runRecord.ts'

/**
 * Appends records to a metrics file, one line of JSON each. Every line is with the operating system when `write`
 * returns, so others see it and a crash of this process cannot lose it; closing waits for the disk.
 *
 * The file and its folder are made if they do not exist. What a crash left of a last line is cut off on opening.
 */
export class MetricsWriter {
  readonly path: string
  #fd: number | null

  /** @throws DataError when the file cannot be opened, or ends in something that is no record */
  constructor(path: string) {
    this.path = path
    this.#fd = unlessRefused(path, () => {
      makeFolder(dirname(path))
      return openSync(path, 'a+')
    })
    try {
      unlessRefused(path, () => mendLastLine(path, this.#fd!))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /**
   * Appends one record.
   * @throws DataError when the disk refuses or the writer is closed
   */
  write(record: RunRecord): void {
    const fd = this.#fd
    if (fd === null) {
      throw new DataError({
        path: this.path,
        reason: 'unwritable',
        message: `The metrics file ${this.path} is closed already: write before close().`,
      })
    }
    unlessRefused(this.path, () => writeFileSync(fd, `${formatRecord(record)}\n`))
  }

  /** Releases the file; a second call does nothing. */
  close(): void {
    const fd = this.#fd
    if (fd === null) return
    this.#fd = null
    try {
      fsyncSync(fd)
    } catch {
      // Pipes and some network disks have no fsync; the lines are written all the same.
    } finally {
      closeSync(fd)
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/**
 * Reads a metrics file. A last line that was not written to its end is left out: a run may be going on, or have died.
 * @returns the records in the order in which they were written
 * @throws DataError (as a rejection) when the file is missing or unreadable, or a whole line is no record
 */
export async function readMetrics(path: string): Promise<RunRecord[]> {
  let text: string
  try {
    text = await promises.readFile(path, 'utf8')
  } catch (cause) {
    const missing = systemCode(cause) === 'ENOENT'
    throw new DataError({
      path,
      reason: missing ? 'missing' : 'unreadable',
      message: missing
        ? `There is no metrics file ${path}: give the folder of a run that has started.`
        : `${path} cannot be read (${systemCode(cause) || String(cause)}): give a metrics file that this user may read.`,
      cause,
    })
  }
  const lines = text.split('\n')
  const records: RunRecord[] = []
  for (const [i, line] of lines.entries()) {
    const record = parseRecord(line)
    if (record) records.push(record)
    else if (i < lines.length - 1) {
      throw new DataError({
        path,
        reason: 'record',
        message: `Line ${i + 1} of ${path} is no record of a run: remove the line, or give another metrics file.`,
      })
    }
  }
  return records
}

/** Makes an opened file end with a line break: completes a last line that is whole, cuts off one that is not. */
function mendLastLine(path: string, fd: number): void {
  if (fstatSync(fd).size === 0) return
  const bytes = readFileSync(path)
  const start = bytes.lastIndexOf('\n') + 1
  const tail = bytes.toString('utf8', start)
  if (tail === '') return
  if (parseRecord(tail)) writeFileSync(fd, '\n')
  else if (tail.startsWith('{')) ftruncateSync(fd, start)
  else {
    throw new DataError({
      path,
      reason: 'record',
      message: `${path} ends in a line that is no record of a run: give another file to write metrics to.`,
    })
  }
}

/** Runs file operations; what the system refuses becomes a DataError. */
function unlessRefused<A>(path: string, act: () => A): A {
  try {
    return act()
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw new DataError({
      path,
      reason: 'unwritable',
      message: `The metrics file ${path} cannot be written (${systemCode(cause) || String(cause)}): give --out a folder that this user may write to.`,
      cause,
    })
  }
}
