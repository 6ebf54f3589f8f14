import { execFileSync, spawnSync } from 'node:child_process'
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
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

let work = ''
let source = ''
let project = ''
let packed: ReadonlyArray<string> = []

const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs a script of the installing project and reads the JSON that it prints. */
function runScript(name: string, code: string): unknown {
  writeFileSync(join(project, name), code)
  return JSON.parse(run(project, process.execPath, name))
}

/** What a clone of this tree would hold: every file that git has or would take, nothing that was built. */
function cloneTo(folder: string): void {
  const files = run(root, 'git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  for (const file of files) {
    // Large, and no part of the package
    if (file === '' || /^(node_modules$|notebooks\/|results\/|bench\/results\/|test\/)/.test(file)) continue
    if (!existsSync(join(root, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
}

const hasGit = spawnSync('git', ['rev-parse', '--git-dir'], { cwd: root }).status === 0

// Packed from a clone and installed elsewhere: a `dist` that another command is writing is neither used nor disturbed.
beforeAll(() => {
  if (!hasGit) return console.warn('The tests of the package are skipped: they need the git repository.')
  work = mkdtempSync(join(tmpdir(), 'solve-ivp-package-'))
  source = join(work, 'source')
  project = join(work, 'project')
  mkdirSync(source)
  mkdirSync(project)
  cloneTo(source)
  const [tarball] = JSON.parse(run(source, 'npm', 'pack', '--json', '--loglevel=error')) as [
    { filename: string; files: { path: string }[] },
  ]
  packed = tarball.files.map((file) => file.path)

  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }')
  const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error']
  run(project, 'npm', 'install', ...quiet, join(source, tarball.filename))
}, 300_000)

afterAll(() => work !== '' && rmSync(work, { recursive: true, force: true }))

const solve = `const { t, y, success } = solveIvp((t, y) => [-y[0]], [0, 1], [1])
console.log(JSON.stringify({ tEnd: t.at(-1), yEnd: y[0].at(-1), success }))\n`

const solved = { tEnd: 1, yEnd: expect.closeTo(Math.exp(-1), 3), success: true }

describe.skipIf(!hasGit)('packed from a clean clone', () => {
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

  test('the tarball holds what package.json names, what is built, and nothing else', () => {
    const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>
      bin: Record<string, string>
    }
    const named = [...Object.values(exports), bin].flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    expect(named.length).toBeGreaterThan(15)
    expect(packed).toEqual(
      expect.arrayContaining(['LICENSE', ...named.map((path) => path.replace(/^\.\//, ''))]),
    )
    const expected =
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|dist\/.+\.(js|d\.ts|js\.map|wasm|json))$/
    expect(packed.filter((path) => !expected.test(path) || /\.test\.|(^|\/)tests?\//.test(path))).toEqual([])
  })

  test('every source map holds its sources, and no path of the machine that packed it', () => {
    const own = join(project, 'node_modules/solve-ivp')
    const maps = packed.filter((path) => path.endsWith('.map'))
    expect(maps.length).toBeGreaterThan(100)
    for (const map of maps) {
      const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(own, map), 'utf8')) as {
        sources: string[]
        sourcesContent?: (string | null)[]
      }
      expect([map, sourcesContent.length]).toEqual([map, sources.length])
      expect([map, sourcesContent.every((text) => typeof text === 'string')]).toEqual([map, true])
      expect(sources.filter((path) => !path.startsWith('..'))).toEqual([])
    }
  })

  /** Puts packages into the project, as npm would, from those that are installed here. */
  function install(...names: string[]): void {
    for (const name of names) {
      const place = join(project, 'node_modules', name)
      if (existsSync(place)) continue
      mkdirSync(dirname(place), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), place, 'dir')
    }
  }

  const choose = `import { chooseBackend } from 'solve-ivp/bridge'
const { message, reason } = await chooseBackend('wasm').catch((error) => error)
console.log(JSON.stringify(message ?? reason))\n`

  test('a backend whose package is missing is named with the command that installs it, which helps', () => {
    install('@tensorflow/tfjs')
    const wasm = '@tensorflow/tfjs-backend-wasm'
    expect(runScript('choose.mjs', choose)).toBe(
      `No tfjs backend for 'wasm' could be loaded (${wasm}: not installed). Install what is missing: \`npm install ${wasm}\`. Or choose 'auto' or 'cpu'.`,
    )
    install(wasm)
    expect(runScript('choose.mjs', choose)).toBe('WebAssembly on the CPU; as asked for')
  }, 60_000)

  test('a plot without linkedom says so, and is drawn with it', () => {
    install('@observablehq/plot')
    const draw = `import { linePlot, toPng } from 'solve-ivp/plot'
const attempt = (body) => { try { return body() } catch ({ reason, message }) { return [reason, message] } }
const svg = attempt(() => linePlot({ title: 'A', x: { label: 'x' }, y: { label: 'y' }, curves: [{ x: [0, 1], y: [0, 1] }] }))
console.log(JSON.stringify([svg, attempt(() => toPng('<svg/>'))]))\n`
    const needs = (what: string, name: string): unknown => [
      'notInstalled',
      `${what} needs the package ${name}, which is not installed: \`npm install ${name}\`.`,
    ]
    expect(runScript('draw.mjs', draw)).toEqual([
      needs('Drawing a plot outside of a browser', 'linkedom'),
      needs('toPng', '@resvg/resvg-js'),
    ])
    install('linkedom', '@resvg/resvg-js')
    expect(runScript('draw.mjs', draw)).toEqual([
      expect.stringMatching(/^<svg .*<\/svg>$/s),
      expect.anything(),
    ])
  }, 60_000)

  describe('the command odenet', () => {
    const command = (args: string[], ...node: string[]): { status: number | null; said: string } => {
      const main = join(project, 'node_modules/solve-ivp/dist/model/cli/main.js')
      const { status, stdout, stderr } = spawnSync(process.execPath, [...node, main, ...args], {
        encoding: 'utf8',
      })
      return { status, said: stdout + stderr }
    }

    test('names every package that is missing and one command for all of them, which helps', () => {
      const { status, said } = command(['train'])
      expect(status).toBe(1)
      const [, listed, wanted] = /^odenet: needs packages that are not installed: (.*)\. Install them with: npm install (.*)\n$/.exec(said)! // prettier-ignore
      const names = listed!.split(', ')
      expect(names).toEqual(
        expect.arrayContaining(['effect', '@effect/platform-node', 'pure-rand', 'fast-png']),
      )
      expect(wanted!.split(' ').map((name) => name.slice(0, name.lastIndexOf('@')))).toEqual(names)
      install(...names)
      expect(command(['train', '--help'])).toMatchObject({
        status: 0,
        said: expect.stringContaining('USAGE'),
      })
    }, 60_000)

    test('says which Node it needs where this one is too old', () => {
      const faked = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`
      const { status, said } = command(
        ['train'],
        '--import',
        `data:text/javascript,${encodeURIComponent(faked)}`,
      )
      expect(status).toBe(1)
      expect(said).toBe(
        'odenet: needs Node 22.19 or newer, and this is Node 20.20.2: install a newer one (https://nodejs.org), then run the command again.\n',
      )
    })
  })

  test('Vite builds a page with tensors and plots without a word of warning', () => {
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    writeFileSync(join(project, 'index.html'), '<script type="module" src="/page.js"></script>')
    writeFileSync(
      join(project, 'page.js'),
      `import { solveIvp } from 'solve-ivp'
import { chooseBackend, odeint } from 'solve-ivp/bridge'
import * as layers from 'solve-ivp/model/layers'
import { linePlot } from 'solve-ivp/plot'
globalThis.all = { solveIvp, chooseBackend, odeint, layers, linePlot }\n`,
    )
    install('@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@observablehq/plot')
    const limits = { build: { chunkSizeWarningLimit: 1e5 } }
    writeFileSync(join(project, 'vite.config.mjs'), `export default ${JSON.stringify(limits)}`)
    const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build'], { cwd: project, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } }) // prettier-ignore
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).not.toMatch(/warn|\(!\)|externalized|doesn't exist/i)
  }, 120_000)
})
