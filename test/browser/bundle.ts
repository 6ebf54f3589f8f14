import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where the wasm backend's binaries lie: a page needs them beside it. */
export const wasmFolder: string = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')

/** Compiles this package into `folder`/node_modules, with the installed tfjs and Observable Plot beside it: a project that depends on all three. */
export function makeProject(folder: string): void {
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'solve-ivp')
  mkdirSync(own, { recursive: true })
  cpSync(join(root, 'package.json'), join(own, 'package.json'))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(own, 'dist')], {
    cwd: root,
  })
  for (const scope of ['@tensorflow', '@observablehq'])
    symlinkSync(join(root, 'node_modules', scope), join(modules, scope), 'dir')
}

/** One script for a browser, and what the bundler had to say. */
export interface Bundle {
  readonly code: string
  /** Modules that the script still wants from elsewhere; a browser has none of them. */
  readonly imports: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
}

/**
 * Bundles an entry of a project made by `makeProject`.
 * @param entry - source of the entry; modules of this folder by `here`
 */
export async function bundle(
  project: string,
  name: string,
  entry: (here: string) => string,
): Promise<Bundle> {
  const input = join(project, `${name}.js`)
  writeFileSync(input, entry(fileURLToPath(new URL('.', import.meta.url))))
  const warnings: string[] = []
  const build = await rolldown({
    input,
    cwd: project,
    platform: 'browser',
    onLog: (_level, { message }) => void warnings.push(message),
  })
  const { output } = await build.generate({ format: 'es', codeSplitting: false })
  await build.close()
  const [{ code, imports }] = output
  return { code, imports, warnings }
}
