import type { DenseMatrix } from './jacobianMatrix.ts'
import type { Shift } from './shift.ts'
import type { ShiftedSystem } from './shiftedSystem.ts'

/**
 * LU factors of a dense matrix by Gaussian elimination with partial pivoting, column by column in place. Multipliers stay
 * in the rows where their step made them, so that a solve interchanges as it goes.
 * @see Golub, Van Loan, "Matrix Computations", 4th ed., Sec. 3.4, Algorithm 3.4.1
 */
export class DenseLu implements ShiftedSystem<DenseMatrix> {
  declare private readonly n: number
  /** Entry (i, j) at j n + i. */
  declare private readonly lu: Float64Array
  declare private readonly pivotRow: Int32Array

  constructor(n: number) {
    this.n = n
    this.lu = new Float64Array(n * n)
    this.pivotRow = new Int32Array(n)
  }

  factor({ values }: DenseMatrix, { re: alpha, beta }: Shift): boolean {
    const n = this.n
    const lu = this.lu
    const rowOf = this.pivotRow
    for (let e = 0; e < lu.length; e++) lu[e] = beta * values[e]!
    for (let e = 0; e < lu.length; e += n + 1) lu[e] = lu[e]! + alpha
    for (let k = 0, top = 0; k < n; k++, top += n) {
      let p = k
      let largest = Math.abs(lu[top + k]!)
      for (let i = k + 1; i < n; i++) {
        const size = Math.abs(lu[top + i]!)
        // Written so that NaN is chosen, and then refused as a pivot
        if (!(size <= largest)) {
          p = i
          largest = size
        }
      }
      const pivot = lu[top + p]!
      const inverse = 1 / pivot
      if (!(Math.abs(inverse) > 0 && Math.abs(inverse) < Infinity)) return false
      rowOf[k] = p
      lu[top + p] = lu[top + k]!
      lu[top + k] = pivot
      for (let i = k + 1; i < n; i++) lu[top + i] = lu[top + i]! * inverse
      for (let column = top + n; column < lu.length; column += n) {
        const u = lu[column + p]!
        lu[column + p] = lu[column + k]!
        lu[column + k] = u
        if (u === 0) continue
        for (let i = k + 1; i < n; i++) lu[column + i] = lu[column + i]! - lu[top + i]! * u
      }
    }
    return true
  }

  solve(v: Float64Array, at: number): void {
    const n = this.n
    const lu = this.lu
    const rowOf = this.pivotRow
    for (let k = 0, top = 0; k < n; k++, top += n) {
      const p = rowOf[k]!
      const x = v[at + p]!
      v[at + p] = v[at + k]!
      v[at + k] = x
      for (let i = k + 1; i < n; i++) v[at + i] = v[at + i]! - lu[top + i]! * x
    }
    for (let k = n - 1, top = k * n; k >= 0; k--, top -= n) {
      const x = v[at + k]! / lu[top + k]!
      v[at + k] = x
      for (let i = 0; i < k; i++) v[at + i] = v[at + i]! - lu[top + i]! * x
    }
  }

  release(): void {}
}
