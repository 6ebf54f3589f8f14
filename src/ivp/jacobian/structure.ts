import type { BandedMatrix, DenseMatrix, JacobianMatrix, SparseMatrix } from '../linalg/jacobianMatrix.ts'
import type { Pattern } from '../linalg/minimumDegree.ts'
import { columnGroups, oneByOne, periodic, type ColumnGroups } from './columnGroups.ts'

/**
 * Which entries a Jacobian has, column by column, and where its storage keeps them: entry e of column j
 * (columnStart[j] <= e < columnStart[j + 1]) is row rowIndex[e], kept at values[slot[e]].
 */
export interface Structure extends Pattern {
  readonly slot: Int32Array
  /** A zero matrix of this structure. */
  readonly empty: () => JacobianMatrix
  /** Columns to differentiate together. */
  readonly groups: () => ColumnGroups
}

export function denseStructure(n: number): Structure {
  const columnStart = new Int32Array(n + 1)
  const rowIndex = new Int32Array(n * n)
  const slot = new Int32Array(n * n)
  for (let j = 0, e = 0; j < n; j++) {
    for (let i = 0; i < n; i++, e++) {
      rowIndex[e] = i
      slot[e] = e
    }
    columnStart[j + 1] = e
  }
  const empty = (): DenseMatrix => ({ kind: 'dense', n, values: new Float64Array(n * n) })
  return { n, columnStart, rowIndex, slot, empty, groups: () => oneByOne(n) }
}

export function bandedStructure(n: number, lower: number, upper: number): Structure {
  const columnStart = new Int32Array(n + 1)
  const rowIndex: number[] = []
  const slot: number[] = []
  for (let j = 0; j < n; j++) {
    for (let i = Math.max(0, j - upper); i <= Math.min(n - 1, j + lower); i++) {
      rowIndex.push(i)
      slot.push((upper + i - j) * n + j)
    }
    columnStart[j + 1] = slot.length
  }
  const empty = (): BandedMatrix => ({
    kind: 'banded',
    n,
    lower,
    upper,
    values: new Float64Array((lower + upper + 1) * n),
  })
  const groups = (): ColumnGroups => periodic(n, lower + upper + 1)
  return { n, columnStart, rowIndex: Int32Array.from(rowIndex), slot: Int32Array.from(slot), empty, groups }
}

/** @param has - whether entry (i, j) may be non-zero */
export function sparseStructure(n: number, has: (i: number, j: number) => boolean): Structure {
  const columnStart = new Int32Array(n + 1)
  const rows: number[] = []
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) if (has(i, j)) rows.push(i)
    columnStart[j + 1] = rows.length
  }
  const rowIndex = Int32Array.from(rows)
  const empty = (): SparseMatrix => ({
    kind: 'sparse',
    n,
    columnStart,
    rowIndex,
    values: new Float64Array(rowIndex.length),
  })
  const pattern = { n, columnStart, rowIndex }
  return { ...pattern, slot: rowIndex.map((_, e) => e), empty, groups: () => columnGroups(pattern) }
}
