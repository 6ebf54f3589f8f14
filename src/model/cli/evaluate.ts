import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadMnist } from '../mnist.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { createTrainer } from '../trainer.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { withoutInfinityNames } from './runFolder.ts'
import { UsageError } from './usageError.ts'

/** Prints how well the finished nets of a run folder do on the test images. */
export async function evaluateRun(
  path: string,
  data: string | undefined,
  backend: TrainOptions['backend'] | undefined,
): Promise<void> {
  const nets = (['odenet', 'stem'] as const).filter((net) => existsSync(join(path, `${net}.json`)))
  if (nets.length === 0) {
    throw new UsageError(
      `${path} holds no finished net (odenet.json): give the folder of a completed run, or finish one with odenet train --resume ${path}.`,
      1,
    )
  }
  const { train, test } = await loadMnist(data)
  for (const net of nets) {
    const text = readFileSync(join(path, `${net}.json`), 'utf8')
    const checkpoint = JSON.parse(text, withoutInfinityNames) as Checkpoint
    const options = { ...checkpoint.options, ...(backend === undefined ? {} : { backend }) }
    const trainer = await createTrainer(options, train, checkpoint)
    try {
      const { accuracy, loss, nfeForward } = await trainer.evaluate(test)
      const work = net === 'odenet' ? `, ${nfeForward.toFixed(1)} evaluations per solve` : ''
      console.log(
        `${net === 'odenet' ? 'ODENet' : 'stem only'}: ${(100 * accuracy).toFixed(2)} % of ${test.n} test images, loss ${loss.toFixed(4)}${work}, backend ${trainer.backend.name}`,
      )
    } finally {
      await trainer.dispose()
    }
  }
}
