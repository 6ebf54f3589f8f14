import { tf } from './tensor.ts'

/** Named by variables, so that no bundler asks for them: they are optional, and `webgpu` is Node's alone. */
const BACKEND: string = '@tensorflow/tfjs-backend-webgpu'
const DAWN: string = 'webgpu'

/** There is a WebGPU, but no device behind it. */
export class NoWebgpuAdapter extends Error {
  override readonly name = 'NoWebgpuAdapter'
  readonly _tag = 'NoWebgpuAdapter'

  constructor() {
    super('no WebGPU adapter was found (in Node, Dawn needs a Vulkan driver)')
  }
}

/**
 * Makes the WebGPU backend known to tfjs; does not make it the current one. A page imports `@tensorflow/tfjs-backend-webgpu` itself, so that its bundler sees it. Node,
 * which has no WebGPU of its own, gets one from the package `webgpu` (Dawn), and a device from Vulkan.
 * @throws NoWebgpuAdapter where there is no device; in Node, without the package, what its import throws
 */
export async function initWebgpu(): Promise<void> {
  if (navigator.gpu === undefined) await initDawn()
  const adapter = await navigator.gpu!.requestAdapter()
  if (adapter === null) throw new NoWebgpuAdapter()
  if (tf.findBackendFactory('webgpu') === null) await import(/* @vite-ignore */ BACKEND)
}

/** What the package `webgpu` exports. */
interface Dawn {
  create(options: string[]): unknown
  readonly globals: object
}

async function initDawn(): Promise<void> {
  const { create, globals } = (await import(/* @vite-ignore */ DAWN)) as Dawn
  Object.assign(globalThis, globals)
  Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true })
}
