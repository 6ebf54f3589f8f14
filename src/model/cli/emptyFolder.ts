import { readdirSync } from 'node:fs'
import { makeFolder } from '../makeFolder.ts'
import { attempt } from './attempt.ts'
import { UsageError } from './usageError.ts'

/** Makes the folder of a new run or comparison. @throws UsageError for one that holds files */
export function makeEmptyFolder(path: string, of: 'run' | 'comparison'): void {
  attempt(path, 'cannot be created', () => makeFolder(path))
  if (attempt(path, 'cannot be read', () => readdirSync(path)).length === 0) return
  throw new UsageError(
    `--out ${path} is not empty: choose another folder, or continue the ${of} in it with --resume ${path}.`,
    1,
  )
}
