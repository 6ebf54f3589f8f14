/** The ways to a tfjs backend, and the order in which they are tried. */
import { builtFolder, loadBuilt } from './builtTensorflow.ts'
import { importNative, loadNative, usesGpu } from './nativeBackend.ts'
import { initWasm } from './wasmBackend.ts'
import { initWebgpu } from './webgpuBackend.ts'

export const BACKEND_WISHES = ['auto', 'tensorflow', 'webgl', 'webgpu', 'wasm', 'cpu'] as const

/** Which backend is wanted; 'auto' takes the first that loads. 'tensorflow' is native TensorFlow, under Node only; 'webgl' runs in browsers
 * only; 'webgpu', never taken by 'auto', cannot read at once: `odeintAsync` solves on it. */
export type BackendWish = (typeof BACKEND_WISHES)[number]

/** One way to a backend. */
export interface BackendSource {
  /** The package, or what stands in for one. */
  readonly name: string
  /** tfjs's name of the backend that it brings. */
  readonly backend: Exclude<BackendWish, 'auto'>
  /** Registers the backend. Rejects where it cannot. */
  readonly load: () => Promise<unknown>
  /** What the loaded backend is, in words. */
  readonly describe: () => string
  /** What to do where the loaded backend does not start, in a sentence. */
  readonly cure?: string
}

/** A backend that runs in browsers only was asked for elsewhere. */
export class BrowserOnly extends Error {
  override readonly name = 'BrowserOnly'
  readonly _tag = 'BrowserOnly'
  readonly backend: BackendSource['backend']

  constructor(backend: BackendSource['backend']) {
    super('runs in browsers only')
    this.backend = backend
  }
}

const WASM_FILES =
  'Serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist beside the script of the page (a bundler does not copy them), or name their place by `setWasmPaths` of that package before the backend is chosen.'

/** Native packages are optional peers: their names are not known to the compiler. */
const installed = (name: string): BackendSource => ({
  name,
  backend: 'tensorflow',
  load: () => loadNative(() => importNative(name)),
  describe: () => `native TensorFlow on the ${usesGpu() ? 'GPU' : 'CPU'}, from ${name}`,
})
const built: BackendSource = {
  name: 'npm run native',
  backend: 'tensorflow',
  load: () => loadNative(() => loadBuilt(builtFolder())),
  describe: () => `native TensorFlow on the CPU, built by \`npm run native\` in ${builtFolder()}`,
}
const webgl: BackendSource = {
  name: 'webgl',
  backend: 'webgl',
  load: () => (isNode() ? Promise.reject(new BrowserOnly('webgl')) : Promise.resolve()),
  describe: () => 'WebGL, on the GPU of this machine if the browser has access to it',
}
const webgpu: BackendSource = {
  name: '@tensorflow/tfjs-backend-webgpu',
  backend: 'webgpu',
  load: initWebgpu,
  describe: () => 'WebGPU (its reads must be awaited: `odeintAsync`)',
}
const wasm: BackendSource = {
  name: '@tensorflow/tfjs-backend-wasm',
  backend: 'wasm',
  load: initWasm,
  describe: () => 'WebAssembly on the CPU',
  cure: WASM_FILES,
}
const cpu: BackendSource = {
  name: '@tensorflow/tfjs-backend-cpu',
  backend: 'cpu',
  load: () => Promise.resolve(),
  describe: () => 'plain JavaScript',
}

/** The sources for a wish, best first. */
export function sourcesFor(wanted: BackendWish): ReadonlyArray<BackendSource> {
  const natives = isNode()
    ? [installed('@tensorflow/tfjs-node-gpu'), installed('@tensorflow/tfjs-node'), built]
    : []
  switch (wanted) {
    case 'auto':
      return [...(isNode() ? natives : [webgl]), wasm, cpu]
    case 'tensorflow':
      return natives
    case 'webgl':
      return [webgl]
    case 'webgpu':
      return [webgpu]
    case 'wasm':
      return [wasm]
    case 'cpu':
      return [cpu]
  }
}

function isNode(): boolean {
  return typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function'
}
