import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../makeFolder.ts'
import { attempt } from './attempt.ts'

/** Writes a file, and its folder, as a whole: whoever reads it, also after a crash, finds what was there or what is new. @throws UsageError */
export function writeWhole(file: string, content: string | Uint8Array): void {
  attempt(file, 'cannot be written', () => {
    makeFolder(dirname(file))
    const fd = openSync(`${file}.new`, 'w')
    try {
      writeFileSync(fd, content)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(`${file}.new`, file)
  })
}
