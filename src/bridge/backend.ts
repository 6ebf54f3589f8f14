import { sourcesFor, type BackendSource, type BackendWish } from './backendSource.ts'
import { tf } from './tensor.ts'

export type { BackendWish } from './backendSource.ts'

/** A way to a backend that did not work. */
export interface BackendAttempt {
  readonly name: string
  readonly reason: string
}

/** The backend in use, and what was tried before it. */
export interface BackendChoice {
  /** tfjs's name of it. */
  readonly name: string
  /** What it is and why it was taken, in one sentence for people. */
  readonly reason: string
  readonly tried: ReadonlyArray<BackendAttempt>
}

/** None of the wanted backends could be loaded. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable'
  readonly _tag = 'BackendUnavailable'
  readonly wanted: BackendWish
  readonly tried: ReadonlyArray<BackendAttempt>
  constructor(wanted: BackendWish, tried: ReadonlyArray<BackendAttempt>) {
    // No source at all: native TensorFlow in a browser
    const isOutsideNode = tried.length === 0
    const reasons = isOutsideNode ? 'it runs under Node only' : inWords(tried)
    const advice =
      wanted === 'tensorflow' && !isOutsideNode
        ? `${NATIVE_ADVICE} Or choose 'wasm'.`
        : "Choose 'auto' or 'wasm'."
    super(`No tfjs backend for '${wanted}' could be loaded (${reasons}). ${advice}`)
    this.wanted = wanted
    this.tried = tried
  }
}

const NATIVE_ADVICE =
  'For native TensorFlow: `npm install @tensorflow/tfjs-node`, or `npm run native` in a checkout of solve-ivp.'

/**
 * Loads the first wanted backend that works and makes it tfjs's current one. 'auto' tries, under Node, native TensorFlow on a GPU
 * (`@tensorflow/tfjs-node-gpu`), on the CPU (`@tensorflow/tfjs-node`, then what `npm run native` built), WebAssembly and plain JavaScript; in a
 * browser WebGL, WebAssembly and plain JavaScript. The packages are optional peers, loaded when their turn comes.
 * @throws BackendUnavailable with the reason for each that was tried
 */
export function chooseBackend(wanted: BackendWish): Promise<BackendChoice> {
  return chooseFrom(sourcesFor(wanted), wanted)
}

/** The same from given sources, best first. @internal */
export async function chooseFrom(
  sources: ReadonlyArray<BackendSource>,
  wanted: BackendWish,
): Promise<BackendChoice> {
  const tried: BackendAttempt[] = []
  for (const source of sources) {
    const reason = await failureOf(source)
    if (reason === null) return { name: source.backend, reason: reasonFor(source, wanted, tried), tried }
    tried.push({ name: source.name, reason })
  }
  throw new BackendUnavailable(wanted, tried)
}

/** Makes the source's backend the current one. Null if that worked, else why not. */
async function failureOf({ name, backend, load }: BackendSource): Promise<string | null> {
  try {
    await load()
    return (await tf.setBackend(backend)) ? null : 'loaded, but its backend did not start'
  } catch (error) {
    return isMissing(name, error) ? 'not installed' : firstLine(error)
  }
}

/** The package itself is missing, not one that it needs. */
function isMissing(name: string, error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim()
}

function reasonFor(source: BackendSource, wanted: BackendWish, tried: ReadonlyArray<BackendAttempt>): string {
  const what = source.describe()
  if (tried.length === 0) return `${what}; ${wanted === 'auto' ? 'the first choice' : 'as asked for'}`
  const lacksNative = tried.some(({ name }) => name.includes('tfjs-node')) && source.backend !== 'tensorflow'
  return `${what}. Tried before it: ${inWords(tried)}.${lacksNative ? ` ${NATIVE_ADVICE}` : ''}`
}

function inWords(tried: ReadonlyArray<BackendAttempt>): string {
  return tried.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
}
