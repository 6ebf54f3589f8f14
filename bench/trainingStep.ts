/**
 * Seconds for a training step of the preset `mnist` on real images, for each way to its gradient.
 * Command: node bench/trainingStep.ts [backend = wasm] [workers = 2] [steps = 5]; writes bench/results/training-step-BACKEND-WORKERS.json.
 */
import { loadavg } from 'node:os'
import { TFJS_VERSION, type BackendWish } from '../src/bridge/index.ts'
import { createTrainer, loadMnist, type TrainOptions } from '../src/model/index.ts'
import { presets } from '../src/model/presets.ts'
import { machine, writeResult } from './lib/report.ts'

const [backend = 'wasm', workers = '2', steps = '5'] = process.argv.slice(2)
const WAYS: Readonly<Record<string, Partial<TrainOptions>>> = {
  'adjoint, RK45, tolerance 1e-3': {},
  'adjoint, RK45, tolerance 1e-2': { rtol: 1e-2, atol: 1e-2 },
  'discrete, RK4, step 0.1': { method: 'RK4', step: 0.1, gradient: 'discrete' },
  'autodiff, RK4, step 0.1': { method: 'RK4', step: 0.1, gradient: 'autodiff' },
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const load = loadavg()[0]!
const { train } = await loadMnist()
const rows: object[] = []
for (const [way, changes] of Object.entries(WAYS)) {
  const options: TrainOptions = {
    ...presets.mnist,
    ...changes,
    net: 'odenet',
    seed: 1,
    workers: Number(workers),
    backend: backend as BackendWish,
  }
  const trainer = await createTrainer(options, train)
  try {
    const seconds: number[] = []
    const cpuSeconds: number[] = []
    let nfe: readonly [number, number] = [0, 0]
    // The first step also compiles and allocates
    await trainer.next()
    for (let k = 0; k < Number(steps); k++) {
      const before = process.cpuUsage()
      const { imagesPerSecond, nfeForward, nfeBackward } = (await trainer.next())!
      const { user, system } = process.cpuUsage(before)
      cpuSeconds.push((user + system) / 1e6)
      seconds.push(options.batch / imagesPerSecond)
      nfe = [nfeForward, nfeBackward]
    }
    rows.push({
      way,
      seconds: median(seconds),
      cpuSeconds: median(cpuSeconds),
      nfeForward: nfe[0],
      nfeBackward: nfe[1],
    })
  } catch (error) {
    rows.push({ way, failed: (error as Error).message })
  } finally {
    await trainer.dispose()
  }
  console.log(rows.at(-1))
}
writeResult(`training-step-${backend}-${workers}`, {
  command: `node bench/trainingStep.ts ${backend} ${workers} ${steps}`,
  unit: 'seconds for a step of the preset mnist (128 images), on the clock and of all cores together; medians',
  ...machine(),
  loadBefore: load,
  tfjs: TFJS_VERSION,
  rows,
})
