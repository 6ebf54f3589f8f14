import { IvpInputError } from '../errors.ts'
import type { MatrixLike } from '../options.ts'
import type { JacobianSpec } from '../problem.ts'
import { oddEntryOf, shapeOf } from './matrix.ts'
import { checkBand } from './method.ts'

interface JacobianOptions {
  readonly jac?: unknown
  readonly jacSparsity?: unknown
  readonly lband?: unknown
  readonly uband?: unknown
}

/** What the options say of the Jacobian; a constant matrix has its shape checked here, a function's result at its first call. */
export function checkJacobian<V>(options: JacobianOptions, n: number): JacobianSpec<V> {
  const { jac = null, jacSparsity = null, lband, uband } = options
  const band = checkBand(lband, uband, n)
  if (jacSparsity !== null) {
    if (band !== null)
      throw new IvpInputError(
        'jacSparsity',
        jacSparsity,
        'cannot be combined with lband and uband; choose one',
      )
    demandShape('jacSparsity', jacSparsity, n, n)
  }
  if (jac !== null && typeof jac !== 'function') {
    if (band === null) demandShape('jac', jac, n, n)
    else demandShape('jac', jac, band[0] + band[1] + 1, n)
  }
  return {
    jac: jac as JacobianSpec<V>['jac'],
    sparsity: jacSparsity as MatrixLike | null,
    band,
  }
}

function demandShape(option: string, matrix: unknown, rows: number, columns: number): void {
  const shape = shapeOf(matrix)
  if (shape !== null && shape[0] === rows && shape[1] === columns) {
    const odd = oddEntryOf(matrix)
    if (odd === null) return
    throw new IvpInputError(option, matrix, `must hold numbers; ${odd} is none`)
  }
  const seen = shape === null ? '' : ` (this one is ${shape[0]} x ${shape[1]})`
  const packed = rows === columns ? '' : ', one row per diagonal from the uppermost down'
  throw new IvpInputError(
    option,
    matrix,
    `must be a matrix of ${rows} x ${columns}${packed}${seen}: nested rows, or an object with rows, columns and get(i, j)`,
  )
}
