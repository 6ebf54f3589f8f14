import { statSync } from 'node:fs'
import { DataError, systemCode } from './errors.ts'

/**
 * Size of a file, in bytes. What is no regular file is refused before it is opened: reading a device may never end, and opening a pipe may never return.
 * @param advice - ends the sentence of an error: what to give instead
 * @throws DataError where there is none, where it is no regular file, and where it cannot be looked at
 */
export function sizeOfRegular(path: string, advice: string): number {
  let found
  try {
    found = statSync(path)
  } catch (cause) {
    const code = systemCode(cause)
    throw code === 'ENOENT'
      ? new DataError({ path, reason: 'missing', message: `There is no file ${path}: ${advice}.`, cause })
      : new DataError({ path, reason: 'unreadable', message: `${path} cannot be read (${code || String(cause)}): ${advice}.`, cause }) // prettier-ignore
  }
  if (found.isFile()) return found.size
  const kind = found.isDirectory() ? 'a folder' : found.isFIFO() || found.isSocket() ? 'a pipe' : 'a device'
  throw new DataError({
    path,
    reason: 'unreadable',
    message: `${path} is ${kind}, not a regular file: ${advice}.`,
  })
}
