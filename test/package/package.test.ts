import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

let work = ''
let project = ''
let packed: ReadonlyArray<string> = []

const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs a script of the installing project and reads the JSON that it prints. */
function runScript(name: string, code: string): unknown {
  writeFileSync(join(project, name), code)
  return JSON.parse(run(project, process.execPath, name))
}

// Built, packed and installed elsewhere: a `dist` that another command is writing is neither used nor disturbed.
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'solve-ivp-package-'))
  const source = join(work, 'source')
  project = join(work, 'project')
  mkdirSync(source)
  mkdirSync(project)
  for (const file of ['package.json', 'LICENSE', 'CHANGELOG.md', 'README.md', 'test']) {
    if (existsSync(join(root, file))) cpSync(join(root, file), join(source, file), { recursive: true })
  }
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  run(root, process.execPath, tsc, '-p', 'tsconfig.build.json', '--outDir', join(source, 'dist'))
  run(root, process.execPath, 'tools/bundleSolver.mjs', join(source, 'dist'))

  const [tarball] = JSON.parse(
    run(source, 'npm', 'pack', '--json', '--ignore-scripts', '--loglevel=error'),
  ) as [{ filename: string; files: { path: string }[] }]
  packed = tarball.files.map((file) => file.path)

  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }')
  const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error']
  run(project, 'npm', 'install', ...quiet, join(source, tarball.filename))
}, 180_000)

afterAll(() => rmSync(work, { recursive: true, force: true }))

const solve = `const { t, y, success } = solveIvp((t, y) => [-y[0]], [0, 1], [1])
console.log(JSON.stringify({ tEnd: t.at(-1), yEnd: y[0].at(-1), success }))\n`

const solved = { tEnd: 1, yEnd: expect.closeTo(Math.exp(-1), 3), success: true }

test('brings no dependency along', () => {
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'solve-ivp',
  ])
})

test.each(['solve-ivp', 'solve-ivp/ivp'])('%s is imported and solves', (entry) => {
  expect(runScript('import.mjs', `import { solveIvp } from '${entry}'\n${solve}`)).toEqual(solved)
})

test('the pure solver is one file behind its entry: reading many takes longer than running them', () => {
  const ivp = join(project, 'node_modules/solve-ivp/dist/ivp')
  const importedBy = (file: string): string[] =>
    [...readFileSync(join(ivp, file), 'utf8').matchAll(/^(?:import|export)\b.* from ["'](.+)["']/gm)].map(
      ([, path]) => path!,
    )
  expect(importedBy('index.js')).toEqual(['./solver.js'])
  expect(importedBy('solver.js')).toEqual([])
})

test('is required from CommonJS and solves', () => {
  expect(runScript('require.cjs', `const { solveIvp } = require('solve-ivp')\n${solve}`)).toEqual(solved)
})

test('is compiled in a project of 2022 for browsers, which checks declarations too', () => {
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    types: [],
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['solve.mts'] }))
  writeFileSync(
    join(project, 'solve.mts'),
    `import { RK45 } from 'solve-ivp'
import { solveWithPullback } from 'solve-ivp/adjoint'
const solver = new RK45((t, y) => [-y[0]!], 0, [1], 1)
solver.dispose()
export const n: number = solver.y.length
export { solveWithPullback }\n`,
  )
  expect(run(project, process.execPath, join(root, 'node_modules/typescript/bin/tsc'))).toBe('')
})

test('the adjoint entry loads without any peer', () => {
  const names = runScript(
    'adjoint.mjs',
    `console.log(JSON.stringify(Object.keys(await import('solve-ivp/adjoint'))))`,
  )
  expect(names).not.toEqual([])
})

test('the linear entry works with its peer, ml-matrix', () => {
  symlinkSync(join(root, 'node_modules/ml-matrix'), join(project, 'node_modules/ml-matrix'), 'dir')
  const rows = runScript(
    'linear.mjs',
    `import { Matrix } from 'ml-matrix'
import { expm } from 'solve-ivp/linear'
console.log(JSON.stringify(expm(new Matrix([[0, 1], [0, 0]])).to2DArray()))\n`,
  )
  expect(rows).toEqual([
    [1, 1],
    [0, 1],
  ])
})

test('the pure entry loads nothing but its own files, dynamic imports of a solve included', () => {
  const specifiers = runScript(
    'trace.mjs',
    `import { registerHooks } from 'node:module'
const specifiers = []
registerHooks({ resolve: (specifier, context, next) => (specifiers.push(specifier), next(specifier, context)) })
const { solveIvp } = await import('solve-ivp')
solveIvp((t, y) => [-y[0]], [0, 1], [1])
console.log(JSON.stringify(specifiers))\n`,
  ) as string[]
  expect(specifiers).toContain('solve-ivp')
  expect(specifiers.filter((s) => s !== 'solve-ivp' && !s.startsWith('.'))).toEqual([])
})

test('the tarball holds what is built and nothing else', () => {
  expect(packed).toEqual(
    expect.arrayContaining(['package.json', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
  )
  const expected = /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|dist\/.+\.(js|d\.ts|js\.map|wasm|json))$/
  expect(packed.filter((path) => !expected.test(path) || /\.test\.|(^|\/)tests?\//.test(path))).toEqual([])
})
