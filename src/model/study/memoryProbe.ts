/** A process of its own that computes one gradient and says what it took: resident memory is that of a process, and never shrinks. */
import { readFileSync } from 'node:fs'
import { chooseBackend, type BackendWish } from '../../bridge/index.ts'
import { tf } from '../../bridge/tensor.ts'
import type { BlockSolve } from '../odeBlock.ts'
import { ShardModel, type ShardShape, type TrainingShard } from '../shard.ts'

/** What the process is told over its channel. */
export interface ProbeJob {
  readonly shape: ShardShape
  readonly solve: BlockSolve
  readonly backend: BackendWish
  readonly parameters: Float32Array
  readonly shard: TrainingShard
  /** See `ShardModel`. */
  readonly tapeBytes?: number
}

/** What it answers. */
export type ProbeAnswer =
  | {
      readonly kind: 'measured'
      /** Most that all tensors together held after any kernel of the gradient. */
      readonly tensorBytes: number
      /** Resident memory of the process: before the gradient, and the most until its end. */
      readonly residentBefore: number
      readonly residentPeak: number
    }
  | { readonly kind: 'failed'; readonly message: string }

async function measure(job: ProbeJob): Promise<ProbeAnswer> {
  await chooseBackend(job.backend)
  const { shape, solve, parameters, shard, tapeBytes } = job
  const model = new ShardModel(shape, solve, tapeBytes)
  const out = new Float32Array(parameters.length)
  const residentBefore = process.memoryUsage.rss()
  model.gradient(parameters, shard, out)
  const residentPeak = peakOfProcess()
  // A second time with every kernel's memory recorded, which itself takes memory
  const { kernels } = await tf.profile(() => {
    model.gradient(parameters, shard, out)
    return tf.scalar(0)
  })
  const tensorBytes = kernels.reduce((most, kernel) => Math.max(most, kernel.totalBytesSnapshot), 0)
  return { kind: 'measured', tensorBytes, residentBefore, residentPeak }
}

/** On Linux by the kernel's own mark: the usual one, of `getrusage`, starts at what the parent process held. */
function peakOfProcess(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kilobytes !== undefined) return 1024 * Number(kilobytes)
  } catch {
    // No such file on other systems
  }
  return 1024 * process.resourceUsage().maxRSS
}

process.once('message', (job: ProbeJob) => {
  measure(job)
    .catch((error: Error): ProbeAnswer => ({ kind: 'failed', message: error.message }))
    .then((answer) => process.send!(answer, () => process.disconnect()))
})
