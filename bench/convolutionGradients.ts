/**
 * Convolution and its two gradients on the wasm backend: with the kernels that the bridge registers, with the backend's own where there
 * is one, and on the cpu backend (plain JavaScript, fewer images).
 * Command: node bench/convolutionGradients.ts; writes bench/results/convolution-gradients.json.
 */
import { chooseBackend } from '../src/bridge/index.ts'
import { tf, TFJS_VERSION, type Tensor } from '../src/bridge/tensor.ts'
import { machine, writeResult } from './lib/report.ts'

interface Layer {
  readonly images: number
  readonly size: number
  readonly channelsIn: number
  readonly channelsOut: number
}

const ROUNDS = 7
const LAYERS: Layer[] = [
  { images: 32, size: 14, channelsIn: 65, channelsOut: 64 },
  { images: 32, size: 7, channelsIn: 25, channelsOut: 24 },
]

type Operation = 'forward' | 'inputGradient' | 'filterGradient'
const OPERATIONS: Operation[] = ['forward', 'inputGradient', 'filterGradient']

/** Median GFLOP/s of one operation on the backend that is set; NaN if it has no such kernel. */
async function speed(
  { images, size, channelsIn, channelsOut }: Layer,
  operation: Operation,
): Promise<number> {
  const x = tf.randomNormal([images, size, size, channelsIn], 0, 1, 'float32', 1)
  const filter = tf.randomNormal([3, 3, channelsIn, channelsOut], 0, 1, 'float32', 2)
  const dy = tf.randomNormal([images, size, size, channelsOut], 0, 1, 'float32', 3)
  const common = { strides: 1, pad: 'same', dataFormat: 'NHWC' }
  const run = (): Tensor => {
    if (operation === 'forward') return tf.conv2d(x as never, filter as never, 1, 'same')
    return operation === 'inputGradient'
      ? (tf
          .engine()
          .runKernel('Conv2DBackpropInput', { dy, filter }, { ...common, inputShape: x.shape }) as Tensor)
      : (tf
          .engine()
          .runKernel('Conv2DBackpropFilter', { x, dy }, { ...common, filterShape: filter.shape }) as Tensor)
  }
  const flops = 2 * images * size * size * 9 * channelsIn * channelsOut
  const rates: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      const out = run()
      await out.data()
      rates.push(flops / (performance.now() - start) / 1e6)
      out.dispose()
    }
  } catch (error) {
    if (!String(error).includes('not registered')) throw error
  }
  tf.dispose([x, filter, dy])
  return rates.sort((a, b) => a - b)[rates.length >> 1] ?? NaN
}

async function speeds(layer: Layer): Promise<Record<Operation, number>> {
  const entries: [Operation, number][] = []
  for (const operation of OPERATIONS)
    entries.push([operation, Number((await speed(layer, operation)).toPrecision(3))])
  return Object.fromEntries(entries) as Record<Operation, number>
}

await import('@tensorflow/tfjs-backend-wasm')
await tf.setBackend('wasm')
const own = []
for (const layer of LAYERS) own.push(await speeds(layer))
await chooseBackend('cpu')
const cpu = []
for (const layer of LAYERS) cpu.push(await speeds({ ...layer, images: 1 }))
await chooseBackend('wasm')
const rows = []
for (const [i, layer] of LAYERS.entries()) {
  const row = { layer, bridge: await speeds(layer), backendsOwn: own[i], cpu: cpu[i] }
  console.log(JSON.stringify(row))
  rows.push(row)
}

writeResult('convolution-gradients', {
  command: 'node bench/convolutionGradients.ts',
  unit: 'GFLOP/s, median of 7; null: no such kernel; cpu with one image',
  ...machine(),
  tfjs: TFJS_VERSION,
  rows,
})
