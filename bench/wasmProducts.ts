/**
 * From which size on is a product with a transposed factor faster on the wasm backend when the factor is transposed first? Square matrices.
 * Command: node bench/wasmProducts.ts; writes bench/results/wasm-products.json.
 */
import { registerWasmMatMul } from '../src/bridge/wasmMatMul.ts'
import { tf } from '../src/bridge/tensor.ts'
import { bestTime } from './lib/bestTime.ts'
import { machine, writeResult } from './lib/report.ts'

const SIZES = [4, 8, 12, 16, 20, 24, 32, 64, 128, 256, 512]
const KINDS = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
]

await import('@tensorflow/tfjs-backend-wasm')
await tf.setBackend('wasm')
const measure = (n: number): number[] =>
  KINDS.map(({ transposeA, transposeB }) => {
    const [a, b] = [tf.randomNormal([n, n], 0, 1, 'float32', 1), tf.randomNormal([n, n], 0, 1, 'float32', 2)]
    const seconds = bestTime(() => tf.matMul(a, b, transposeA, transposeB).dispose(), 0.3)
    tf.dispose([a, b])
    return seconds
  })
const before = SIZES.map(measure)
registerWasmMatMul()
const rows = SIZES.map((n, i) => {
  const microseconds = (times: number[]): number[] => times.map((seconds) => seconds * 1e6)
  const after = measure(n)
  console.log(
    `n = ${n}: plain ${(before[i]![0]! * 1e6).toFixed(1)} us; transposed a, b: ${microseconds(
      before[i]!.slice(1),
    )
      .map((t) => t.toFixed(1))
      .join(', ')} us before, ${microseconds(after.slice(1))
      .map((t) => t.toFixed(1))
      .join(', ')} us now`,
  )
  return {
    n,
    plain: before[i]![0]! * 1e6,
    before: microseconds(before[i]!.slice(1)),
    now: microseconds(after.slice(1)),
  }
})
writeResult('wasm-products', {
  command: 'node bench/wasmProducts.ts',
  ...machine(),
  tfjs: tf.version_core,
  unit: 'microseconds; transposed: first factor, second factor',
  rows,
})
