import type { BandedMatrix } from './jacobianMatrix.ts'
import { bandedArrays, eliminateInWasm } from './bandedArrays.ts'
import { giveLuMemory, type LuMemory } from './luMemory.ts'
import type { Shift } from './shift.ts'
import type { ShiftedSystem } from './shiftedSystem.ts'

/**
 * LU factors of a banded matrix with partial pivoting: O(n lower (lower + upper)) work instead of O(n^3).
 *
 * Row r keeps the columns r - lower .. r + lower + upper (pivoting widens the upper band by lower); multipliers are kept by the
 * step that made them, since later interchanges do not move them.
 * @see Golub, Van Loan, "Matrix Computations", 4th ed., Sec. 4.3.3
 */
export class BandedLu implements ShiftedSystem<BandedMatrix> {
  declare private readonly n: number
  declare private readonly lower: number
  declare private readonly upper: number
  /** Entry (r, j) at r width + (j - r + lower). */
  declare private readonly rows: Float64Array
  /** Multiplier of row k + 1 + m in step k at k lower + m. */
  declare private readonly multipliers: Float64Array
  declare private readonly pivot: Int32Array
  /** Where the elimination runs in wasm; then the arrays are views of it. */
  declare private readonly memory: LuMemory | null
  private wasReleased = false

  /** @param memory - of `bandedBytes(n, lower, upper, 1)`; null for plain loops */
  constructor(n: number, lower: number, upper: number, memory: LuMemory | null = null) {
    const { rows, multipliers, pivot } = bandedArrays(n, lower, upper, 1, memory)
    this.n = n
    this.lower = lower
    this.upper = upper
    this.rows = rows
    this.multipliers = multipliers
    this.pivot = pivot
    this.memory = memory
  }

  factor({ values }: BandedMatrix, { re: alpha, beta }: Shift): boolean {
    this.fill(values, alpha, beta)
    if (this.memory === null) return this.eliminate()
    const { n, lower, upper, rows, multipliers, pivot } = this
    return eliminateInWasm(this.memory.bandedFactor, 8, n, lower, upper, { rows, multipliers, pivot })
  }

  private eliminate(): boolean {
    const n = this.n
    const lower = this.lower
    const upper = this.upper
    const width = 2 * lower + upper + 1
    const rows = this.rows
    const multipliers = this.multipliers
    const pivots = this.pivot
    for (let k = 0, top = lower; k < n; k++, top += width) {
      const last = k + lower < n ? lower : n - 1 - k
      // Entry (k + m, k) at top + m (width - 1)
      let p = 0
      let largest = Math.abs(rows[top]!)
      for (let m = 1, below = top + width - 1; m <= last; m++, below += width - 1) {
        const size = Math.abs(rows[below]!)
        // Written so that NaN is chosen, and then refused as a pivot
        if (!(size <= largest)) {
          p = m
          largest = size
        }
      }
      const other = top + p * (width - 1)
      const pivot = rows[other]!
      const inverse = 1 / pivot
      if (!(Math.abs(inverse) > 0 && Math.abs(inverse) < Infinity)) return false
      pivots[k] = k + p
      const length = k + lower + upper < n ? lower + upper : n - 1 - k
      if (p !== 0) {
        for (let j = 1; j <= length; j++) {
          const value = rows[other + j]!
          rows[other + j] = rows[top + j]!
          rows[top + j] = value
        }
        rows[other] = rows[top]!
      }
      rows[top] = pivot
      for (let m = 1, row = top + width - 1; m <= last; m++, row += width - 1) {
        const factor = rows[row]! * inverse
        multipliers[k * lower + m - 1] = factor
        if (factor === 0) continue
        for (let j = 1; j <= length; j++) rows[row + j] = rows[row + j]! - factor * rows[top + j]!
      }
    }
    return true
  }

  solve(v: Float64Array, at: number): void {
    const n = this.n
    const lower = this.lower
    const span = lower + this.upper
    const width = lower + span + 1
    const rows = this.rows
    const multipliers = this.multipliers
    const pivots = this.pivot
    for (let k = 0, m = 0; k < n; k++, m += lower) {
      const p = at + pivots[k]!
      const value = v[p]!
      v[p] = v[at + k]!
      v[at + k] = value
      const last = k + lower < n ? lower : n - 1 - k
      for (let i = 0; i < last; i++) {
        const row = at + k + 1 + i
        v[row] = v[row]! - multipliers[m + i]! * value
      }
    }
    for (let i = n - 1, row = i * width + lower; i >= 0; i--, row -= width) {
      const length = i + span < n ? span : n - 1 - i
      let sum = v[at + i]!
      // From the far end: the component that was found last comes last
      for (let j = length; j >= 1; j--) sum -= rows[row + j]! * v[at + i + j]!
      v[at + i] = sum / rows[row]!
    }
  }

  release(): void {
    // Once: a memory that came back twice would be lent to two
    if (this.memory !== null && !this.wasReleased) giveLuMemory(this.memory)
    this.wasReleased = true
  }

  private fill(values: Float64Array, alpha: number, beta: number): void {
    const n = this.n
    const lower = this.lower
    const upper = this.upper
    const width = 2 * lower + upper + 1
    const rows = this.rows
    rows.fill(0)
    // Diagonal by diagonal, d = j - i
    for (let d = -lower; d <= upper; d++) {
      const from = (upper - d) * n
      const first = d < 0 ? -d : 0
      const end = d < 0 ? n : n - d
      for (let i = first; i < end; i++) rows[i * width + d + lower] = beta * values[from + i + d]!
    }
    for (let i = 0; i < n; i++) rows[i * width + lower] = rows[i * width + lower]! + alpha
  }
}
