import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import { endsOf, type NormBlocks } from '../space/norm.ts'
import { uniformTolerance } from '../space/uniformTolerance.ts'
import type { Tolerance } from '../space/vectorSpace.ts'

/**
 * The norm of LSODA: max_i |v_i| / (atol_i + rtol_i |y_i|) over the components in `blocks`, y being the state at the start of the step,
 * and the matrix norm that belongs to it.
 */
export class WeightedMaxNorm {
  /** The norm measured last. */
  value: number = NaN
  /** First component and end of each block. */
  declare private readonly from: Int32Array
  declare private readonly to: Int32Array
  /** Where there is a number for each component of one tolerance, the other is made so too. */
  declare private readonly rtol: number | Float64Array
  declare private readonly atol: number | Float64Array
  /** 1 / (atol + rtol |y|), shape (n). */
  declare private readonly weights: Float64Array
  /** Row sums of a matrix. */
  declare private readonly sums: Float64Array

  constructor(n: number, tolerance: Tolerance, blocks: NormBlocks) {
    const { rtol, atol } = uniformTolerance(tolerance, n)
    const { from, to } = endsOf(blocks)
    this.rtol = rtol
    this.atol = atol
    this.from = from
    this.to = to
    this.weights = new Float64Array(n)
    this.sums = new Float64Array(n)
  }

  setState(y: Float64Array): void {
    const rtol = this.rtol
    const atol = this.atol
    const weights = this.weights
    if (typeof rtol === 'number') {
      const least = atol as number
      for (let i = 0; i < weights.length; i++) weights[i] = 1 / (rtol * Math.abs(y[i]!) + least)
    } else {
      const least = atol as Float64Array
      for (let i = 0; i < weights.length; i++) weights[i] = 1 / (rtol[i]! * Math.abs(y[i]!) + least[i]!)
    }
  }

  /** Norm of the n components of v from `at` on, to `value`: V8 boxes numbers that a call returns. NaN if an entry is. */
  measure(v: Float64Array, at = 0): void {
    const weights = this.weights
    const start = this.from
    const end = this.to
    let largest = 0
    for (let b = 0; b < start.length; b++) {
      const to = end[b]!
      for (let i = start[b]!; i < to; i++) {
        const scaled = Math.abs(v[at + i]!) * weights[i]!
        if (scaled <= largest) continue
        largest = scaled
        if (Number.isNaN(scaled)) {
          this.value = scaled
          return
        }
      }
    }
    this.value = largest
  }

  /** Sets `value` to max_i weight_i sum_j |J_ij| / weight_j. */
  measureMatrix(jacobian: JacobianMatrix): void {
    const { n, values } = jacobian
    const weights = this.weights
    const sums = this.sums
    for (let i = 0; i < n; i++) sums[i] = 0
    if (jacobian.kind === 'sparse') {
      const { columnStart, rowIndex } = jacobian
      for (let j = 0; j < n; j++) {
        const weight = weights[j]!
        for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++) {
          const i = rowIndex[e]!
          sums[i] = sums[i]! + Math.abs(values[e]!) / weight
        }
      }
      return this.measure(sums)
    }
    // Entry (i, j) at first + i down, first belonging to j
    const isBanded = jacobian.kind === 'banded'
    const lower = isBanded ? jacobian.lower : n - 1
    const upper = isBanded ? jacobian.upper : n - 1
    const down = isBanded ? n : 1
    for (let j = 0; j < n; j++) {
      const weight = weights[j]!
      const first = isBanded ? (upper - j) * n + j : j * n
      const last = j + lower < n ? j + lower : n - 1
      for (let i = j > upper ? j - upper : 0; i <= last; i++)
        sums[i] = sums[i]! + Math.abs(values[first + i * down]!) / weight
    }
    return this.measure(sums)
  }

  /** Component with the largest weighted entry of v, or the first that is not finite. */
  worst(v: Float64Array): number {
    let worst = 0
    for (let i = 0; i < v.length; i++) {
      if (!Number.isFinite(v[i]!)) return i
      if (Math.abs(v[i]!) * this.weights[i]! > Math.abs(v[worst]!) * this.weights[worst]!) worst = i
    }
    return worst
  }
}
