import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CommandFailure } from '../command/failure.ts'
import { TENSORFLOW, TFJS_NODE } from './pins.ts'

export interface Options {
  /** Absolute path of the folder to build. */
  readonly out: string
  readonly force: boolean
  readonly help: boolean
}

/** Where `solve-ivp` looks without being told. */
export const DEFAULT_FOLDER: string = fileURLToPath(new URL('../../native', import.meta.url))

export const HELP: string = `npm run native [-- OPTIONS]

Builds the native TensorFlow backend of tfjs (tfjs-node ${TFJS_NODE.version} on TensorFlow ${TENSORFLOW.version}, CPU) into the folder native/,
where \`--backend auto\` and \`--backend tensorflow\` find it. Needs Linux on x86-64, python3 with pip, and g++.
Where the backend is there already, it is checked and nothing is downloaded.

  --force       build it again
  --out FOLDER  build it into another folder; name that in the environment variable SOLVE_IVP_NATIVE
  --help        this text

Exit codes: 0 it is there and works, 1 the build failed, 2 wrong options, 3 something needed is missing here, 4 a download failed.`

/** @throws CommandFailure of kind 'usage' */
export function readOptions(args: ReadonlyArray<string>): Options {
  const options = {
    out: { type: 'string', default: DEFAULT_FOLDER },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const
  try {
    const { values } = parseArgs({ args: [...args], options })
    return { ...values, out: resolve(values.out) }
  } catch (error) {
    throw new CommandFailure('usage', `${(error as Error).message}\n\n${HELP}`)
  }
}
