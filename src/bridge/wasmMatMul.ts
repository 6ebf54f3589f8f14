import { replaceKernel } from './replacedKernel.ts'
import { tf, type Tensor } from './tensor.ts'

/** Products of fewer multiplications than these are not worth a transposition of their own (bench/results/wasm-products.json). */
const LEAST = 8192

interface Attributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

let isRegistered = false

/**
 * Makes products with a transposed factor fast on the wasm backend: its kernel has a fast path for plain matrices only, so that each gradient of a dense layer leaves it. Here
 * the factor is transposed first. Registers once.
 */
export function registerWasmMatMul(): void {
  if (isRegistered) return
  isRegistered = true
  replaceKernel('BatchMatMul', 'wasm', (theirs) => {
    const kernelFunc = theirs!
    return (args) => {
      const { a, b } = args.inputs as { a: Tensor; b: Tensor }
      const { transposeA, transposeB } = args.attrs as unknown as Attributes
      const isPlain = !transposeA && !transposeB
      if (
        isPlain ||
        a.dtype !== 'float32' ||
        b.dtype !== 'float32' ||
        multiplications(a, b, transposeA) < LEAST
      )
        return kernelFunc(args)
      return tf.tidy(() => {
        const inputs = { a: transposeA ? transposed(a) : a, b: transposeB ? transposed(b) : b }
        return kernelFunc({
          ...args,
          inputs,
          attrs: { ...args.attrs, transposeA: false, transposeB: false },
        }) as unknown as Tensor
      })
    }
  })
}

/** For each of a batch. */
function multiplications(a: Tensor, b: Tensor, transposeA: boolean): number {
  const inner = a.shape[a.rank - (transposeA ? 2 : 1)]!
  return ((a.size / batch(a)) * (b.size / batch(b))) / inner
}

function batch({ shape }: Tensor): number {
  return shape.slice(0, -2).reduce((product, length) => product * length, 1)
}

/** With the last two axes exchanged. */
function transposed(x: Tensor): Tensor {
  const axes = Array.from({ length: x.rank - 2 }, (_, i) => i)
  return tf.transpose(x, [...axes, x.rank - 1, x.rank - 2])
}
