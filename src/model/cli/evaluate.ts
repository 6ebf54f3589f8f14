import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint } from '../checkpoint.ts'
import { datasets } from '../dataset.ts'
import { percent } from '../report/numbers.ts'
import { createTrainer } from '../trainer.ts'
import { netNames, nets } from '../nets.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { readJson } from './jsonFile.ts'
import { presentOptions } from './runFolder.ts'
import { UsageError } from './usageError.ts'

/** Prints how well the finished nets of a run folder do on the test images. */
export async function evaluateRun(
  path: string,
  data: string | undefined,
  backend: TrainOptions['backend'] | undefined,
  signal: AbortSignal,
): Promise<'completed' | 'interrupted'> {
  const finished = netNames.filter((net) => existsSync(join(path, `${net}.json`)))
  if (finished.length === 0) {
    throw new UsageError(
      `${path} holds no finished net (odenet.json): give the folder of a completed run, or finish one with odenet train --resume ${path}.`,
      1,
    )
  }
  const checkpoints = finished.map((net) => {
    const file = join(path, `${net}.json`)
    const checkpoint = readJson<Checkpoint>(file)
    const options = presentOptions(file, checkpoint.options)
    return { net, checkpoint, options: backend === undefined ? options : { ...options, backend } }
  })
  // The nets of a run have seen the same images
  const { train, test } = await datasets[checkpoints[0]!.options.dataset].load(data)
  for (const { net, checkpoint, options } of checkpoints) {
    const trainer = await createTrainer(options, train, checkpoint)
    try {
      const evaluation = await trainer.evaluate(test, () => signal.aborted)
      if (evaluation === null) return 'interrupted'
      const { accuracy, loss, nfeForward } = evaluation
      const work = net === 'odenet' ? `, ${nfeForward.toFixed(1)} evaluations per solve` : ''
      console.log(
        `${nets[net].title}: ${percent(accuracy)} of ${test.n} test images, loss ${loss.toFixed(4)}${work}, backend ${trainer.backend.name}`,
      )
    } finally {
      await trainer.dispose()
    }
  }
  return 'completed'
}
