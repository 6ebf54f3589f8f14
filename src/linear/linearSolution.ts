import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import type { MatrixLike } from '../ivp/options.ts'
import { toRows } from '../ivp/output/rows.ts'
import { IvpInputError } from '../ivp/index.ts'
import { expm } from './expm.ts'
import { finiteVector, squareMatrix } from './matrixInput.ts'

/** A linear ODE with constant coefficients: h' = W h + b. */
export interface LinearOde {
  /** Shape (n, n); may be singular. */
  readonly W: MatrixLike
  /** Shape (n). Default: zeros. */
  readonly b?: ArrayLike<number> | undefined
}

/** The solution as a function of time: one time gives a state, shape (n); many give rows, shape (n, times). */
export interface LinearSolution {
  (t: number): Float64Array
  (t: ArrayLike<number>): Float64Array[]
}

/**
 * The exact solution of h' = W h + b, h(t0) = h0. No inverse of W is taken: the state is extended by a constant 1, and
 * h(t) is the upper part of exp((t - t0) [[W, b], [0, 0]]) [h0, 1].
 * @param h0 - shape (n)
 * @throws IvpInputError
 * @see Van Loan, "Computing integrals involving the matrix exponential", IEEE Trans. Automat. Control 23 (1978), 395-404, Theorem 1
 */
export function linearSolution({ W, b }: LinearOde, h0: ArrayLike<number>, t0: number = 0): LinearSolution {
  const matrix = squareMatrix('W', W)
  const n = matrix.rows
  const forcing = b === undefined ? new Float64Array(n) : finiteVector('b', b, n)
  const start = finiteVector('h0', h0, n)
  if (!Number.isFinite(t0)) throw new IvpInputError('t0', t0, 'must be a finite number')
  const extended = Matrix.zeros(n + 1, n + 1)
  extended.setSubMatrix(matrix, 0, 0)
  forcing.forEach((value, i) => extended.set(i, n, value))
  const column = Matrix.columnVector([...start, 1])
  const stateAt = (t: number): Float64Array => {
    if (!Number.isFinite(t)) throw new IvpInputError('t', t, 'must be a finite number')
    if (t === t0) return start.slice()
    return Float64Array.from(
      expm(Matrix.mul(extended, t - t0))
        .mmul(column)
        .getColumn(0)
        .slice(0, n),
    )
  }
  return ((t: number | ArrayLike<number>) =>
    typeof t === 'number' ? stateAt(t) : toRows(Array.from(t, stateAt))) as LinearSolution
}

/**
 * The equilibrium W h = -b, or null if W is singular to working precision (there is none, or a whole subspace of them).
 * @throws IvpInputError
 */
export function equilibrium({ W, b }: LinearOde): Float64Array | null {
  const matrix = squareMatrix('W', W)
  const n = matrix.rows
  const forcing = b === undefined ? new Float64Array(n) : finiteVector('b', b, n)
  const svd = new SingularValueDecomposition(matrix)
  const [largest, smallest] = [svd.diagonal[0]!, svd.diagonal[n - 1]!]
  if (smallest <= n * Number.EPSILON * largest) return null
  return Float64Array.from(svd.solve(Matrix.columnVector(forcing.map((value) => -value))).getColumn(0))
}
