/**
 * Where the time of a training step of the preset `mnist` goes, for each way to the gradient: shares of the net's operations, of the solver's (combinations of
 * states and norms), and of what is in no operation (tfjs's bookkeeping, copies between host and backend, arithmetic on the host, the optimizer).
 * Command: node bench/stepByOperation.ts [backend = tensorflow] [steps = 3]; writes bench/results/step-by-operation-BACKEND.json.
 */
import { loadavg } from 'node:os'
import { chooseBackend, TFJS_VERSION, type BackendWish } from '../src/bridge/index.ts'
import { createTrainer, loadMnist, type TrainOptions } from '../src/model/index.ts'
import { presets } from '../src/model/presets.ts'
import { KernelClock } from './lib/kernelClock.ts'
import { machine, writeResult } from './lib/report.ts'

const [backend = 'tensorflow', steps = '3'] = process.argv.slice(2)
/** Operations that take less than this share of a step are summed. */
const LEAST_SHARE = 0.01
const WAYS: Readonly<Record<string, Partial<TrainOptions>>> = {
  'adjoint, RK45, tolerance 1e-2': { rtol: 1e-2, atol: 1e-2 },
  'discrete, RK4, step 0.1': { method: 'RK4', step: 0.1, gradient: 'discrete' },
  'autodiff, RK4, step 0.1': { method: 'RK4', step: 0.1, gradient: 'autodiff' },
}

const load = loadavg()[0]!
const { train } = await loadMnist()
await chooseBackend(backend as BackendWish)
const clock = new KernelClock()
const rows: object[] = []
for (const [way, changes] of Object.entries(WAYS)) {
  const options: TrainOptions = {
    ...presets.mnist,
    ...changes,
    net: 'odenet',
    seed: 1,
    workers: 1,
    backend: backend as BackendWish,
  }
  const trainer = await createTrainer(options, train)
  try {
    // The first step also compiles and allocates
    await trainer.next()
    let best = Infinity
    let row: object = {}
    for (let k = 0; k < Number(steps); k++) {
      clock.restart()
      const { imagesPerSecond, nfeForward, nfeBackward } = (await trainer.next())!
      const seconds = options.batch / imagesPerSecond
      if (seconds >= best) continue
      best = seconds
      const operations = clock.shares(seconds, LEAST_SHARE)
      const solver = clock.solver() / seconds
      const outside = 1 - clock.net() / seconds - solver
      row = { way, seconds, nfeForward, nfeBackward, operations, solver, outside }
    }
    rows.push(row)
  } finally {
    await trainer.dispose()
  }
  console.log(rows.at(-1))
}
writeResult(`step-by-operation-${backend}`, {
  command: `node bench/stepByOperation.ts ${backend} ${steps}`,
  unit: `seconds for a step of the preset mnist (128 images), the fastest of ${steps}, and shares of it`,
  ...machine(),
  loadBefore: load,
  tfjs: TFJS_VERSION,
  rows,
})
