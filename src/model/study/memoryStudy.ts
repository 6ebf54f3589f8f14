import { fork } from 'node:child_process'
import { pick, type ImageSet } from '../imageSet.ts'
import type { BlockSolve } from '../odeBlock.ts'
import { odeNetSpec } from '../odeNet.ts'
import { initialParameters } from '../parameters.ts'
import { makeRng } from '../rng.ts'
import type { TrainingShard } from '../shard.ts'
import { tapeBytesPerImage } from '../tapeBudget.ts'
import { solveOf } from '../trainedSolve.ts'
import type { TrainGradient } from '../trainOptions.ts'
import { MemoryNotMeasured } from './errors.ts'
import type { ProbeAnswer, ProbeJob } from './memoryProbe.ts'
import { range, type Pause, type TrainedNet } from './trainedNet.ts'

export interface MemoryRow {
  readonly tensorBytes: number
  readonly residentBefore: number
  readonly residentPeak: number
}

export interface MemoryStudy {
  /** Gradients through so many equal steps of RK4, of a batch of so many images. */
  readonly images: number
  readonly steps: readonly (MemoryRow & { readonly gradient: TrainGradient; readonly steps: number })[]
  /** A step of each member's training, on the batch of one worker. */
  readonly members: readonly (MemoryRow & { readonly member: string; readonly images: number })[]
}

const GRADIENTS: readonly TrainGradient[] = ['adjoint', 'discrete', 'autodiff']

/** What the largest tape may take, in bytes. */
const BUDGET = 2 ** 30
const MOST_IMAGES = 16

/**
 * Measures gradients one by one, each in a process of its own, which ends once `signal` is aborted.
 * @throws MemoryNotMeasured (as a rejection) where a process ends early or cannot compute its gradient
 */
export async function memoryStudy(
  members: readonly (TrainedNet & { readonly id: string })[],
  train: ImageSet,
  steps: readonly number[],
  pause: Pause,
  signal?: AbortSignal,
): Promise<MemoryStudy> {
  const first = members.find(({ options }) => options.net === 'odenet')
  const through: MemoryStudy['steps'][number][] = []
  const images = first === undefined ? 0 : imagesFor(first, Math.max(...steps))
  if (first !== undefined) {
    const { shape, options } = first
    const parameters = initialParameters(odeNetSpec(shape), makeRng(options.seed).fork('parameters'))
    for (const gradient of GRADIENTS) {
      for (const n of steps) {
        const solve: BlockSolve = { method: 'RK4', step: 1 / n, gradient }
        // Every tape in one part
        const job = { shape, solve, backend: options.backend, parameters, shard: shardOf(train, images), tapeBytes: Infinity } // prettier-ignore
        through.push({ gradient, steps: n, ...(await probe(job, pause, signal)) })
      }
    }
  }
  const trained: MemoryStudy['members'][number][] = []
  for (const { id, shape, options, parameters } of members) {
    const shard = shardOf(train, Math.ceil(options.batch / options.workers))
    const job = { shape, solve: solveOf(options), backend: options.backend, parameters, shard }
    trained.push({ member: id, images: shard.labels.length, ...(await probe(job, pause, signal)) })
  }
  return { images, steps: through, members: trained }
}

function imagesFor({ shape }: TrainedNet, steps: number): number {
  const most = Math.floor(BUDGET / tapeBytesPerImage(shape, { step: 1 / steps }))
  return Math.max(1, Math.min(MOST_IMAGES, most))
}

function shardOf(train: ImageSet, n: number): TrainingShard {
  return { ...pick(train, range(0, Math.min(n, train.n))), mask: null }
}

/** Measures one gradient in a process of its own. @throws MemoryNotMeasured (as a rejection) */
export async function probe(job: ProbeJob, pause: Pause, signal?: AbortSignal): Promise<MemoryRow> {
  await pause()
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const child = fork(new URL(`./memoryProbe.${extension}`, import.meta.url), {
    serialization: 'advanced',
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    const answer = await new Promise<ProbeAnswer>((resolve, reject) => {
      child.once('message', (message) => resolve(message as ProbeAnswer))
      child.once('error', reject)
      child.once('exit', (code, signal) => reject(new MemoryNotMeasured({ reason: 'exit', code, signal })))
      child.send(job)
    })
    if (answer.kind === 'failed') {
      throw new MemoryNotMeasured({ reason: 'gradient', message: answer.message })
    }
    const { kind: _, ...row } = answer
    return row
  } finally {
    child.kill()
  }
}
