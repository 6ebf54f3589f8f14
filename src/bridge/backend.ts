import { oneOf } from '../ivp/check/oneOf.ts'
import { BACKEND_WISHES, sourcesFor, type BackendSource, type BackendWish } from './backendSource.ts'
import { startBackend } from './startBackend.ts'
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
  /** @param cures - what helps against the reasons, each in a sentence */
  constructor(wanted: BackendWish, tried: ReadonlyArray<BackendAttempt>, cures: ReadonlyArray<string> = []) {
    // No source at all: native TensorFlow in a browser
    const isOutsideNode = tried.length === 0
    const reasons = isOutsideNode ? 'it runs under Node only' : inWords(tried)
    const advice = wanted === 'tensorflow' && !isOutsideNode ? [NATIVE_ADVICE] : [...new Set(cures)]
    const others = wanted === 'auto' ? [] : ['auto', 'wasm', 'cpu'].filter((other) => other !== wanted)
    const names = others.slice(0, 2).join("' or '")
    const choice =
      others.length === 0 ? [] : [advice.length === 0 ? `Choose '${names}'.` : `Or choose '${names}'.`]
    super(
      `No tfjs backend for '${wanted}' could be loaded (${reasons}). ${[...advice, ...choice].join(' ')}`.trim(),
    )
    this.wanted = wanted
    this.tried = tried
  }
}

const NATIVE_ADVICE =
  'For native TensorFlow: `npm install @tensorflow/tfjs-node`, or `npm run native` in a checkout of solve-ivp.'

/**
 * Loads the first wanted backend that works and makes it tfjs's current one. 'auto' tries, under Node, native TensorFlow on a GPU
 * (`@tensorflow/tfjs-node-gpu`), on the CPU (`@tensorflow/tfjs-node`, then what `npm run native` built), WebAssembly and plain JavaScript; in a
 * browser WebGL, WebAssembly and plain JavaScript. The packages are optional peers, loaded when their turn comes. Where none works, the backend
 * stays what it was.
 * @throws IvpInputError (as a rejection) for another name; BackendUnavailable with the reason for each that was tried, and what helps
 */
export async function chooseBackend(wanted: BackendWish): Promise<BackendChoice> {
  oneOf('wanted', wanted, BACKEND_WISHES)
  return chooseFrom(sourcesFor(wanted), wanted)
}

/** The same from given sources, best first. @internal */
export async function chooseFrom(
  sources: ReadonlyArray<BackendSource>,
  wanted: BackendWish,
): Promise<BackendChoice> {
  const former = tf.getBackend()
  const tried: BackendAttempt[] = []
  const cures: string[] = []
  for (const source of sources) {
    const failure = await failureOf(source)
    if (failure === null) return { name: source.backend, reason: reasonFor(source, wanted, tried), tried }
    tried.push({ name: source.name, reason: failure.reason })
    if (failure.cure !== undefined) cures.push(failure.cure)
  }
  // A start that failed has taken the former one away
  if (former) await tf.setBackend(former)
  throw new BackendUnavailable(wanted, tried, cures)
}

/** Why a source did not work, and what helps. */
interface Failure {
  readonly reason: string
  readonly cure?: string | undefined
}

/** Makes the source's backend the current one. Null if that worked. */
async function failureOf({ name, backend, load, cure }: BackendSource): Promise<Failure | null> {
  try {
    await load()
  } catch (error) {
    const missing = missingPackage(error)
    const install = missing === null ? undefined : `Install what is missing: \`npm install ${missing}\`.`
    return { reason: missing === name ? 'not installed' : firstLine(error), cure: install }
  }
  try {
    const failed = await startBackend(backend)
    if (failed === null) return null
    const { cause } = failed
    const reason = 'loaded, but its backend did not start'
    return { reason: cause === undefined ? reason : `${reason}: ${firstLine(cause)}`, cure }
  } catch (error) {
    return { reason: firstLine(error), cure }
  }
}

/** The package that an import did not find: the wanted one, or one that it needs. */
function missingPackage(error: unknown): string | null {
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'ERR_MODULE_NOT_FOUND') return null
  return /package '((?:@[^/']+\/)?[^/']+)/.exec(message)?.[1] ?? null
}

function firstLine(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown }
  return (typeof message === 'string' ? message : String(error)).split('\n', 1)[0]!.trim()
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
