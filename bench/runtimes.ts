/**
 * Where does a pack from a clean clone work? In a fresh project under Node 22 and 24, Deno and Bun, and bundled by Vite; the runtimes come from npm.
 * Command: node bench/runtimes.ts; needs the registry, downloads about 1 GB into a temporary folder; writes bench/results/runtimes.json.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeResult } from './lib/report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'solve-ivp-runtimes-'))

/** Every entry at work; prints one line of JSON. */
const CHECK = `
import { solveIvp } from 'solve-ivp'
import { solveWithPullback } from 'solve-ivp/adjoint'
import { expm } from 'solve-ivp/linear'
import { chooseBackend, odeint } from 'solve-ivp/bridge'
import { TensorOde } from 'solve-ivp/bridge/effect'
import { presets } from 'solve-ivp/model'
import { odeBlockLayer } from 'solve-ivp/model/layers'
import { linePlot, toPng } from 'solve-ivp/plot'
import { Matrix } from 'ml-matrix'
import * as tf from '@tensorflow/tfjs'

const near = (a, b) => Math.abs(a - b) < 1e-3
const { states } = solveIvp((t, y) => [-y[0]], [0, 1], [1], { rtol: 1e-6 })
const rhs = { nParams: 0, f: (t, h, dh) => void (dh[0] = -h[0]), vjp: (t, h, a, out) => { out.dh[0] = -h[0]; out.ah[0] = -a[0] } }
const flat = solveWithPullback(rhs, [0, 1], Float64Array.of(1), { rtol: 1e-6 })
const { name: backend } = await chooseBackend('wasm')
const gradient = tf.grad((w) => odeint((t, h, p) => h.mul(p), tf.scalar(1), [0, 1], { params: w }).slice([1], [1]).sum())(tf.scalar(-1))
const svg = linePlot({ title: 'A', x: { label: 'x' }, y: { label: 'y' }, curves: [{ x: [0, 1], y: [0, 1] }] })
console.log(JSON.stringify({
  solver: near(states.at(-1)[0], Math.exp(-1)),
  adjoint: near(flat.pullback([Float64Array.of(0), Float64Array.of(1)]).h0[0], Math.exp(-1)),
  linear: near(expm(new Matrix([[0, 1], [0, 0]])).get(0, 1), 1),
  bridge: backend === 'wasm' && near(gradient.dataSync()[0], Math.exp(-1)),
  effect: typeof TensorOde === 'function' || typeof TensorOde === 'object',
  model: presets.quick.lr === 0.1,
  layers: odeBlockLayer({ groups: 2 }).groups === 2,
  plot: svg.startsWith('<svg '),
  png: toPng(svg).length > 1000,
}))
`

const PAGE = `
import { solveIvp } from 'solve-ivp'
import { chooseBackend, odeint } from 'solve-ivp/bridge'
import * as layers from 'solve-ivp/model/layers'
import { linePlot } from 'solve-ivp/plot'
globalThis.all = { solveIvp, chooseBackend, odeint, layers, linePlot }
`

const npm = (cwd: string, ...args: string[]): string =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' })

/** A project with packages from the registry; those of `scripts` may run theirs. */
function project(name: string, packages: ReadonlyArray<string>, scripts: ReadonlyArray<string> = []): string {
  const folder = join(work, name)
  mkdirSync(folder)
  const allowScripts = Object.fromEntries(scripts.map((script) => [script, true]))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name, private: true, type: 'module', allowScripts }),
  )
  npm(folder, 'install', ...packages)
  return folder
}

/** The tarball of a clone, built by npm pack itself. */
function packed(): string {
  const clone = join(work, 'clone')
  execFileSync('git', ['clone', '--quiet', root, clone])
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'), 'dir')
  const [{ filename }] = JSON.parse(npm(clone, 'pack', '--json')) as [{ filename: string }]
  return join(clone, filename)
}

const { devDependencies, peerDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as Record<'devDependencies' | 'peerDependencies', Record<string, string>>
const peers = Object.keys(peerDependencies)
  .filter((name) => name in devDependencies && !/webgpu/.test(name))
  .map((name) => `${name}@${devDependencies[name]}`)

interface Outcome {
  readonly runtime: string
  readonly version: string
  readonly works: unknown
}

try {
  const fresh = project('fresh', [packed(), ...peers])
  writeFileSync(join(fresh, 'check.mjs'), CHECK)
  writeFileSync(join(fresh, 'page.js'), PAGE)
  writeFileSync(join(fresh, 'index.html'), '<script type="module" src="/page.js"></script>')
  writeFileSync(
    join(fresh, 'required.cjs'),
    `console.log(typeof require('solve-ivp').solveIvp === 'function')`,
  )
  const bin = (name: string, packages: string[], scripts: string[]): string =>
    join(project(name, packages, scripts), 'node_modules/.bin')
  const said = (command: string, args: string[]): string => {
    const { stdout, stderr, status } = spawnSync(command, args, {
      cwd: fresh,
      encoding: 'utf8',
      timeout: 120_000,
    })
    return status === 0 ? stdout.trim().split('\n').at(-1)! : `${stdout}${stderr}`.trim().slice(0, 2000)
  }
  const parsed = (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }
  const outcomes: Outcome[] = []
  for (const release of ['22', '24']) {
    const node = join(bin(`node${release}`, [`node@${release}`], ['node']), 'node')
    const main = join(fresh, 'node_modules/solve-ivp/dist/model/cli/main.js')
    outcomes.push({
      runtime: 'Node',
      version: said(node, ['--version']),
      works: {
        ...(parsed(said(node, ['check.mjs'])) as object),
        required: parsed(said(node, ['required.cjs'])),
        command: said(node, [main, '--version']),
      },
    })
  }
  const deno = join(bin('deno', ['deno'], ['deno']), 'deno')
  const denoArgs = ['run', '--allow-all', '--node-modules-dir=manual', 'check.mjs']
  outcomes.push({
    runtime: 'Deno',
    version: said(deno, ['eval', 'console.log(Deno.version.deno)']),
    works: parsed(said(deno, denoArgs)),
  })
  const bun = join(bin('bun', ['bun'], ['bun']), 'bun')
  outcomes.push({
    runtime: 'Bun',
    version: said(bun, ['--version']),
    works: parsed(said(bun, ['check.mjs'])),
  })
  const vite = bin('vite', ['vite'], [])
  const built = spawnSync(join(vite, 'vite'), ['build', '--logLevel', 'warn'], {
    cwd: fresh,
    encoding: 'utf8',
  })
  const words = `${built.stdout}${built.stderr}`
    .split('\n')
    // Of the size of tfjs
    .filter(
      (line) => line.trim() !== '' && !/chunk|dynamic import\(\)|codeSplitting|vite-reporter/i.test(line),
    )
  outcomes.push({
    runtime: 'Vite',
    version: said(join(vite, 'vite'), ['--version']).split(/[/ ]/)[1]!,
    works: { built: built.status === 0, warnings: words },
  })
  for (const { runtime, version, works } of outcomes)
    console.log(`${runtime} ${version}: ${JSON.stringify(works)}`)
  writeResult('runtimes', { command: 'node bench/runtimes.ts', peers, outcomes })
} finally {
  rmSync(work, { recursive: true, force: true })
}
