import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert, describe, it } from 'vitest'
import { oldNode } from '../../../src/model/cli/nodeVersion.ts'
import { ownPackage } from '../../../src/model/cli/ownPackage.ts'
import {
  missingPackages,
  OF_EVERY_COMMAND,
  OF_SOME_COMMANDS,
  withPackages,
} from '../../../src/model/cli/packages.ts'

const CLI = fileURLToPath(new URL('../../../src/model/cli/', import.meta.url))

/** The packages that a file imports when it is imported, through all that it imports itself. */
function packagesOf(file: string, seen = new Set<string>(), found = new Set<string>()): Set<string> {
  if (seen.has(file)) return found
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^'"]*from '([^']+)'/gm)
  for (const [, from] of imports) {
    if (from!.startsWith('.')) packagesOf(join(dirname(file), from!), seen, found)
    else if (!from!.startsWith('node:')) found.add(/^(?:@[^/]+\/)?[^/]+/.exec(from!)![0])
  }
  return found
}

describe('the packages that the command asks for', () => {
  it('are those that it imports, and the two that plots load when they draw', () => {
    const imported = packagesOf(join(CLI, 'odenet.ts'))
    assert.isAbove(imported.size, 3)
    assert.sameMembers([...OF_EVERY_COMMAND], [...imported, 'linkedom', '@resvg/resvg-js'])
    // Its studies run in a thread
    const ofCompare = ['compare.ts', 'studyWorker.ts'].flatMap((file) => [...packagesOf(join(CLI, file))])
    const more = [...new Set(ofCompare)].filter((name) => !imported.has(name))
    assert.deepEqual(more, ['ml-matrix'])
    const { peerDependencies } = ownPackage()
    for (const name of [...OF_EVERY_COMMAND, ...OF_SOME_COMMANDS]) assert.property(peerDependencies, name)
  })

  it('are all here, so that nothing is said', async () => {
    assert.isNull(missingPackages())
    assert.equal(await withPackages(['ml-matrix'], () => Promise.resolve(3)), 3)
  })
})

describe('the version of Node', () => {
  it('is held against the least one of package.json, part by part', () => {
    for (const old of ['22.18.9', '20.20.2', '8.0.0', '22.3.0'])
      assert.match(oldNode(old)!, /^needs Node 22\.19 or newer, and this is Node /)
    for (const fine of ['22.19.0', '22.20.1', '24.0.0', '100.1.0', process.versions.node])
      assert.isNull(oldNode(fine))
  })
})
