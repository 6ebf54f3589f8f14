import { SHARE_ENV, Worker } from 'node:worker_threads'
import { chooseBackend, type BackendChoice, type BackendWish } from '../bridge/index.ts'
import { TrainingStopped } from './errors.ts'
import { odeNetSpec } from './odeNet.ts'
import type { BlockSolve } from './odeBlock.ts'
import { parameterCount } from './parameters.ts'
import {
  ShardModel,
  type GradientResult,
  type Prediction,
  type Shard,
  type ShardShape,
  type TrainingShard,
} from './shard.ts'
import { cut } from './shardParts.ts'

/** What a pool member is told to do. Parameters and gradients travel through shared memory. */
export type PoolRequest =
  | { readonly kind: 'gradient'; readonly shard: TrainingShard }
  | { readonly kind: 'predict'; readonly shard: Shard }

export type PoolResponse = GradientResult | Prediction

/** What a worker thread is started with. */
export interface WorkerSetup {
  readonly shape: ShardShape
  readonly solve: BlockSolve
  readonly backend: BackendWish
  readonly parameters: SharedArrayBuffer
  readonly gradient: SharedArrayBuffer
}

/** An answer of a worker thread. */
export type WorkerReply =
  | { readonly kind: 'ready'; readonly backend: BackendChoice }
  | { readonly kind: 'done'; readonly response: PoolResponse }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string; readonly stack: string }

interface Member {
  readonly gradient: Float32Array
  run(request: PoolRequest): Promise<PoolResponse>
  close(): Promise<void>
}

/** A worker thread could not do its part. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed'
  readonly _tag = 'WorkerFailed'
  /** Name of the error in the worker. */
  override readonly cause: string
  constructor(cause: string, message: string, stack: string) {
    super(message)
    this.cause = cause
    this.stack = stack
  }
}

/**
 * Computes gradients of batches on one or more tfjs backends: in this thread for one worker, else in that many worker threads, each with a backend of
 * its own. A batch is cut into equal shards and the shards' gradients are averaged in their order, so that the same number of workers
 * gives the same numbers.
 */
export class GradientPool {
  /** That of each member; all choose alike. */
  readonly backend: BackendChoice
  /** The parameters that all members read. */
  readonly parameters: Float32Array
  readonly #members: ReadonlyArray<Member>
  readonly #signal: AbortSignal | undefined

  private constructor(
    backend: BackendChoice,
    parameters: Float32Array,
    members: ReadonlyArray<Member>,
    signal?: AbortSignal,
  ) {
    this.backend = backend
    this.parameters = parameters
    this.#members = members
    this.#signal = signal
  }

  /** @param signal - lets go of whatever is being computed once it is aborted, and has one worker in a thread of its own too, for this thread must hear of it */
  static async open(
    shape: ShardShape,
    solve: BlockSolve,
    backend: BackendWish,
    workers: number,
    signal?: AbortSignal,
  ): Promise<GradientPool> {
    const count = parameterCount(odeNetSpec(shape))
    const shared = new SharedArrayBuffer(4 * count)
    const parameters = new Float32Array(shared)
    if (workers === 1 && signal === undefined) {
      const choice = await chooseBackend(backend)
      return new GradientPool(choice, parameters, [localMember(new ShardModel(shape, solve), parameters)])
    }
    const opened = await Promise.allSettled(
      Array.from({ length: workers }, () => {
        const gradient = new SharedArrayBuffer(4 * count)
        return openWorker({ shape, solve, backend, parameters: shared, gradient })
      }),
    )
    const members = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failed = opened.find((result) => result.status === 'rejected')
    if (failed !== undefined) {
      await Promise.all(members.map((member) => member.close()))
      throw failed.reason
    }
    return new GradientPool(members[0]!.backend, parameters, members, signal)
  }

