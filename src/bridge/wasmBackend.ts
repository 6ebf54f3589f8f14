import { registerWasmMatMul } from './wasmMatMul.ts'
import { registerWasmKernels } from './wasmKernels.ts'
import { registerWasmSegmentSum } from './wasmSegmentSum.ts'

/** Loads the wasm backend, the embedded default, with the kernels that it lacks or that are slow there. Does not make it the current one. */
export async function initWasm(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm')
  registerWasmKernels()
  registerWasmMatMul()
  registerWasmSegmentSum()
}
