/**
 * How much faster is a training step on native TensorFlow than on wasm? Loss and gradient of one batch of 32 images of MNIST, in this
 * thread and by two worker threads, for the nets of both presets.
 * Command: node bench/nativeAgainstWasm.ts (after `npm run native`); writes bench/results/native-against-wasm.json.
 */
import { cpus, loadavg } from 'node:os'
import { chooseBackend } from '../src/bridge/index.ts'
import { tf, TFJS_VERSION } from '../src/bridge/tensor.ts'
import { GradientPool } from '../src/model/gradientPool.ts'
import { pick } from '../src/model/imageSet.ts'
import { loadMnist } from '../src/model/mnist.ts'
import { odeNetSpec } from '../src/model/odeNet.ts'
import { initialParameters } from '../src/model/parameters.ts'
import { presets } from '../src/model/presets.ts'
import { makeRng } from '../src/model/rng.ts'
import type { ShardShape } from '../src/model/shard.ts'
import { duration, machine, writeResult } from './lib/report.ts'

const BATCH = 32
/** After a first that is not counted. */
const STEPS = { quick: 8, mnist: 3 } as const
type Measured = keyof typeof STEPS

const BACKENDS = ['wasm', 'tensorflow'] as const
type Backend = (typeof BACKENDS)[number]

interface Row {
  readonly preset: Measured
  readonly workers: number
  readonly backend: Backend
  /** Least of the steps. */
  readonly seconds: number
  readonly nfeForward: number
  readonly nfeBackward: number
  readonly loss: number
}

const { train } = await loadMnist()
const images = pick(
  train,
  Uint32Array.from({ length: BATCH }, (_, i) => i),
)

function shapeOf(preset: Measured): ShardShape {
  const { dim, groups, downsamplings } = presets[preset]
  return {
    channelsIn: 1,
    height: 28,
    width: 28,
    dim,
    groups,
    downsamplings,
    classes: 10,
    hasOde: true,
    normalisation: train.normalisation,
  }
}

function openPool(preset: Measured, backend: Backend, workers: number): Promise<GradientPool> {
  const { method, rtol, atol, firstStep, adjointNorm } = presets[preset]
  const first = firstStep > 0 ? { firstStep } : {}
  const solve = { method, rtol, atol, ...first, backward: { norm: adjointNorm } }
  return GradientPool.open(shapeOf(preset), solve, backend, workers)
}

/** Both backends take turns, so that other work on the machine falls on both. */
async function compare(preset: Measured, workers: number): Promise<Row[]> {
  const rows: Row[] = []
  const pools: GradientPool[] = []
  try {
    for (const backend of BACKENDS) pools.push(await openPool(preset, backend, workers))
    for (let step = 0; step <= STEPS[preset]; step++) {
      for (const [i, backend] of BACKENDS.entries()) {
        const pool = pools[i]!
        // Members in this thread share its current backend
        await chooseBackend(backend)
        const { parameters } = pool
        parameters.set(initialParameters(odeNetSpec(shapeOf(preset)), makeRng(1)))
        const started = performance.now()
        const { loss, nfeForward, nfeBackward } = await pool.gradient({ ...images, mask: null }, new Float32Array(parameters.length)) // prettier-ignore
        const seconds = (performance.now() - started) / 1000
        const best = Math.min(step > 1 ? rows[i]!.seconds : Infinity, seconds)
        rows[i] = { preset, workers, backend, seconds: best, nfeForward, nfeBackward, loss }
      }
    }
    return rows
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
  }
}

const { reason } = await chooseBackend('tensorflow')
const { binding } = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } }
const load = loadavg()[0]!
const rows: Row[] = []
for (const preset of Object.keys(STEPS) as Measured[]) {
  for (const workers of [1, Math.min(2, cpus().length)]) {
    for (const row of await compare(preset, workers)) {
      rows.push(row)
      const { backend, seconds, loss } = row
      console.log(
        `${preset}, workers ${workers}, ${backend}: ${duration(seconds)} a step, loss ${loss.toFixed(4)}`,
      )
    }
  }
}
const speedUps = rows
  .filter(({ backend }) => backend === 'wasm')
  .map(({ preset, workers, seconds }) => {
    const native = rows.find((row) => row.backend === 'tensorflow' && row.preset === preset && row.workers === workers)! // prettier-ignore
    return { preset, workers, wasmOverNative: seconds / native.seconds }
  })
writeResult('native-against-wasm', {
  command: 'node bench/nativeAgainstWasm.ts',
  unit: `seconds for loss and gradient of ${BATCH} images; least of several`,
  ...machine(),
  loadBefore: load,
  tfjs: TFJS_VERSION,
  tensorflow: binding.TF_Version,
  native: reason.startsWith('native TensorFlow on the GPU') ? 'GPU' : 'CPU',
  speedUps,
  rows,
})
