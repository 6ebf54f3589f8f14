import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint } from '../checkpoint.ts'
import { datasets } from '../dataset.ts'
import { percent } from '../report/numbers.ts'
import { createTrainer } from '../trainer.ts'
import { nets } from '../nets.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { asTyped } from './asTyped.ts'
import { checkFits, finishedNets, netFile, readNet, readState, snapshotsIn, STATE, type KeptParameters } from './runState.ts' // prettier-ignore
import { UsageError } from './usageError.ts'

/** What one line of the test says. */
interface Tested {
  readonly title: string
  readonly file: string
  readonly checkpoint: Checkpoint
  readonly options: TrainOptions
}

/** Prints how well the finished nets of a run folder do on the test images; `withSnapshots` also what was kept along the training. */
export async function evaluateRun(
  path: string,
  data: string | undefined,
  backend: TrainOptions['backend'] | undefined,
  withSnapshots: boolean,
  signal: AbortSignal,
): Promise<'completed' | 'interrupted'> {
  const finished = finishedNets(path)
  if (finished.length === 0) {
    const instead = existsSync(join(path, STATE))
      ? `Finish its run with: ${asTyped('train', '--resume', path)}`
      : 'Give the folder of a completed run.'
    throw new UsageError(`${path} holds no finished net (odenet.json). ${instead}`, 1)
  }
  const snapshots = withSnapshots ? snapshotsIn(path) : []
  if (withSnapshots && snapshots.length === 0) {
    throw new UsageError(`${path} holds no snapshots: train with --snapshots 8 to keep some.`, 1)
  }
  const tested: Tested[] = finished.map((net) => {
    const checkpoint = readNet(path, net)
    const { options } = checkpoint
    return {
      title: nets[net].title,
      file: join(path, netFile(net)),
      checkpoint,
      options: backend === undefined ? options : { ...options, backend },
    }
  })
  const ofSnapshots = snapshots.map((snapshot) => ofSnapshot(snapshot, path, tested))
  // The nets of a run have seen the same images
  const { train, test } = await datasets[tested[0]!.options.dataset].load(data ?? dataOf(path))
  const all = [...ofSnapshots, ...tested]
  for (const { file, checkpoint, options } of all) checkFits(file, checkpoint, options, train)
  for (const { title, checkpoint, options } of all) {
    const trainer = await createTrainer(options, train, checkpoint, { signal })
    try {
      const evaluation = await trainer.evaluate(test)
      if (evaluation === null) return 'interrupted'
      const { accuracy, loss, nfeForward } = evaluation
      const work = options.net === 'odenet' ? `, ${nfeForward.toFixed(1)} evaluations per solve` : ''
      console.log(
        `${title}: ${percent(accuracy)} of ${test.n} test images, loss ${loss.toFixed(4)}${work}, backend ${trainer.backend.name}`,
      )
    } finally {
      await trainer.dispose()
    }
  }
  return 'completed'
}

/** The folder of the images that a run was trained on; undefined for where they usually are. */
function dataOf(path: string): string | undefined {
  return existsSync(join(path, STATE)) ? (readState(path).data ?? undefined) : undefined
}

/** As a net of its own: the parameters of that step, not their running mean. */
function ofSnapshot(
  { step, parameters, file }: KeptParameters,
  path: string,
  tested: ReadonlyArray<Tested>,
): Tested {
  const { net } = readState(path).options
  const whole = tested.find(({ options }) => options.net === net)
  if (whole === undefined) {
    throw new UsageError(
      `The net of the snapshots in ${path} is not finished. Finish it with: ${asTyped('train', '--resume', path)}`,
      1,
    )
  }
  const { average: _, ...state } = whole.checkpoint.state
  const options = { ...whole.options, average: null }
  return {
    title: `${whole.title} after step ${step}`,
    file,
    checkpoint: { options, state: { ...state, parameters } },
    options,
  }
}
