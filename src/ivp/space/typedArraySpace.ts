import * as float32 from './float32Kernels.ts'
import * as float64 from './float64Kernels.ts'
import { mixedNorm } from './mixedNorm.ts'
import type { NormBlocks } from './norm.ts'
import { uniformTolerance } from './uniformTolerance.ts'
import type { Tolerance, VectorSpace } from './vectorSpace.ts'

/** A flat state: the element type of the initial state is that of every state of a solve. */
export type FloatArray = Float64Array | Float32Array

/** A new zeroed array with the element type of y, and its length unless another is given. */
export function zerosLike<V extends FloatArray>(y: V, length: number = y.length): V {
  return (y instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as V
}

/** The largest magnitude in y; 0 if it is empty, NaN if a component is NaN. */
export function largestOf(y: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < y.length; i++) most = Math.max(most, Math.abs(y[i]!))
  return most
}

/** Of a tolerance, one number for all components or one per component. */
export function largestTolerance(tolerance: number | ArrayLike<number>): number {
  return typeof tolerance === 'number' ? tolerance : largestOf(tolerance)
}

/** Whether every component is finite. */
export function isFinite(y: FloatArray): boolean {
  // Infinity less itself is NaN, and NaN stays
  let zero = 0
  for (let i = 0; i < y.length; i++) zero += y[i]! - y[i]!
  return zero === 0
}

/** A copy of y with the same element type. */
export function copyOf<V extends FloatArray>(y: V): V {
  return y.slice() as V
}

/**
 * The space of flat arrays of one element type. Norms, tolerances and sums are float64 for both.
 * @param y - any state of the solve: gives length (n) and element type
 * @param tol - tolerances; a vector has length n
 * @param blocks - components in the error norm; default all of them
 */
export function typedArraySpace<V extends FloatArray>(
  y: V,
  tol: Tolerance,
  blocks: NormBlocks = [[0, y.length]],
): VectorSpace<V> {
  const { rtol, atol } = uniformTolerance(tol, y.length)
  const kernels = (y instanceof Float32Array ? float32 : float64) as Kernels<V>
  const { combine, sumOfScaledSquares } = kernels
  return {
    zerosLike: (like) => zerosLike(like),
    combine(out, from, h, w, k, m) {
      combine(out, from, h, w, k, m)
      return out
    },
    errorNorm(h, w, k, m, yOld, yNew) {
      let largest = 0
      for (const [from, to] of blocks) {
        const sum = sumOfScaledSquares(h, w, k, m, yOld, yNew, rtol, atol, from, to)
        const norm = Math.sqrt(sum) / Math.sqrt(to - from)
        if (Number.isNaN(norm)) return norm
        if (norm > largest) largest = norm
      }
      return largest
    },
    mixedNorm,
    finiteness: (v) => (isFinite(v) ? 0 : NaN),
    release() {},
  }
}

interface Kernels<V> {
  combine(out: V, y: V, h: number, w: ArrayLike<number>, k: ReadonlyArray<V>, m: number): void
  // prettier-ignore
  sumOfScaledSquares(
    h: number, w: ArrayLike<number>, k: ReadonlyArray<V>, m: number, y: V, yNew: V,
    rtol: number | Float64Array, atol: number | Float64Array, from: number, to: number,
  ): number
}
