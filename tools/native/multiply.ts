/**
 * Loads the native backend in a folder, multiplies two matrices, compares with plain loops, and looks for the operations of our own; prints TensorFlow's version. A process of its own,
 * since an addon that does not fit can take its process down.
 * Command: node multiply.ts FOLDER
 */
import { CommandFailure } from '../command/failure.ts'
import { loadBuilt } from '../../src/bridge/builtTensorflow.ts'
import { hasFused } from '../../src/bridge/fusedKernels.ts'
import { loadNative } from '../../src/bridge/nativeBackend.ts'
import { tf } from '../../src/bridge/tensor.ts'

const N = 64
const entry = (i: number): number => Math.sin(12.9898 * i)
const a = Float32Array.from({ length: N * N }, (_, i) => entry(i))
const b = Float32Array.from({ length: N * N }, (_, i) => entry(i + N * N))

/** The product by the backend against plain loops, and TensorFlow's version. */
async function multiply(folder: string): Promise<string> {
  await loadNative(() => loadBuilt(folder))
  if (!(await tf.setBackend('tensorflow'))) throw new CommandFailure('failed', 'the backend did not start')
  const product = tf.matMul(tf.tensor2d(a, [N, N]), tf.tensor2d(b, [N, N])).dataSync()

  let worst = 0
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      let sum = 0
      for (let k = 0; k < N; k++) sum += a[i * N + k]! * b[k * N + j]!
      worst = Math.max(worst, Math.abs(sum - product[i * N + j]!))
    }
  }
  // Sums of 64 products below 1, each rounded to 2^-24 of itself
  if (!(worst < N * 2 ** -23))
    throw new CommandFailure('failed', `a product of matrices is wrong by ${worst}`)
  if (!hasFused('SolveIvpCombination'))
    throw new CommandFailure('failed', 'TensorFlow does not know the operations of tools/native/operations')
  const { binding } = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } }
  return binding.TF_Version
}

try {
  console.log(await multiply(process.argv[2]!))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
