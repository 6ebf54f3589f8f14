import { replaceKernel } from './replacedKernel.ts'
import { tf, type Tensor } from './tensor.ts'

/** What a backend lets its kernels read. */
interface ReadingBackend {
  readSync(dataId: object): Float32Array | Int32Array
}

let isRegistered = false

/**
 * Gives the wasm backend the sum over segments, which it lacks, and with it the gradient of `gather`: out[s] = the sum of the x[i] with segmentIds[i] = s, over the
 * first axis. An id that is no segment drops its entries, as on tfjs's other backends. One pass over the memory of x. Registers once.
 */
export function registerWasmSegmentSum(): void {
  if (isRegistered) return
  isRegistered = true
  replaceKernel(
    'UnsortedSegmentSum',
    'wasm',
    (theirs) =>
      theirs ??
      ((args) => {
        const { x, segmentIds } = args.inputs as { x: Tensor; segmentIds: Tensor }
        const { numSegments } = args.attrs as unknown as { numSegments: number }
        const backend = args.backend as unknown as ReadingBackend
        const [length = 0, ...row] = x.shape
        const size = row.reduce((product, side) => product * side, 1)
        const values = backend.readSync(x.dataId)
        const ids = backend.readSync(segmentIds.dataId)
        const dtype = x.dtype === 'float32' ? 'float32' : 'int32'
        const sums = new (dtype === 'float32' ? Float32Array : Int32Array)(numSegments * size)
        for (let i = 0; i < length; i++) {
          const segment = ids[i]!
          if (segment < 0 || segment >= numSegments) continue
          const [from, to] = [i * size, segment * size]
          for (let k = 0; k < size; k++) sums[to + k] = sums[to + k]! + values[from + k]!
        }
        return tf.tensor(sums, [numSegments, ...row], dtype)
      }),
  )
}
