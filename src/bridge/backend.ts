import { tf } from './tensor.ts'
import { initWasm } from './wasmBackend.ts'

export interface BackendChoice {
  readonly name: string
}

export async function chooseBackend(wanted: 'auto' | 'wasm' | 'cpu' | 'tensorflow'): Promise<BackendChoice> {
  await initWasm()
  await tf.setBackend(wanted === 'cpu' ? 'cpu' : 'wasm')
  return { name: tf.getBackend() }
}
