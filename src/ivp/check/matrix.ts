import { firstNonNumber, isArrayLike } from './arrayLike.ts'

/** Rows and columns of a matrix-like value, or null. */
export function shapeOf(matrix: unknown): readonly [rows: number, columns: number] | null {
  if (isArrayLike(matrix)) {
    let columns = 0
    for (let i = 0; i < matrix.length; i++) {
      const row = matrix[i]
      if (!isArrayLike(row)) return null
      if (i === 0) columns = row.length
      else if (row.length !== columns) return null
    }
    return [matrix.length, columns]
  }
  const { rows, columns, get } = (matrix ?? {}) as { rows?: unknown; columns?: unknown; get?: unknown }
  return typeof rows === 'number' && typeof columns === 'number' && typeof get === 'function'
    ? [rows, columns]
    : null
}

/**
 * The first entry of nested rows that is not a number, as `entry (i, j)`; null if there is none. What `get`
 * gives is not looked at.
 */
export function oddEntryOf(matrix: unknown): string | null {
  if (!isArrayLike(matrix)) return null
  for (let i = 0; i < matrix.length; i++) {
    const j = firstNonNumber(matrix[i] as ArrayLike<unknown>)
    if (j >= 0) return `entry (${i}, ${j})`
  }
  return null
}
