import { Matrix } from 'ml-matrix'
import { isArrayLike } from '../ivp/check/arrayLike.ts'
import { shapeOf } from '../ivp/check/matrix.ts'
import { IvpInputError } from '../ivp/index.ts'
import type { MatrixLike } from '../ivp/options.ts'

/**
 * Copies a square matrix of finite entries.
 * @param option - name of the argument in messages
 * @returns shape (n, n), n >= 1
 * @throws IvpInputError
 */
export function squareMatrix(option: string, value: MatrixLike): Matrix {
  const shape = shapeOf(value)
  if (shape === null || shape[0] === 0) {
    throw new IvpInputError(
      option,
      value,
      'must be a matrix: an array of rows, or an object with rows, columns, get(i, j)',
    )
  }
  const [n, columns] = shape
  if (n !== columns) throw new IvpInputError(option, value, `must be square, and is ${n} x ${columns}`)
  const at = (i: number, j: number): number =>
    'get' in value ? value.get(i, j) : (value as ReadonlyArray<ArrayLike<number>>)[i]![j]!
  const rows = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => at(i, j)))
  if (!rows.flat().every(Number.isFinite)) throw new IvpInputError(option, value, 'must have finite entries')
  return new Matrix(rows)
}

/**
 * Copies a vector of n finite numbers.
 * @param option - name of the argument in messages
 * @throws IvpInputError
 */
export function finiteVector(option: string, value: ArrayLike<number>, n: number): Float64Array {
  if (!isArrayLike(value) || value.length !== n || !Array.from(value).every(Number.isFinite)) {
    throw new IvpInputError(option, value, `must be a vector of ${n} finite numbers, one for each row of W`)
  }
  return Float64Array.from(value)
}
