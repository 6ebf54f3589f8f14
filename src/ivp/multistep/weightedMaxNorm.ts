import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import type { NormBlocks } from '../space/norm.ts'
import type { Tolerance } from '../space/vectorSpace.ts'

/**
 * The norm of LSODA: max_i |v_i| / (atol_i + rtol_i |y_i|) over the components in `blocks`, y being the state at the start of the step,
 * and the matrix norm that belongs to it.
 */
export class WeightedMaxNorm {
  readonly #tolerance: Tolerance
  readonly #blocks: NormBlocks
  /** 1 / (atol + rtol |y|), shape (n). */
  readonly #weights: Float64Array

  constructor(n: number, tolerance: Tolerance, blocks: NormBlocks) {
    this.#tolerance = tolerance
    this.#blocks = blocks
    this.#weights = new Float64Array(n)
  }

  setState(y: Float64Array): void {
    const { rtol, atol } = this.#tolerance
    for (let i = 0; i < y.length; i++) {
      const relative = (typeof rtol === 'number' ? rtol : rtol[i]!) * Math.abs(y[i]!)
      this.#weights[i] = 1 / (relative + (typeof atol === 'number' ? atol : atol[i]!))
    }
  }

  /** NaN if an entry is. */
  of(v: Float64Array): number {
    const weights = this.#weights
    let largest = 0
    for (const [from, to] of this.#blocks) {
      for (let i = from; i < to; i++) {
        const scaled = Math.abs(v[i]!) * weights[i]!
        if (Number.isNaN(scaled)) return scaled
        if (scaled > largest) largest = scaled
      }
    }
    return largest
  }

  /** max_i weight_i sum_j |J_ij| / weight_j. */
  ofMatrix(jacobian: JacobianMatrix): number {
    const weights = this.#weights
    const sums = new Float64Array(jacobian.n)
    forEachEntry(jacobian, (i, j, value) => {
      sums[i] = sums[i]! + Math.abs(value) / weights[j]!
    })
    return this.of(sums)
  }

  /** Component with the largest weighted entry of v, or the first that is not finite. */
  worst(v: Float64Array): number {
    let worst = 0
    for (let i = 0; i < v.length; i++) {
      if (!Number.isFinite(v[i]!)) return i
      if (Math.abs(v[i]!) * this.#weights[i]! > Math.abs(v[worst]!) * this.#weights[worst]!) worst = i
    }
    return worst
  }
}

/** Calls `visit` with every stored entry (row, column, value). */
function forEachEntry(jacobian: JacobianMatrix, visit: (i: number, j: number, value: number) => void): void {
  const { n, values } = jacobian
  if (jacobian.kind === 'sparse') {
    const { columnStart, rowIndex } = jacobian
    for (let j = 0; j < n; j++)
      for (let k = columnStart[j]!; k < columnStart[j + 1]!; k++) visit(rowIndex[k]!, j, values[k]!)
    return
  }
  const lower = jacobian.kind === 'banded' ? jacobian.lower : n - 1
  const upper = jacobian.kind === 'banded' ? jacobian.upper : n - 1
  for (let j = 0; j < n; j++) {
    for (let i = Math.max(0, j - upper); i <= Math.min(n - 1, j + lower); i++)
      visit(i, j, values[jacobian.kind === 'banded' ? (upper + i - j) * n + j : j * n + i]!)
  }
}
