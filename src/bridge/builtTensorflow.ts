/** The native backend that `npm run native` builds: where it is, and how it is loaded. */
import { withSharedTfjs } from './sharedTfjs.ts'

/** Names the folder with the native backend, for projects that have solve-ivp installed. */
export const NATIVE_FOLDER_VARIABLE = 'SOLVE_IVP_NATIVE'

/** Entry of the backend below its folder. */
const ENTRY = 'tfjs-node/dist/index.js'

/** No native backend was built where it is looked for. */
export class NotBuilt extends Error {
  override readonly name = 'NotBuilt'
  readonly _tag = 'NotBuilt'
  readonly folder: string

  constructor(folder: string) {
    const variable = process.env[NATIVE_FOLDER_VARIABLE] ? `, which ${NATIVE_FOLDER_VARIABLE} names` : ''
    super(`nothing was built in ${folder}${variable}`)
    this.folder = folder
  }
}

/** The folder that `SOLVE_IVP_NATIVE` names; without it `native` beside the sources, where `npm run native` puts it. */
export function builtFolder(): string {
  const { fileURLToPath } = process.getBuiltinModule('node:url')
  const { resolve } = process.getBuiltinModule('node:path')
  const named = process.env[NATIVE_FOLDER_VARIABLE]
  // By a name of its own: bundlers take `new URL(text, import.meta.url)` for a file to bring along
  const here = import.meta.url
  return named ? resolve(named) : fileURLToPath(new URL('../../native', here))
}

/**
 * Loads the backend in a folder on the tfjs of this project; it registers itself as 'tensorflow'.
 * @throws NotBuilt where there is none; whatever the addon throws when it does not load
 */
export async function loadBuilt(folder: string): Promise<void> {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const { join } = process.getBuiltinModule('node:path')
  const { pathToFileURL } = process.getBuiltinModule('node:url')
  const { createRequire } = process.getBuiltinModule('node:module')
  const entry = join(folder, ENTRY)
  if (!existsSync(entry)) throw new NotBuilt(folder)
  const within = pathToFileURL(join(folder, 'tfjs-node/')).href
  await withSharedTfjs(
    (url) => url.startsWith(within),
    () => void createRequire(import.meta.url)(entry),
  )
}
