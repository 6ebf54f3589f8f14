import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { solveIvp } from '../../src/index.ts'
import { odeint, type BackendChoice, type BackendWish, type StateLocation } from '../../src/bridge/index.ts'
import { tf } from '../../src/bridge/tensor.ts'
import { bundle, makeProject, type Bundle } from './bundle.ts'
import { executable, launch, withPage } from './chromium.ts'
import * as modelLayers from '../../src/model/layers/index.ts'
import { fitTwoEpochs } from './layersTraining.ts'
import { lorenz, type LorenzRun } from './lorenz.ts'
import { trainTwoSteps, type TrainingRun } from './training.ts'

/** Rounding of float32 over two steps of training: eight spacings at 1. Measured: one. */
const BOUND = 1e-6

let work = ''
let bridge: Bundle
let pure: Bundle
let layers: Bundle
let plots: Bundle

// Built elsewhere: a `dist` that another command is writing is neither used nor disturbed.
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'solve-ivp-browser-'))
  makeProject(work)
  bridge = await bundle(
    work,
    'bridge',
    (here) => `import * as tf from '@tensorflow/tfjs'
import { chooseBackend, odeint } from 'solve-ivp/bridge'
import { trainTwoSteps } from '${here}training.ts'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
globalThis.choose = chooseBackend
globalThis.setWasmPaths = setWasmPaths
globalThis.setBackend = (name) => tf.setBackend(name)
globalThis.train = (state) => trainTwoSteps(tf, odeint, state)\n`,
  )
  layers = await bundle(
    work,
    'layers',
    (here) => `import * as tf from '@tensorflow/tfjs'
import { chooseBackend } from 'solve-ivp/bridge'
import * as layers from 'solve-ivp/model/layers'
import { fitTwoEpochs } from '${here}layersTraining.ts'
globalThis.fit = async (backend) => {
  await chooseBackend(backend)
  return fitTwoEpochs(tf, layers)
}\n`,
  )
  plots = await bundle(
    work,
    'plots',
    () => `import { linePlot, toPng } from 'solve-ivp/plot'
const curves = [{ name: 'a < b & "c"', x: [0, 1, 2], y: [1, 4, 2] }]
globalThis.draw = () => linePlot({ title: 'Decay', x: { label: 't (s)', domain: [0, 1] }, y: { label: 'h(t)' }, curves })
globalThis.rasterize = (svg) => toPng(svg)\n`,
  )
  pure = await bundle(
    work,
    'pure',
    (here) => `import { solveIvp } from 'solve-ivp'
import { lorenz } from '${here}lorenz.ts'
globalThis.solve = (methods) => {
  let modules = 0
  const { Module } = WebAssembly
  WebAssembly.Module = class extends Module {
    constructor(code) {
      super(code)
      modules++
    }
  }
  const runs = methods.map((method) => lorenz(solveIvp, method))
  return { runs, modules }
}\n`,
  )
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('bundled for a browser', () => {
  it('no entry asks for a module that a browser lacks or makes the bundler complain, and the pure one knows no tfjs', () => {
    for (const { imports, warnings } of [bridge, layers, plots, pure])
      assert.deepEqual([imports, warnings], [[], []])
    assert.include(bridge.code, 'tensorflow')
    assert.notInclude(pure.code, 'tensorflow')
    // Node's alone: a DOM, and what makes PNG files
    for (const own of ['HTMLElement {', 'resvg.wasm']) assert.notInclude(plots.code, own)
  })
})

