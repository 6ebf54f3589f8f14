import type { SparseMatrix } from './jacobianMatrix.ts'
import type { Shift } from './shift.ts'
import type { ShiftedSystem } from './shiftedSystem.ts'
import type { Elimination } from './symbolicLu.ts'

/** A pivot smaller than this share of its row's entries counts as zero. */
export const SMALLEST_PIVOT = 1e-10

/**
 * LU factors of a sparse matrix alpha I + beta J, row by row on the pattern of the symbolic factorization.
 *
 * Pivots stay on the diagonal: the pattern is then known in advance, and alpha (proportional to 1 / h, or 1 against beta
 * proportional to h) dominates the diagonal when the step shrinks. A pivot that is too small is reported as singular, which makes
 * the method take a smaller step.
 * @see Davis, "Direct Methods for Sparse Linear Systems" (2006), Sec. 6.3
 */
export class SparseLu implements ShiftedSystem<SparseMatrix> {
  declare private readonly pattern: Elimination
  declare private readonly lu: Float64Array
  declare private readonly row: Float64Array
  declare private readonly x: Float64Array

  constructor(pattern: Elimination) {
    this.pattern = pattern
    this.lu = new Float64Array(pattern.column.length)
    this.row = new Float64Array(pattern.n)
    this.x = new Float64Array(pattern.n)
  }

  factor({ values }: SparseMatrix, { re: alpha, beta }: Shift): boolean {
    const { n, rowStart, column, diagonal, target } = this.pattern
    const lu = this.lu
    const row = this.row
    lu.fill(0)
    for (let entry = 0; entry < target.length; entry++) lu[target[entry]!] = beta * values[entry]!
    for (let i = 0; i < n; i++) lu[diagonal[i]!] = lu[diagonal[i]!]! + alpha
    for (let i = 0; i < n; i++) {
      const start = rowStart[i]!
      const end = rowStart[i + 1]!
      for (let at = start; at < end; at++) row[column[at]!] = lu[at]!
      for (let at = start; at < diagonal[i]!; at++) {
        const k = column[at]!
        const factor = row[k]! / lu[diagonal[k]!]!
        row[k] = factor
        if (factor === 0) continue
        for (let other = diagonal[k]! + 1; other < rowStart[k + 1]!; other++) {
          row[column[other]!] = row[column[other]!]! - factor * lu[other]!
        }
      }
      let largest = 0
      for (let at = start; at < end; at++) {
        const value = row[column[at]!]!
        lu[at] = value
        if (at >= diagonal[i]! && !(Math.abs(value) <= largest)) largest = Math.abs(value)
      }
      if (!(Math.abs(lu[diagonal[i]!]!) > SMALLEST_PIVOT * largest && largest < Infinity)) return false
    }
    return true
  }

  solve(v: Float64Array, from: number): void {
    const { n, rowStart, column, diagonal, order } = this.pattern
    const lu = this.lu
    const x = this.x
    for (let i = 0; i < n; i++) {
      let sum = v[from + order[i]!]!
      for (let at = rowStart[i]!; at < diagonal[i]!; at++) sum -= lu[at]! * x[column[at]!]!
      x[i] = sum
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = x[i]!
      for (let at = diagonal[i]! + 1; at < rowStart[i + 1]!; at++) sum -= lu[at]! * x[column[at]!]!
      x[i] = sum / lu[diagonal[i]!]!
    }
    for (let i = 0; i < n; i++) v[from + order[i]!] = x[i]!
  }

  release(): void {}
}
