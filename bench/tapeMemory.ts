/**
 * How does the memory of a gradient grow with the number of solver steps? The net and batch of the preset `mnist`, RK4 with equal steps, by the adjoint, by the transposed steps and by
 * differentiating through the solver, each in a process of its own. What the tape holds for each evaluation of f, in tensors of the state's size, is the constant in src/model/tapeBudget.ts.
 * Command: node bench/tapeMemory.ts [backend = tensorflow] [images = 128] [most steps = 32]; writes bench/results/tape-memory-BACKEND.json, .svg and .png.
 */
import { loadavg } from 'node:os'
import { TFJS_VERSION, type BackendWish } from '../src/bridge/index.ts'
import { loadMnist } from '../src/model/index.ts'
import { pick } from '../src/model/imageSet.ts'
import { shapeOf } from '../src/model/netShape.ts'
import { odeNetSpec } from '../src/model/odeNet.ts'
import { initialParameters } from '../src/model/parameters.ts'
import { presets } from '../src/model/presets.ts'
import { makeRng } from '../src/model/rng.ts'
import { probe } from '../src/model/study/memoryStudy.ts'
import { ON_WHITE } from '../src/plot/colors.ts'
import { curvesPlot } from '../src/plot/curvesPlot.ts'
import { toSvg } from '../src/plot/index.ts'
import { writeFigure } from './lib/figure.ts'
import { machine, writeResult } from './lib/report.ts'

const [backend = 'tensorflow', images = '128', most = '32'] = process.argv.slice(2)
const STEPS = [2, 4, 8, 16, 32].filter((steps) => steps <= Number(most))
const GRADIENTS = ['adjoint', 'discrete', 'autodiff'] as const
/** Of a step of RK4. */
const STAGES = 4
const FLOAT_BYTES = 4
const MB = 1e6

const load = loadavg()[0]!
const { train } = await loadMnist()
const options = {
  ...presets.mnist,
  net: 'odenet',
  seed: 1,
  workers: 1,
  backend: backend as BackendWish,
} as const
const shape = shapeOf(options, train)
const parameters = initialParameters(odeNetSpec(shape), makeRng(1))
const shard = {
  ...pick(
    train,
    Uint32Array.from({ length: Number(images) }, (_, i) => i),
  ),
  mask: null,
}
const state = shard.labels.length * (shape.height / 2) * (shape.width / 2) * shape.dim

const rows: { gradient: string; steps: number; residentBefore: number; residentPeak: number }[] = []
for (const gradient of GRADIENTS) {
  for (const steps of STEPS) {
    const solve = { method: 'RK4', step: 1 / steps, gradient } as const
    const job = { shape, solve, backend: options.backend, parameters, shard, tapeBytes: Infinity }
    const { residentBefore, residentPeak } = await probe(job, async () => {})
    rows.push({ gradient, steps, residentBefore, residentPeak })
    console.log(
      `${gradient}, ${steps} steps: ${(residentPeak / MB).toFixed(0)} MB at the peak, ${(residentBefore / MB).toFixed(0)} before`,
    )
  }
}

const [few, many] = [STEPS.at(-3)!, STEPS.at(-1)!]
const peak = (steps: number): number =>
  rows.find((row) => row.gradient === 'autodiff' && row.steps === steps)!.residentPeak
const tensorsPerEvaluation = (peak(many) - peak(few)) / ((many - few) * STAGES * state * FLOAT_BYTES)
console.log(
  `autodiff holds ${tensorsPerEvaluation.toFixed(1)} tensors of the state's size for each evaluation`,
)

const plot = curvesPlot({
  title: `Peak memory of a gradient of ${images} images, in MB`,
  legend: 'The whole process; the net of the preset mnist through equal steps of RK4.',
  curves: GRADIENTS.map((gradient, i) => ({
    name: gradient,
    color: ON_WHITE[i]!,
    points: rows
      .filter((row) => row.gradient === gradient)
      .map((row) => ({ x: row.steps, y: row.residentPeak / MB })),
    hasDots: true,
  })),
  x: { label: 'steps of the solver', ticks: STEPS, format: String },
  y: { from: 0, format: String },
})
// Pages with a dark background show an image's SVG as it is
writeFigure(
  `tape-memory-${backend}`,
  toSvg(plot).replace('>', '><rect width="100%" height="100%" fill="white"/>'),
)
writeResult(`tape-memory-${backend}`, {
  command: `node bench/tapeMemory.ts ${backend} ${images} ${most}`,
  unit: 'bytes of the process; images in the batch, numbers in the state',
  ...machine(),
  loadBefore: load,
  tfjs: TFJS_VERSION,
  images: shard.labels.length,
  state,
  tensorsPerEvaluation,
  rows,
})
