import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')

type Diagnostic = { readonly code: string; readonly message: string; readonly filename: string }

let mirror = ''
let found: ReadonlyArray<Diagnostic> = []
let cycles: ReadonlyArray<Diagnostic> = []

/** Lints a folder laid out as this one, under this configuration; gives what oxlint found. */
function lint(folder: string, files: ReadonlyArray<readonly [path: string, code: string]>): Diagnostic[] {
  for (const config of ['.oxlintrc.json', 'tools/oxlint']) {
    cpSync(join(root, config), join(folder, config), { recursive: true })
  }
  for (const [path, code] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, [oxlint, '--format=json', 'src'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (!stdout.startsWith('{')) throw new Error(`oxlint gave no report: ${stdout}${stderr}`)
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] }
  expect(status === 0).toBe(diagnostics.length === 0)
  return diagnostics
}

const RESTRICTED = 'eslint(no-restricted-imports)'
const ONLY_DYNAMIC = 'rooms(only-dynamic)'

/** A file of each room, what it imports, and the rule that must object; null where nothing may. */
const imports: ReadonlyArray<readonly [room: string, from: string, rule: string | null]> = [
  ['', './ivp/solve.ts', null],
  ['', './bridge/index.ts', RESTRICTED],
  ['', './model/index.ts', RESTRICTED],
  ['', '@tensorflow/tfjs', RESTRICTED],
  ['', 'effect', RESTRICTED],

  ['ivp', './control/pid.ts', null],
  ['ivp/method', '../space/norm.ts', null],
  ['ivp', '../adjoint/vjp.ts', RESTRICTED],
  ['ivp', '../linear/expm.ts', RESTRICTED],
  ['ivp/method', '../../bridge/tensor.ts', RESTRICTED],
  ['ivp', '../model/index.ts', RESTRICTED],
  ['ivp', '../plot/index.ts', RESTRICTED],
  ['ivp', 'ml-matrix', RESTRICTED],
  ['ivp', 'effect', RESTRICTED],
  ['ivp', 'node:fs', RESTRICTED],
  ['ivp', 'solve-ivp/adjoint', RESTRICTED],

  ['linear', '../ivp/solve.ts', null],
  ['linear', 'ml-matrix', null],
  ['linear', '../adjoint/vjp.ts', RESTRICTED],
  ['linear', 'effect', RESTRICTED],
  ['linear', '@tensorflow/tfjs', RESTRICTED],

  ['adjoint', '../ivp/solve.ts', null],
  ['adjoint', '../bridge/tensor.ts', RESTRICTED],
  ['adjoint', '../linear/expm.ts', RESTRICTED],
  ['adjoint', '@tensorflow/tfjs', RESTRICTED],
  ['adjoint', 'effect', RESTRICTED],
  ['adjoint', 'ml-matrix', RESTRICTED],

  ['bridge', './tensor.ts', null],
  ['bridge', '../ivp/solve.ts', null],
  ['bridge', '../adjoint/vjp.ts', null],
  ['bridge', '../model/index.ts', RESTRICTED],
  ['bridge', '../plot/index.ts', RESTRICTED],
  ['bridge', '../linear/expm.ts', RESTRICTED],
  ['bridge', '@tensorflow/tfjs', RESTRICTED],
  ['bridge', '@tensorflow/tfjs-core', RESTRICTED],
  ['bridge', 'effect', RESTRICTED],
  ['bridge', '@tensorflow/tfjs-backend-wasm', ONLY_DYNAMIC],
  ['bridge', '@tensorflow/tfjs-node', ONLY_DYNAMIC],
  ['bridge', '@tensorflow/tfjs-node-gpu', ONLY_DYNAMIC],
  ['bridge', 'webgpu', ONLY_DYNAMIC],
  ['bridge', 'node:fs', ONLY_DYNAMIC],

  ['bridge/effect', 'effect', null],
  ['bridge/effect', 'effect/testing', null],
  ['bridge/effect', '../tensor.ts', null],
  ['bridge/effect', '../../ivp/solve.ts', null],
  ['bridge/effect', '@tensorflow/tfjs', RESTRICTED],
  ['bridge/effect', '@tensorflow/tfjs-node', ONLY_DYNAMIC],
  ['bridge/effect', '../../model/index.ts', RESTRICTED],

  ['model', '../bridge/tensor.ts', null],
  ['model/cli', '../../bridge/effect/index.ts', null],
  ['model', '../plot/index.ts', null],
  ['model/cli', 'effect/cli', null],
  ['model/cli', '@effect/platform-node', null],
  ['model', 'node:fs', null],
  ['model', 'node:fs/promises', null],
  ['model', '@tensorflow/tfjs', RESTRICTED],
  ['model', '@tensorflow/tfjs-node', RESTRICTED],
  ['model', '@observablehq/plot', RESTRICTED],
  ['model', '../ivp/solve.ts', RESTRICTED],
  ['model/cli', '../../adjoint/vjp.ts', RESTRICTED],
  ['model', '../linear/expm.ts', RESTRICTED],
  ['model', 'ml-matrix', RESTRICTED],

  ['model/study', 'ml-matrix', null],
  ['model/study', '../../bridge/tensor.ts', null],
  ['model/study', '@tensorflow/tfjs', RESTRICTED],
  ['model/study', '../../linear/expm.ts', RESTRICTED],

  ['plot', '@observablehq/plot', null],
  ['plot', 'linkedom', null],
  ['plot', '@resvg/resvg-js', null],
  ['plot', '../ivp/solve.ts', RESTRICTED],
  ['plot', '../ivp/check/optionNames.ts', null],
  ['plot', '../bridge/tensor.ts', RESTRICTED],
  ['plot', '../model/index.ts', RESTRICTED],
  ['plot', '@tensorflow/tfjs', RESTRICTED],
  ['plot', 'effect', RESTRICTED],
]

