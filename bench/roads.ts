/**
 * Where should the state of a solve on tensors live, in float32 arrays on the host or in tensors of the backend? Forward solve and gradient of a network
 * tanh(h w + b) of growing width by both roads, side by side, on every backend that loads here.
 * Command: node bench/roads.ts [backend ...]; all backends together write bench/results/roads.json.
 */
import { odeint, odeintAsync, type OdeintOptions } from '../src/bridge/index.ts'
import { initWebgpu } from '../src/bridge/webgpuBackend.ts'
import { chooseBackend } from '../src/bridge/backend.ts'
import { tf, type Scalar, type Tensor, type Tensor2D } from '../src/bridge/tensor.ts'
import { duration, machine, writeResult } from './lib/report.ts'

const ROUNDS = 5
const SIZES = [
  { batch: 1, width: 2 },
  { batch: 32, width: 32 },
  { batch: 128, width: 128 },
  { batch: 512, width: 512 },
]

interface Net {
  readonly [name: string]: Tensor
  readonly w: Tensor
  readonly b: Tensor
}

const f = (_t: Scalar, h: Tensor, { w, b }: Net): Tensor =>
  tf.tanh(tf.add(tf.matMul(h as Tensor2D, w as Tensor2D), b))

const noise = (shape: number[], scale: number, phase: number): Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => scale * Math.sin(1.7 * i + phase)),
    shape,
  )

/** Seconds of one forward solve with its gradient, and evaluations of both. */
interface Measured {
  readonly seconds: number
  readonly nfev: number
}

async function once(
  size: (typeof SIZES)[number],
  options: OdeintOptions<Net>,
  isAwaited: boolean,
): Promise<Measured> {
  const { batch, width } = size
  const h0 = noise([batch, width], 1, 0)
  const w = noise([width, width], 2 / Math.sqrt(width), 1)
  const b = noise([width], 1, 2)
  const dy = noise([2, batch, width], 1, 3)
  let nfev = 0
  const all: OdeintOptions<Net> = {
    ...options,
    params: { w, b },
    onSolve: (report) => void (nfev += report.nfev),
  }
  const start = performance.now()
  if (isAwaited) {
    const solved = await odeintAsync(f, h0, [0, 1], all)
    const gradients = await solved.pullback(dy)
    await Promise.all([gradients.h0.data(), gradients.params.w.data(), gradients.params.b.data()])
    tf.dispose([solved.solution, gradients.h0, gradients.params.w, gradients.params.b])
    solved.dispose()
  } else {
    tf.tidy(() => {
      const grads = tf.grads((h, w1, b1) => odeint(f, h!, [0, 1], { ...all, params: { w: w1!, b: b1! } }))(
        [h0, w, b],
        dy,
      )
      for (const grad of grads) grad.dataSync()
    })
  }
  const seconds = (performance.now() - start) / 1e3
  tf.dispose([h0, w, b, dy])
  return { seconds, nfev }
}

async function load(name: string): Promise<boolean> {
  try {
    if (name === 'webgpu') {
      await initWebgpu()
      return await tf.setBackend('webgpu')
    }
    await chooseBackend(name as 'cpu')
    return true
  } catch (error) {
    console.log(`${name}: ${(error as Error).message}`)
    return false
  }
}

const chosen = process.argv.slice(2)
const rows = []
for (const backend of chosen.length > 0 ? chosen : ['cpu', 'wasm', 'tensorflow', 'webgpu']) {
  if (!(await load(backend))) continue
  const isAwaited = backend === 'webgpu'
  for (const size of SIZES) {
    // Plain JavaScript, and a device that is software
    if ((backend === 'cpu' || isAwaited) && size.width > 128) continue
    const roads = isAwaited ? (['device'] as const) : (['flat', 'device'] as const)
    const best: Record<string, Measured> = {}
    for (let round = 0; round < ROUNDS; round++) {
      for (const state of roads) {
        const measured = await once(size, { state, rtol: 1e-3, atol: 1e-4 }, isAwaited)
        if (best[state] === undefined || measured.seconds < best[state].seconds) best[state] = measured
      }
    }
    const ratio = best['flat'] === undefined ? null : best['device']!.seconds / best['flat'].seconds
    rows.push({ backend, ...size, ...best, deviceOverFlat: ratio })
    const told = Object.entries(best).map(
      ([state, { seconds, nfev }]) => `${state} ${duration(seconds)} (${nfev} evaluations)`,
    )
    console.log(
      `${backend.padEnd(10)} [${size.batch}, ${size.width}]  ${told.join(', ')}${ratio === null ? '' : `, device/flat ${ratio.toPrecision(3)}`}`,
    )
  }
}
if (chosen.length === 0) {
  writeResult('roads', {
    command: 'node bench/roads.ts',
    ...machine(),
    tfjs: tf.version_core,
    rounds: ROUNDS,
    rows,
  })
}
