import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../makeFolder.ts'
import { asTyped } from './asTyped.ts'
import { attempt } from './attempt.ts'
import { isOfLock } from './folderLock.ts'
import { UsageError } from './usageError.ts'

const COMMANDS = { run: 'train', comparison: 'compare' } as const

/**
 * Makes the folder of a new run or comparison.
 * @param kept - the file that tells that one was begun there
 * @throws UsageError for a folder that holds files
 */
export function makeEmptyFolder(path: string, of: keyof typeof COMMANDS, kept: string): void {
  attempt(path, 'cannot be created', () => makeFolder(path))
  const names = attempt(path, 'cannot be read', () => readdirSync(path))
  if (names.every(isOfLock)) return
  const other = existsSync(join(path, kept))
    ? `, or continue the ${of} in it with: ${asTyped(COMMANDS[of], '--resume', path)}`
    : '.'
  throw new UsageError(`--out ${path} is not empty: choose another folder${other}`, 1)
}