/** Files whose own path or content matters. */
const others: ReadonlyArray<readonly [path: string, code: string, rule: string | null]> = [
  ['src/bridge/tensor.ts', `export * as tf from '@tensorflow/tfjs'\n`, null],
  ['src/bridge/errors.ts', `export { Data } from 'effect'\n`, null],
  ['src/bridge/late.ts', `export const load = () => import('@tensorflow/tfjs-backend-wasm')\n`, null],
  ['src/bridge/lateNative.ts', `export const load = () => import('@tensorflow/tfjs-node')\n`, null],
  ['src/bridge/lateTfjs.ts', `export const load = () => import('@tensorflow/tfjs')\n`, RESTRICTED],
  ['src/ivp/lateTfjs.ts', `export const load = () => import('@tensorflow/tfjs')\n`, RESTRICTED],
  ['src/model/lateNode.ts', `export const load = () => import('@tensorflow/tfjs-node')\n`, RESTRICTED],
  [
    'src/ivp/typeOnly.ts',
    `import type { Effect } from 'effect'\nexport type E = Effect.Effect<1>\n`,
    RESTRICTED,
  ],
  ['src/ivp/reExport.ts', `export { run } from '../bridge/odeint.ts'\n`, RESTRICTED],
  [
    'src/ivp/typeQuery.ts',
    `export type E = import('effect').Effect.Effect<1>\n`,
    'typescript(consistent-type-imports)',
  ],
  ['src/ivp/whole.ts', `export default 1\n`, 'import(no-default-export)'],
  ...[
    'utils.ts',
    'utils/a.ts',
    'helpers/a.ts',
    'helper.ts',
    'common.ts',
    'misc/deep/a.ts',
    'step.utils.ts',
  ].map((path) => [`src/ivp/${path}`, 'export const a = 1\n', 'rooms(no-vague-path)'] as const),
  ['src/ivp/commonRoots.ts', 'export const a = 1\n', null],
]

const importer = (index: number, room: string): string => join('src', room, `case${index}.ts`)
const rules = (path: string): string[] => found.filter((d) => d.filename === path).map((d) => d.code)

beforeAll(() => {
  mirror = mkdtempSync(join(tmpdir(), 'solve-ivp-layers-'))
  found = lint(join(mirror, 'rooms'), [
    ...imports.map(([room, from], i) => [importer(i, room), `export { a } from '${from}'\n`] as const),
    ...others.map(([path, code]) => [path, code] as const),
  ])
  cycles = lint(join(mirror, 'cycle'), [
    ['src/ivp/a.ts', `import { b } from './b.ts'\nexport const a = (): number => b() + 1\n`],
    ['src/ivp/b.ts', `import { a } from './a.ts'\nexport const b = (): number => a() + 1\n`],
    ['src/ivp/c.ts', `import { a } from './a.ts'\nexport const c = a\n`],
  ])
})

afterAll(() => rmSync(mirror, { recursive: true, force: true }))

describe('a room imports only what its layer allows', () => {
  test.each(imports.map((c, i) => [c[0] || '.', c[1], c[2], i] as const))(
    'src/%s from %s: %s',
    (room, _, rule, i) => {
      expect(rules(importer(i, room))).toEqual(rule === null ? [] : [rule])
    },
  )
})

describe('what a file is and how it imports', () => {
  test.each(others)('%s', (path, _, rule) => {
    expect(rules(path)).toEqual(rule === null ? [] : [rule])
  })
})

test('a cycle is found at each of its members, and only there', () => {
  expect(cycles.map((d) => `${d.filename} ${d.code}`).sort()).toEqual([
    'src/ivp/a.ts import(no-cycle)',
    'src/ivp/b.ts import(no-cycle)',
  ])
})

test('a clean tree passes', () => {
  const clean = lint(join(mirror, 'clean'), [
    ['src/index.ts', `export { solve } from './ivp/solve.ts'\n`],
    ['src/ivp/solve.ts', 'export const solve = (): number => 1\n'],
    ['src/bridge/tensor.ts', `export * as tf from '@tensorflow/tfjs'\n`],
    ['src/model/train.ts', `import { tf } from '../bridge/tensor.ts'\nexport const train = tf.add\n`],
  ])
  expect(clean).toEqual([])
})
