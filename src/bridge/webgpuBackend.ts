/**
 * Loads the WebGPU backend; does not make it the current one. In Node, which has no WebGPU of its own, the package `webgpu` (Dawn) gives one, and Vulkan a device.
 * @throws Error where there is no device
 */
export async function initWebgpu(): Promise<void> {
  if (navigator.gpu === undefined) await initDawn()
  const adapter = await navigator.gpu!.requestAdapter()
  if (adapter === null) throw new Error('no WebGPU adapter was found (in Node, Dawn needs a Vulkan driver)')
  await import('@tensorflow/tfjs-backend-webgpu')
}

async function initDawn(): Promise<void> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true })
}
