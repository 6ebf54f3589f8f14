import { mixedNorm } from '../../ivp/space/mixedNorm.ts'
import type { Tolerance, VectorSpace } from '../../ivp/space/vectorSpace.ts'
import { fusedCombination, fusedErrorSquares, hasFused } from '../fusedKernels.ts'
import { isRecording } from '../abandonedTape.ts'
import { tf, type Scalar, type Tensor, type Tensor1D } from '../tensor.ts'
import type { Measurement } from './reading.ts'

/** A state on a device: blocks, each a tensor of rank 1. The state h alone, or of an adjoint [h, a, b]. */
export type DeviceVector = ReadonlyArray<Tensor1D>

/** Blocks that count as one in the norm, which is the largest of the groups' root mean squares. */
export type BlockGroups = ReadonlyArray<ReadonlyArray<number>>

/** The space of tensors on the current backend. Whoever makes a space ends with `releaseAll`, and so owns no vector afterwards. */
export interface DeviceSpace extends VectorSpace<DeviceVector, Measurement> {
  /** Releases every vector that was made here and is not released or handed over. */
  releaseAll(): void
  /** The vector is the caller's from now on. */
  handOver(v: DeviceVector): DeviceVector
  /** Takes the tensors as a vector of this space. */
  adopt(v: DeviceVector): DeviceVector
}

/**
 * Combinations and norms as tensor operations, in single precision, except that weights, the step and what is made of the norms' few numbers are double.
 * @param tolerance - numbers, or one per component, block after block
 * @param groups - of the norm
 */
export function deviceSpace(tolerance: Tolerance, groups: BlockGroups): DeviceSpace {
  const alive = new Set<DeviceVector>()
  const adopt = (v: DeviceVector): DeviceVector => {
    alive.add(v)
    return v
  }
  /** One tensor for each size, of which every vector of zeros has clones: clones share memory. */
  const zeros = new Map<number, Tensor1D>()
  const zerosLike = (block: Tensor1D): Tensor1D => {
    const shared = zeros.get(block.size) ?? tf.zerosLike(block)
    zeros.set(block.size, shared)
    return shared.clone()
  }
  const release = (v: DeviceVector): void => {
    if (!alive.delete(v)) return
    for (const block of v) block.dispose()
  }
  return {
    adopt,
    release,
    handOver(v) {
      alive.delete(v)
      return v
    },
    releaseAll() {
      for (const v of alive) release(v)
      for (const shared of zeros.values()) shared.dispose()
      zeros.clear()
    },
    zerosLike: (y) => adopt(y.map(zerosLike)),
    combine(out, y, h, w, k, m) {
      const sum = adopt(
        y.map((block, b) => (m === 0 ? block.clone() : combination(block, h, w, blockOf(b, k, m)))),
      )
      release(out)
      return sum
    },
    errorNorm(h, w, k, m, y, yNew) {
      // Of the blocks that do not count, whether they are finite: 0 or NaN
      const others = yNew.filter((_, b) => !groups.some((blocks) => blocks.includes(b)))
      const tensor = tf.tidy(() =>
        tf.stack([...groups.map((blocks) => squares(blocks)), ...others.map((block) => block.mul(0).sum())]),
      )
      const sizes = groups.map((blocks) => blocks.reduce((size, b) => size + y[b]!.size, 0))
      const all = [...sizes, ...others.map(() => 1)]
      return { tensor, of: (data) => largest(all.map((size, g) => Math.sqrt(data[g]! / size))) }

      function squares(blocks: ReadonlyArray<number>): Tensor {
        return tf.addN(
          blocks.map((b) => {
            const slopes = blockOf(b, k, m)
            const { rtol, atol } = tolerance
            if (typeof rtol === 'number' && typeof atol === 'number' && hasFused('SolveIvpErrorSquares')) {
              return fusedErrorSquares({ rtol, atol }, products(h, w, m), slopes, y[b]!, yNew[b]!)
            }
            const scale = scaleOf(part(tolerance, y, b), y[b]!, yNew[b]!)
            // NaN where the state, and with it the scale, is infinite
            return tf
              .addN([...weighted(h, w, slopes), scale.sub(scale)])
              .div(scale)
              .square()
              .sum()
          }),
        )
      }
    },
    mixedNorm(h, five, three) {
      const tensor = tf.tidy(() => tf.concat([five.tensor, three.tensor]))
      const length = five.tensor.size
      tf.dispose([five.tensor, three.tensor])
      return {
        tensor,
        of(data) {
          const all = Array.from(data)
          return mixedNorm(h, five.of(all.slice(0, length)), three.of(all.slice(length)))
        },
      }
    },
    finiteness(v) {
      const tensor = tf.tidy(() =>
        tf.stack(v.map((block) => tf.isFinite(block).all().cast('float32') as Scalar)),
      )
      return { tensor, of: (data) => (Array.from(data).every((flag) => flag === 1) ? 0 : NaN) }
    },
  }
}

