import { registerWasmKernels } from './wasmKernels.ts'

/** Loads the wasm backend, the embedded default, with its missing kernels. Does not make it the current one. */
export async function initWasm(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm')
  registerWasmKernels()
}
