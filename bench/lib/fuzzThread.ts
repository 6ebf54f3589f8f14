/** The fuzz's other thread, with a watch on it: a solve that never returns can only be ended from outside. */
import { Worker } from 'node:worker_threads'
import type { FuzzAnswer, FuzzRequest } from '../runners/fuzz.ts'

/** The thread ended without an answer: the case that it was at, and how. */
export interface Lost {
  readonly index: number
  readonly what: string
}

/** Between two looks at the thread, in milliseconds. */
const LOOK = 200
/** Memory of the thread, in MiB. */
const MOST_MEMORY = 3000

export class FuzzThread {
  #worker: Worker | null = null
  #pulse = new Int32Array(new SharedArrayBuffer(8))

  /**
   * What the thread answers, or how it was lost; then the next request goes to a new one.
   * @param limit - seconds that one solve may take
   */
  ask(request: FuzzRequest, limit: number): Promise<FuzzAnswer | Lost> {
    const worker = (this.#worker ??= this.#begin())
    const pulse = this.#pulse
    return new Promise((resolve) => {
      let beat = -1
      let since = performance.now()
      const end = (answer: FuzzAnswer | Lost): void => {
        clearInterval(watch)
        worker.off('message', end)
        worker.off('error', fail)
        resolve(answer)
      }
      const lose = (what: string): void => {
        this.#worker = null
        void worker.terminate()
        end({ index: pulse[0]!, what })
      }
      const watch = setInterval(() => {
        const now = Atomics.load(pulse, 1)
        if (now !== beat) [beat, since] = [now, performance.now()]
        else if (performance.now() - since > 1e3 * limit) lose('never ends: no call for a long time')
      }, LOOK)
      const fail = (error: Error & { code?: string }): void =>
        lose(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? 'memory runs out'
            : `the check itself fails: ${error.stack}`,
        )
      worker.on('message', end)
      worker.on('error', fail)
      worker.postMessage(request)
    })
  }

  async end(): Promise<void> {
    await this.#worker?.terminate()
  }

  #begin(): Worker {
    return new Worker(new URL('../runners/fuzz.ts', import.meta.url), {
      workerData: this.#pulse,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
    })
  }
}