/** Block b of the first m vectors. */
function blockOf(b: number, k: ReadonlyArray<DeviceVector>, m: number): Tensor1D[] {
  return k.slice(0, m).map((vector) => vector[b]!)
}

/**
 * y + h (w . k). Under a tape one operation, which is linear and so keeps nothing for its gradient; tfjs's own would keep every product and sum.
 */
function combination(y: Tensor1D, h: number, w: ArrayLike<number>, k: ReadonlyArray<Tensor1D>): Tensor1D {
  const of = (start: Tensor1D, slopes: ReadonlyArray<Tensor1D>): Tensor1D =>
    hasFused('SolveIvpCombination')
      ? fusedCombination(start, products(h, w, slopes.length), slopes)
      : tf.tidy(() => tf.addN([...weighted(h, w, slopes), start]))
  if (!isRecording()) return of(y, k)
  const operation = tf.customGrad((...args: unknown[]) => {
    const [start, ...slopes] = args.slice(0, -1) as [Tensor1D, ...Tensor1D[]]
    const gradFunc = (dy: Tensor): Tensor[] => [dy.clone(), ...slopes.map((_, j) => dy.mul(h * w[j]!))]
    return { value: of(start, slopes), gradFunc: gradFunc as never }
  })
  return operation(y, ...k) as Tensor1D
}

/**
 * The terms of h (w . k). Summed in this order, and the state last, they are rounded as on flat arrays: on backends that round each operation to single precision stages and
 * errors are the same bits. A step's error is a small difference of large terms, so that another order would make other decisions.
 */
function weighted(h: number, w: ArrayLike<number>, k: ReadonlyArray<Tensor1D>): Tensor1D[] {
  return k.map((slope, j) => slope.mul<Tensor1D>(h * w[j]!))
}

/** h w[j] for j < m, rounded as tfjs rounds a factor. */
function products(h: number, w: ArrayLike<number>, m: number): Float32Array {
  return Float32Array.from({ length: m }, (_, j) => h * w[j]!)
}

/** atol + rtol max(|y|, |yNew|). */
export function scaleOf({ rtol, atol }: Tolerance, y: Tensor, yNew: Tensor): Tensor {
  const of = (value: number | Float64Array): Tensor =>
    typeof value === 'number' ? tf.scalar(value) : tf.tensor1d(Float32Array.from(value))
  return tf.maximum(y.abs(), yNew.abs()).mul(of(rtol)).add(of(atol))
}

/** The tolerances of block b. */
function part({ rtol, atol }: Tolerance, y: DeviceVector, b: number): Tolerance {
  const from = y.slice(0, b).reduce((size, block) => size + block.size, 0)
  const of = (value: number | Float64Array): number | Float64Array =>
    typeof value === 'number' ? value : value.subarray(from, from + y[b]!.size)
  return { rtol: of(rtol), atol: of(atol) }
}

/** NaN must win. */
function largest(norms: ReadonlyArray<number>): number {
  return norms.some(Number.isNaN) ? NaN : Math.max(...norms)
}
