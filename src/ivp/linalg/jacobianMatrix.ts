/** The storages of a Jacobian df_i/dy_j of n components. */
export type JacobianMatrix = DenseMatrix | BandedMatrix | SparseMatrix

/** Column by column: entry (i, j) at j n + i. */
export interface DenseMatrix {
  readonly kind: 'dense'
  readonly n: number
  readonly values: Float64Array
}

/** Diagonals as rows (LAPACK's and scipy's packed form): entry (i, j) at (upper + i - j) n + j, for -upper <= i - j <= lower. */
export interface BandedMatrix {
  readonly kind: 'banded'
  readonly n: number
  readonly lower: number
  readonly upper: number
  readonly values: Float64Array
}

/** Compressed columns: the entries of column j are at columnStart[j] .. columnStart[j + 1] - 1, rows ascending. */
export interface SparseMatrix {
  readonly kind: 'sparse'
  readonly n: number
  readonly columnStart: Int32Array
  readonly rowIndex: Int32Array
  readonly values: Float64Array
}
