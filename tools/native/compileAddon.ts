import { globSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastLines, run } from '../command/run.ts'
import { CommandFailure } from '../command/failure.ts'
import { LIBRARIES } from './fetchTensorflow.ts'
import { NODE_API } from './pins.ts'

/** Operations of our own, which register themselves with TensorFlow when the addon is loaded. */
export const OPERATIONS: string = fileURLToPath(new URL('operations', import.meta.url))

/**
 * Compiles tfjs-node's addon and our operations against the unpacked wheel and lays both where tfjs-node looks for them: `lib/napi-v8` and, relative to that,
 * `deps/lib`. Needs no node-gyp: an addon is a shared library.
 * @param wheel - folder with the unpacked wheel; its libraries are moved away
 */
export async function compileAddon(wheel: string, native: string, signal: AbortSignal): Promise<void> {
  const binding = join(native, 'tfjs-node')
  const [deps, lib] = [join(binding, 'deps/lib'), join(binding, `lib/napi-v${NODE_API}`)]
  mkdirSync(deps, { recursive: true })
  mkdirSync(lib, { recursive: true })
  for (const name of LIBRARIES) renameSync(join(wheel, 'tensorflow', name), join(deps, name))
  const headers = [
    binding,
    join(wheel, 'tensorflow/include'),
    join(native, 'node_modules/node-api-headers/include'),
  ]
  const ended = await run(
    'g++',
    [
      '-std=c++17',
      '-O3',
      // Products and sums are rounded one by one, as on flat arrays
      '-ffp-contract=off',
      '-pthread',
      '-fPIC',
      '-shared',
      `-DNAPI_VERSION=${NODE_API}`,
      '-DBUILDING_NODE_EXTENSION',
      ...headers.map((folder) => `-I${folder}`),
      ...globSync('binding/*.cc', { cwd: binding }).sort(),
      ...globSync(join(OPERATIONS, '*.cc')).sort(),
      '-o',
      join(lib, 'tfjs_binding.node'),
      `-L${deps}`,
      ...LIBRARIES.map((name) => `-l:${name}`),
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ],
    { cwd: binding, signal },
  )
  if (ended.code !== 0) throw new CommandFailure('failed', `g++ failed:\n${lastLines(ended, 30)}`)
  for (const sources of ['binding', 'src', 'python', 'scripts', 'binding.gyp']) {
    rmSync(join(binding, sources), { recursive: true, force: true })
  }
}
