/**
 * A training step of the preset `mnist` against PyTorch + torchdiffeq on the same cores: the same first parameters, batches and dropout masks, in turns.
 * Command: node bench/trainingAgainstTorch.ts [steps = 4], after `npm run native` and `bash bench/peers/setupTorch.sh`, on an idle machine; writes
 * bench/results/training-against-torch.json.
 */
import { cpus, loadavg } from 'node:os'
import { chooseBackend, TFJS_VERSION, type BackendWish } from '../src/bridge/index.ts'
import { createTrainer, loadMnist, type TrainOptions } from '../src/model/index.ts'
import { presets } from '../src/model/presets.ts'
import { machine, writeResult } from './lib/report.ts'
import { TorchTraining, type TrainedStep, type Way } from './lib/torchTraining.ts'

const steps = Number(process.argv[2] ?? 4)
const cores = cpus().length
const OURS: Readonly<Record<string, { readonly backend: BackendWish; readonly workers: number }>> = {
  native: { backend: 'tensorflow', workers: 1 },
  wasm: { backend: 'wasm', workers: cores },
}
const adaptive = { gradient: 'adjoint', method: 'RK45', step: null } as const
const WAYS: ReadonlyArray<Way> = [
  { ...adaptive, rtol: 1e-2, atol: 1e-2 },
  { ...adaptive, rtol: 1e-3, atol: 1e-3 },
  { gradient: 'autodiff', method: 'RK4', step: 0.1, rtol: 1e-3, atol: 1e-3 },
]

const load = loadavg()[0]!
const { train } = await loadMnist()
const shared = { ...presets.mnist, net: 'odenet', seed: 1, backend: 'tensorflow', workers: 1 } as const
const torch = await TorchTraining.open(shared, train, steps + 1, cores)

const least = (of: ReadonlyArray<TrainedStep>): number => Math.min(...of.map(({ seconds }) => seconds))
const rows: object[] = []
try {
  for (const way of WAYS) {
    const trainers = await Promise.all(
      Object.values(OURS).map((own) =>
        createTrainer({ ...shared, ...way, ...own } satisfies TrainOptions, train),
      ),
    )
    const theirs: TrainedStep[] = []
    const ours: TrainedStep[][] = trainers.map(() => [])
    // The first steps also compile and allocate
    for (let k = 0; k <= steps; k++) {
      theirs.push(await torch.step(way, k))
      for (const [i, trainer] of trainers.entries()) {
        // Of this thread, which wasm leaves to its workers
        await chooseBackend('tensorflow')
        const { imagesPerSecond, loss, nfeForward, nfeBackward } = (await trainer.next())!
        ours[i]!.push({ seconds: shared.batch / imagesPerSecond, loss, nfeForward, nfeBackward })
      }
    }
    await Promise.all(trainers.map((trainer) => trainer.dispose()))
    const torchSeconds = least(theirs.slice(1))
    const row = {
      ...way,
      torch: { seconds: torchSeconds, steps: theirs },
      ...Object.fromEntries(
        Object.keys(OURS).map((name, i) => {
          const seconds = least(ours[i]!.slice(1))
          return [name, { seconds, overTorch: seconds / torchSeconds, steps: ours[i]! }]
        }),
      ),
    }
    rows.push(row)
    const told = Object.keys(OURS).map((name, i) => `${name} ${least(ours[i]!.slice(1)).toFixed(2)} s (${(least(ours[i]!.slice(1)) / torchSeconds).toFixed(2)} times)`) // prettier-ignore
    console.log(
      `${way.gradient} ${way.method} ${way.step ?? way.rtol}: PyTorch ${torchSeconds.toFixed(2)} s, ${told.join(', ')}`,
    )
  }
} finally {
  torch.close()
}
writeResult('training-against-torch', {
  command: `node bench/trainingAgainstTorch.ts ${steps}`,
  unit: `seconds for a step of the preset mnist (128 images) with its tolerances or step; the least of ${steps} after the first`,
  ...machine(),
  threads: cores,
  loadBefore: load,
  tfjs: TFJS_VERSION,
  peers: torch.versions,
  rows,
})