describe('in headless Chromium', () => {
  let browser: Browser | undefined
  let here: TrainingRun

  const reason = 'no chromium on the PATH (apt-get install chromium)'
  beforeAll(async () => {
    if (executable === undefined) return console.warn(`The browser tests are skipped: ${reason}.`)
    browser = await launch()
    await tf.setBackend('cpu')
    here = trainTwoSteps(tf, odeint)
  })
  beforeEach(({ skip }) => skip(executable === undefined, reason))
  afterAll(() => browser?.close())

  const open = <T>(script: string, use: (page: Page) => Promise<T>): Promise<T> =>
    withPage(browser!, script, async ({ page, complaints }) => {
      const result = await use(page).catch((error: Error) => {
        throw new Error([error.message, ...complaints].join('\n'), { cause: error })
      })
      assert.deepEqual(complaints, [])
      return result
    })

  function checkTraining(there: TrainingRun): void {
    assert.isBelow(farthest(there.losses, here.losses), BOUND)
    there.parameters.forEach((step, i) => assert.isBelow(farthest(step, here.parameters[i]!), BOUND))
    const { before, steps, after } = there.tensors
    assert.equal(steps[1], steps[0], 'tensors that a step left')
    assert.equal(after, before, 'tensors that the training left')
  }

  it('the training to compare with moves: its loss falls and its parameters change', () => {
    assert.isBelow(here.losses[1]!, here.losses[0]! - 0.05)
    assert.isAbove(farthest(here.parameters[0]!, here.parameters[1]!), 0.01)
    checkTraining(here)
  })

  it.each(['wasm', 'auto'])(
    'a neural ODE trains as in Node on the backend that is chosen for %s',
    async (wish) => {
      const { choice, run } = await open(bridge.code, (page) =>
        page.evaluate(async (wanted) => {
          const { choose, train } = globalThis as unknown as BridgePage
          return { choice: await choose(wanted as BackendWish), run: train() }
        }, wish),
      )
      if (wish === 'wasm') assert.equal(choice.name, 'wasm')
      assert.equal(run.backend, choice.name)
      checkTraining(run)
    },
  )

  it('a page that serves no .wasm files says so, and what it says helps', async () => {
    const chosen = (wasmAt: string | null, paths: string | null): Promise<string> =>
      withPage(
        browser!,
        bridge.code,
        ({ page }) =>
          page.evaluate(async (prefix) => {
            const { choose, setWasmPaths } = globalThis as unknown as BridgePage
            if (prefix !== null) setWasmPaths(prefix)
            return choose('wasm').then(
              ({ reason }) => reason,
              ({ message }: Error) => message,
            )
          }, paths),
        wasmAt,
      )
    const message = await chosen(null, null)
    assert.match(message, /^No tfjs backend for 'wasm' could be loaded \(.*did not start: /)
    assert.include(
      message,
      'Serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist beside the script of the page',
    )
    assert.include(message, 'or name their place by `setWasmPaths`')
    assert.equal(await chosen('/', null), 'WebAssembly on the CPU; as asked for')
    assert.equal(await chosen('/elsewhere/', '/elsewhere/'), 'WebAssembly on the CPU; as asked for')
  })

  it.for([
    { state: 'auto', location: 'flat' },
    { state: 'device', location: 'device' },
  ] as const)(
    'a neural ODE trains as in Node on webgl, state $state',
    async ({ state, location }, { skip }) => {
      const run = await open(bridge.code, (page) =>
        page.evaluate(async (wanted) => {
          const { setBackend, train } = globalThis as unknown as BridgePage
          const hasWebgl = document.createElement('canvas').getContext('webgl2') !== null
          return hasWebgl && (await setBackend('webgl')) ? train(wanted) : null
        }, state),
      )
      if (run === null) {
        console.warn(`Skipped: a training on webgl, state ${state} (this Chromium has no WebGL).`)
        return skip('this Chromium has no WebGL')
      }
      assert.deepEqual([run.backend, run.locations], ['webgl', [location]])
      checkTraining(run)
    },
  )

  it('a model with an ODE block fits and predicts as in Node', async () => {
    const [losses, predictions] = await open(layers.code, (page) =>
      page.evaluate(async () => {
        const run = await (globalThis as unknown as LayersPage).fit('wasm')
        return [run.losses, run.predictions]
      }),
    )
    const expected = await fitTwoEpochs(tf, modelLayers)
    assert.isBelow(expected.losses[1]!, expected.losses[0]!)
    assert.isBelow(farthest(losses!, expected.losses), 10 * BOUND)
    assert.isBelow(farthest(predictions!, expected.predictions), 100 * BOUND)
  })

  it('a plot is drawn as well-formed SVG, and a PNG is refused by name', async () => {
    const drawn = await open(plots.code, (page) =>
      page.evaluate(() => {
        const { draw, rasterize } = globalThis as unknown as PlotPage
        const svg = draw()
        const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml')
        const texts = [...parsed.querySelectorAll('text')].map((text) => text.textContent)
        const { namespaceURI: namespace } = parsed.documentElement
        let refusal = {}
        try {
          rasterize(svg)
        } catch (error) {
          const { name, reason } = error as { name: string; reason: string }
          refusal = { name, reason }
        }
        const paths = parsed.querySelectorAll('path').length
        return { texts, namespace, paths, refusal, isSame: draw() === svg }
      }),
    )
    assert.equal(drawn.namespace, 'http://www.w3.org/2000/svg')
    assert.includeMembers(drawn.texts, ['Decay', 't (s)', 'h(t)', 'a < b & "c"'])
    assert.isAbove(drawn.paths, 0)
    assert.isTrue(drawn.isSame)
    assert.deepEqual(drawn.refusal, { name: 'PlotError', reason: 'outsideNode' })
  })

  it('the pure entry solves to the bits of Node, with RK45 in WebAssembly, with Radau', async () => {
    const { runs, modules } = await open(pure.code, (page) =>
      page.evaluate(() => (globalThis as unknown as PurePage).solve(['RK45', 'Radau'])),
    )
    assert.isAbove(modules, 0)
    assert.deepEqual(
      runs,
      (['RK45', 'Radau'] as const).map((method) => lorenz(solveIvp, method)),
    )
  })
})

/** What the script of the bridge leaves for tests. */
interface BridgePage {
  choose(wanted: BackendWish): Promise<BackendChoice>
  setBackend(name: string): Promise<boolean>
  setWasmPaths(prefix: string): void
  train(state?: StateLocation): TrainingRun
}

interface LayersPage {
  fit(backend: BackendWish): ReturnType<typeof fitTwoEpochs>
}

interface PlotPage {
  draw(): string
  rasterize(svg: string): Uint8Array
}

interface PurePage {
  /** Solves, and counts the WebAssembly modules that were compiled for it. */
  solve(methods: ReadonlyArray<string>): { runs: LorenzRun[]; modules: number }
}

function farthest(a: ReadonlyArray<number>, b: ReadonlyArray<number>): number {
  assert.equal(a.length, b.length)
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
}