  /** Mean gradient over a batch, written to `out`. */
  async gradient(batch: TrainingShard, out: Float32Array): Promise<GradientResult> {
    const shards = cut(batch, this.#members.length)
    const results = (await this.#runAll(
      shards.map((shard) => ({ kind: 'gradient', shard })),
    )) as GradientResult[]
    out.fill(0)
    const total = batch.labels.length
    let loss = 0
    shards.forEach((shard, m) => {
      const weight = shard.labels.length / total
      loss += weight * results[m]!.loss
      const { gradient } = this.#members[m]!
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + weight * gradient[i]!
    })
    const mean = (of: (result: GradientResult) => number): number =>
      results.reduce((sum, result) => sum + of(result), 0) / results.length
    const warning = results.find((result) => result.warning !== undefined)?.warning
    return {
      loss,
      correct: results.reduce((sum, result) => sum + result.correct, 0),
      nfeForward: mean((result) => result.nfeForward),
      nfeBackward: mean((result) => result.nfeBackward),
      ...(warning === undefined ? {} : { warning }),
    }
  }

  /** Predictions for one chunk per member at most. */
  async predict(chunks: ReadonlyArray<Shard>): Promise<Prediction[]> {
    return (await this.#runAll(chunks.map((shard) => ({ kind: 'predict', shard })))) as Prediction[]
  }

  get size(): number {
    return this.#members.length
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()))
  }

  async #runAll(requests: ReadonlyArray<PoolRequest>): Promise<PoolResponse[]> {
    const all = Promise.allSettled(requests.map((request, m) => this.#members[m]!.run(request)))
    const results = await unlessStopped(all, this.#signal)
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
  }
}

/** What comes of some work. @throws TrainingStopped (as a rejection) once the signal is aborted, whether the work ends or not */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let onAbort = (): void => {}
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(new TrainingStopped())
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function localMember(model: ShardModel, parameters: Float32Array): Member {
  const gradient = new Float32Array(parameters.length)
  return {
    gradient,
    run: async (request) => {
      // Gives signals and timers a turn between two blocking computations
      await new Promise((resolve) => setImmediate(resolve))
      return request.kind === 'gradient'
        ? model.gradient(parameters, request.shard, gradient)
        : model.predict(parameters, request.shard)
    },
    close: () => Promise.resolve(),
  }
}

async function openWorker(setup: WorkerSetup): Promise<Member & { readonly backend: BackendChoice }> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./gradientWorker.${extension}`, import.meta.url), {
    workerData: setup,
    // What a worker writes to an environment of its own never reaches native code, which reads its log level there
    env: SHARE_ENV,
  })
  const reply = (): Promise<WorkerReply> =>
    new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        worker.off('message', onMessage)
        worker.off('error', onError)
        worker.off('exit', onExit)
        finish()
      }
      const onMessage = (message: WorkerReply): void => settle(() => resolve(message))
      const onError = (error: unknown): void => settle(() => reject(error))
      const onExit = (code: number): void => {
        const message = `A worker thread ended with exit code ${code} before its work was done.`
        settle(() => reject(new WorkerFailed('Exit', message, message)))
      }
      worker.on('message', onMessage)
      worker.on('error', onError)
      worker.on('exit', onExit)
    })
  const accepted = (answer: WorkerReply): WorkerReply => {
    if (answer.kind === 'failed') throw new WorkerFailed(answer.name, answer.message, answer.stack)
    return answer
  }
  try {
    const ready = accepted(await reply())
    return {
      backend: (ready as Extract<WorkerReply, { kind: 'ready' }>).backend,
      gradient: new Float32Array(setup.gradient),
      run: async (request) => {
        const answer = reply()
        worker.postMessage(request)
        const done = accepted(await answer)
        return (done as Extract<WorkerReply, { kind: 'done' }>).response
      },
      close: async () => {
        await worker.terminate()
      },
    }
  } catch (error) {
    await worker.terminate()
    throw error
  }
}
