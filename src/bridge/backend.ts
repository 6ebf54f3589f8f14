import { tf } from './tensor.ts'
import { initWasm } from './wasmBackend.ts'

/** Which backend is wanted; 'auto' takes the first that loads. */
export type BackendWish = 'auto' | 'tensorflow' | 'wasm' | 'cpu'

/** A way to a backend that did not work. */
export interface BackendAttempt {
  readonly name: string
  readonly reason: string
}

/** The backend in use, and what was tried before it. */
export interface BackendChoice {
  /** tfjs's name of it. */
  readonly name: string
  readonly tried: ReadonlyArray<BackendAttempt>
}

/** None of the wanted backends could be loaded. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable'
  readonly _tag = 'BackendUnavailable'
  readonly wanted: BackendWish
  readonly tried: ReadonlyArray<BackendAttempt>
  constructor(wanted: BackendWish, tried: ReadonlyArray<BackendAttempt>) {
    const reasons = tried.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
    super(
      `No tfjs backend for '${wanted}' could be loaded (${reasons}). Install one of the packages named, or choose 'wasm'.`,
    )
    this.wanted = wanted
    this.tried = tried
  }
}

interface Candidate {
  readonly name: string
  readonly backend: string
  readonly load: () => Promise<unknown>
}

/** Native packages are optional peers: their names are not known to the compiler. */
const native = (name: string): Candidate => ({ name, backend: 'tensorflow', load: () => import(name) })
const wasm: Candidate = { name: '@tensorflow/tfjs-backend-wasm', backend: 'wasm', load: initWasm }
const cpu: Candidate = { name: '@tensorflow/tfjs-backend-cpu', backend: 'cpu', load: () => Promise.resolve() }
const natives = [native('@tensorflow/tfjs-node-gpu'), native('@tensorflow/tfjs-node')]

const CANDIDATES: Readonly<Record<BackendWish, ReadonlyArray<Candidate>>> = {
  auto: [...natives, wasm, cpu],
  tensorflow: natives,
  wasm: [wasm],
  cpu: [cpu],
}

/**
 * Loads the first wanted backend that works and makes it tfjs's current one: native GPU, native CPU, WebAssembly, plain JavaScript.
 * @throws BackendUnavailable with the reason for each that was tried
 */
export async function chooseBackend(wanted: BackendWish): Promise<BackendChoice> {
  const tried: BackendAttempt[] = []
  for (const { name, backend, load } of CANDIDATES[wanted]) {
    try {
      await load()
      if (await tf.setBackend(backend)) return { name: backend, tried }
      tried.push({ name, reason: 'loaded, but its backend did not start' })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      tried.push({ name, reason: code === 'ERR_MODULE_NOT_FOUND' ? 'not installed' : message })
    }
  }
  throw new BackendUnavailable(wanted, tried)
}
