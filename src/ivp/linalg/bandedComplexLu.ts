import type { BandedMatrix } from './jacobianMatrix.ts'
import { bandedArrays, eliminateInWasm } from './bandedArrays.ts'
import { giveLuMemory, type LuMemory } from './luMemory.ts'
import type { Shift } from './shift.ts'
import type { ComplexShiftedSystem } from './shiftedSystem.ts'

/** LU factors of a banded complex matrix: BandedLu with real and imaginary parts in alternation. */
export class BandedComplexLu implements ComplexShiftedSystem<BandedMatrix> {
  declare private readonly n: number
  declare private readonly lower: number
  declare private readonly upper: number
  /** Entry (r, j) at 2 (r width + (j - r + lower)). */
  declare private readonly rows: Float64Array
  /** Multiplier of row k + 1 + m in step k at 2 (k lower + m). */
  declare private readonly multipliers: Float64Array
  declare private readonly pivot: Int32Array
  /** Where the elimination runs in wasm; then the arrays are views of it. */
  declare private readonly memory: LuMemory | null
  private wasReleased = false

  /** @param memory - of `bandedBytes(n, lower, upper, 2)`; null for plain loops */
  constructor(n: number, lower: number, upper: number, memory: LuMemory | null = null) {
    const { rows, multipliers, pivot } = bandedArrays(n, lower, upper, 2, memory)
    this.n = n
    this.lower = lower
    this.upper = upper
    this.rows = rows
    this.multipliers = multipliers
    this.pivot = pivot
    this.memory = memory
  }

  factor({ values }: BandedMatrix, { re: alphaRe, im: alphaIm, beta }: Shift): boolean {
    this.fill(values, alphaRe, alphaIm, beta)
    if (this.memory === null) return this.eliminate()
    const { n, lower, upper, rows, multipliers, pivot } = this
    return eliminateInWasm(this.memory.zbandedFactor, 16, n, lower, upper, { rows, multipliers, pivot })
  }

  private eliminate(): boolean {
    const n = this.n
    const lower = this.lower
    const upper = this.upper
    const rows = this.rows
    const multipliers = this.multipliers
    const pivots = this.pivot
    const width = 2 * (2 * lower + upper + 1)
    const down = width - 2
    for (let k = 0, top = 2 * lower; k < n; k++, top += width) {
      const last = k + lower < n ? lower : n - 1 - k
      // Entry (k + m, k) at top + m down
      let p = 0
      let largest = Math.abs(rows[top]!) + Math.abs(rows[top + 1]!)
      for (let m = 1, below = top + down; m <= last; m++, below += down) {
        const size = Math.abs(rows[below]!) + Math.abs(rows[below + 1]!)
        if (!(size <= largest)) {
          p = m
          largest = size
        }
      }
      const other = top + p * down
      const pr = rows[other]!
      const pi = rows[other + 1]!
      const square = pr * pr + pi * pi
      if (!(square > 0 && square < Infinity)) return false
      pivots[k] = k + p
      // 1 / pivot
      const dr = pr / square
      const di = -pi / square
      const end = k + lower + upper < n ? 2 * (lower + upper) + 1 : 2 * (n - 1 - k) + 1
      if (p !== 0) {
        for (let j = 0; j <= end; j++) {
          const value = rows[other + j]!
          rows[other + j] = rows[top + j]!
          rows[top + j] = value
        }
      }
      rows[top] = pr
      rows[top + 1] = pi
      for (let m = 1, row = top + down; m <= last; m++, row += down) {
        const vr = rows[row]!
        const vi = rows[row + 1]!
        const fr = vr * dr - vi * di
        const fi = vr * di + vi * dr
        multipliers[2 * (k * lower + m - 1)] = fr
        multipliers[2 * (k * lower + m - 1) + 1] = fi
        if (fr === 0 && fi === 0) continue
        for (let j = 2; j < end; j += 2) {
          const ur = rows[top + j]!
          const ui = rows[top + j + 1]!
          rows[row + j] = rows[row + j]! - (fr * ur - fi * ui)
          rows[row + j + 1] = rows[row + j + 1]! - (fr * ui + fi * ur)
        }
      }
    }
    return true
  }

  solve(v: Float64Array, re: number, im: number): void {
    const n = this.n
    const lower = this.lower
    const span = lower + this.upper
    const rows = this.rows
    const multipliers = this.multipliers
    const pivots = this.pivot
    const width = 2 * (lower + span + 1)
    for (let k = 0, m = 0; k < n; k++, m += 2 * lower) {
      const p = pivots[k]!
      const xr = v[re + p]!
      const xi = v[im + p]!
      v[re + p] = v[re + k]!
      v[im + p] = v[im + k]!
      v[re + k] = xr
      v[im + k] = xi
      const last = k + lower < n ? lower : n - 1 - k
      for (let i = 1; i <= last; i++) {
        const fr = multipliers[m + 2 * i - 2]!
        const fi = multipliers[m + 2 * i - 1]!
        v[re + k + i] = v[re + k + i]! - (fr * xr - fi * xi)
        v[im + k + i] = v[im + k + i]! - (fr * xi + fi * xr)
      }
    }
    for (let i = n - 1, row = i * width + 2 * lower; i >= 0; i--, row -= width) {
      const length = i + span < n ? span : n - 1 - i
      let sr = v[re + i]!
      let si = v[im + i]!
      // From the far end: the component that was found last comes last
      for (let j = length; j >= 1; j--) {
        const ur = rows[row + 2 * j]!
        const ui = rows[row + 2 * j + 1]!
        const xr = v[re + i + j]!
        const xi = v[im + i + j]!
        sr -= ur * xr - ui * xi
        si -= ur * xi + ui * xr
      }
      const dr = rows[row]!
      const di = rows[row + 1]!
      const square = dr * dr + di * di
      v[re + i] = (sr * dr + si * di) / square
      v[im + i] = (si * dr - sr * di) / square
    }
  }

  release(): void {
    // Once: a memory that came back twice would be lent to two
    if (this.memory !== null && !this.wasReleased) giveLuMemory(this.memory)
    this.wasReleased = true
  }

  private fill(values: Float64Array, alphaRe: number, alphaIm: number, beta: number): void {
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
      for (let i = first; i < end; i++) rows[2 * (i * width + d + lower)] = beta * values[from + i + d]!
    }
    for (let i = 0; i < n; i++) {
      const at = 2 * (i * width + lower)
      rows[at] = rows[at]! + alphaRe
      rows[at + 1] = alphaIm
    }
  }
}
