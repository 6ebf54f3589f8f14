import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const BRIDGE = new URL('../../src/bridge/index.ts', import.meta.url).href

/** What a process of its own said after choosing a backend. */
export interface Chosen {
  readonly name?: string
  readonly reason?: string
  readonly tried?: ReadonlyArray<{ readonly name: string; readonly reason: string }>
  readonly message?: string
  /** Kernels that are registered for native TensorFlow. */
  readonly kernels: number
  /** Which of the predicates that Node took away its `util` has. */
  readonly predicates: ReadonlyArray<string>
  readonly logLevel: string | null
  /** What the packages wrote to `globalThis.said`. */
  readonly said: ReadonlyArray<unknown>
}

/** Chooses a backend in a process of its own where the given packages, CommonJS sources by name, are installed; nothing is built unless `env` names it. */
export function chooseWith(
  wish: string,
  packages: Readonly<Record<string, string>> = {},
  env: NodeJS.ProcessEnv = {},
): Chosen {
  const project = mkdtempSync(join(tmpdir(), 'solve-ivp-backend-'))
  try {
    const entries = Object.entries(packages).map(([name, code]) => {
      const folder = join(project, 'node_modules', name)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, main: 'index.js' }))
      writeFileSync(join(folder, 'index.js'), code)
      // A tfjs of the package's own, as npm installs it where versions differ
      const second = join(folder, 'node_modules/@tensorflow/tfjs')
      mkdirSync(second, { recursive: true })
      writeFileSync(join(second, 'index.js'), `throw new Error('a second tfjs was loaded')`)
      return [name, pathToFileURL(join(folder, 'index.js')).href]
    })
    const script = join(project, 'choose.mjs')
    writeFileSync(
      script,
      `import { registerHooks } from 'node:module'
import util from 'node:util'
const installed = new Map(${JSON.stringify(entries)})
registerHooks({ resolve: (specifier, context, next) => next(installed.get(specifier) ?? specifier, context) })
globalThis.said = []
const { chooseBackend } = await import(${JSON.stringify(BRIDGE)})
const { tf } = await import(${JSON.stringify(new URL('tensor.ts', BRIDGE).href)})
const outcome = await chooseBackend(${JSON.stringify(wish)}).catch(({ message, tried }) => ({ message, tried }))
console.log(JSON.stringify({
  ...outcome,
  kernels: tf.getKernelsForBackend('tensorflow').length,
  predicates: ['isNullOrUndefined', 'isArray'].filter((name) => name in util),
  logLevel: process.env.TF_CPP_MIN_LOG_LEVEL ?? null,
  said: globalThis.said,
}))`,
    )
    const { SOLVE_IVP_NATIVE: _, TF_CPP_MIN_LOG_LEVEL: __, ...inherited } = process.env
    const stdout = execFileSync(process.execPath, ['--no-warnings', script], {
      encoding: 'utf8',
      env: { ...inherited, SOLVE_IVP_NATIVE: project, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { ...(JSON.parse(stdout.trim().split('\n').at(-1)!) as Chosen) }
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}
