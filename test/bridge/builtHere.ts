import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { builtFolder } from '../../src/bridge/builtTensorflow.ts'
import { skipUnless } from '../skipUnless.ts'

/** For `describe.skipIf`: tests of the native backend, by a title, where it was not built. */
export const unbuilt = (what: string): boolean =>
  skipUnless(
    existsSync(join(builtFolder(), 'built.json')),
    what,
    `npm run native has built nothing in ${builtFolder()}`,
  )
