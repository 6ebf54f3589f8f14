import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATIONS } from './compileAddon.ts'
import { TENSORFLOW, TFJS_NODE } from './pins.ts'

/** What a finished build says about itself; only a whole one has it. */
const FILE = 'built.json'

const CONTENT = `${JSON.stringify({ tensorflow: TENSORFLOW.version, wheel: TENSORFLOW.sha256, tfjsNode: TFJS_NODE.version, operations: hashOfOperations() }, null, 2)}\n`

export function writeStamp(native: string): void {
  writeFileSync(join(native, FILE), CONTENT)
}

/** What is in the folder: nothing, a build from what is pinned now, one from something else, or files that are no build. */
export function stateOf(native: string): 'absent' | 'current' | 'outdated' | 'foreign' {
  if (!existsSync(native)) return 'absent'
  const file = join(native, FILE)
  if (!existsSync(file)) return 'foreign'
  return readFileSync(file, 'utf8') === CONTENT ? 'current' : 'outdated'
}

function hashOfOperations(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(OPERATIONS).sort())
    hash.update(name).update(readFileSync(join(OPERATIONS, name)))
  return hash.digest('hex')
}
