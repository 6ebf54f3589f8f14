#!/usr/bin/env node
/** Entry of the `odenet` command: says in one sentence that Node is too old, or which packages are missing. */
import { oldNode } from './nodeVersion.ts'
import { missingPackages } from './packages.ts'

const obstacle = oldNode(process.versions.node) ?? missingPackages()
if (obstacle === null) await import('./odenet.ts')
else {
  console.error(`odenet: ${obstacle}`)
  process.exitCode = 1
}
