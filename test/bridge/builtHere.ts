import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { builtFolder } from '../../src/bridge/builtTensorflow.ts'

/** Whether `npm run native` has built the native backend where these tests look for it; those that need it are skipped otherwise. */
export const IS_BUILT: boolean = existsSync(join(builtFolder(), 'built.json'))
