import { SHARE_ENV, Worker } from 'node:worker_threads'

/** What the thread is started with. */
export interface StudiesSetup {
  /** Folder of the comparison, whose lock the process has. */
  readonly path: string
}

/** How the thread ends. */
export type StudiesReply =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string; readonly stack: string }

/** Milliseconds in which a study may stop by itself. */
const GRACE = 1000

/** How a study ends that was told to stop: between two parts, or with the process that measures memory. */
const ENDS = ['StudyStopped', 'MemoryNotMeasured', 'AbortError']

/**
 * Does the studies of a comparison whose files are missing in a thread of its own, so that this one hears of signals while a solve runs that may take for ever.
 * Each study that is done is kept; one that is stopped begins anew.
 * @returns whether they are done; false once `signal` is aborted
 * @throws the error of a study (as a rejection)
 */
export async function studiesInThread(path: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const setup: StudiesSetup = { path }
  const worker = new Worker(new URL(`./studyWorker.${extension}`, import.meta.url), {
    workerData: setup,
    // See `openWorker` of the gradient pool
    env: SHARE_ENV,
  })
  let grace: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    worker.postMessage('stop')
    grace = setTimeout(() => void worker.terminate(), GRACE)
  }
  signal.addEventListener('abort', onAbort)
  try {
    const reply = await new Promise<StudiesReply>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => {
        const message = `The thread of the studies ended with exit code ${code} before they were done.`
        resolve({ kind: 'failed', name: signal.aborted ? 'StudyStopped' : 'Error', message, stack: message })
      })
    })
    if (reply.kind === 'done') return true
    if (signal.aborted && ENDS.includes(reply.name)) return false
    throw Object.assign(new Error(reply.message), { name: reply.name, stack: reply.stack })
  } finally {
    clearTimeout(grace)
    signal.removeEventListener('abort', onAbort)
    await worker.terminate()
  }
}
