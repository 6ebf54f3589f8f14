import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sizeOfRegular } from '../regularFile.ts'
import { attempt } from './attempt.ts'
import { withInfinity, withoutNames } from './jsonFile.ts'
import { UsageError } from './usageError.ts'
import { writeWhole } from './wholeFile.ts'

/** Of the files with a seal. Those of version 1 have neither number nor seal. */
const FORMAT = 2

const ADVICE = 'restore it from a copy, or start the run again'

/** The seal of a file, beside the fields of its content. */
interface Seal {
  readonly format: number
  /** Of the content as JSON without white space, in hexadecimal. */
  readonly sha256: string
}

/** Writes an object as JSON with the number of its format and its checksum, as a whole. @throws UsageError */
export function writeSealed(file: string, content: object, space?: number): void {
  const text = JSON.stringify(content, withInfinity)
  const seal: Seal = { format: FORMAT, sha256: digest(text) }
  writeWhole(file, `${JSON.stringify({ ...seal, ...(JSON.parse(text) as object) }, null, space)}\n`)
}

/**
 * Reads what `writeSealed` wrote, or an earlier version without a seal.
 * @throws UsageError, DataError for a file that is cut off, was changed, or was written by a later version
 */
export function readSealed<T extends object>(file: string): T {
  sizeOfRegular(file, ADVICE)
  const text = attempt(file, 'cannot be read', () => readFileSync(file, 'utf8'))
  const { format, sha256, ...content } = parsed(file, text)
  if (format !== undefined) {
    if (format !== FORMAT) {
      throw new UsageError(
        `${file} has the format ${String(format)}, and this version of odenet reads ${FORMAT}: use the version that wrote it.`,
        1,
      )
    }
    if (sha256 !== digest(JSON.stringify(content))) {
      throw new UsageError(`${file} is not as it was written (its checksum differs): ${ADVICE}.`, 1)
    }
  }
  return JSON.parse(JSON.stringify(content), withoutNames) as T
}

function parsed(file: string, text: string): Partial<Seal> & { readonly [name: string]: unknown } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError(`${file} is cut off or damaged: ${ADVICE}.`, 1)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new UsageError(`${file} is no file of odenet: ${ADVICE}.`, 1)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
