import type { Matrix } from 'ml-matrix'
import { ComplexMatrix, rotationOf } from './complexMatrix.ts'
import { hessenberg } from './hessenberg.ts'

/** A = Z T Z*, T upper triangular with the eigenvalues on its diagonal, Z unitary. */
export interface ComplexSchur {
  readonly T: ComplexMatrix
  readonly Z: ComplexMatrix
}

/** Iterations for one eigenvalue; two or three are usual. */
const MAX_ITERATIONS = 300
/** Every so many iterations a shift from outside the pattern breaks a cycle. */
const EXCEPTIONAL = 10

/**
 * The complex Schur form of a real matrix, by the QR algorithm with Wilkinson's shifts.
 *
 * ml-matrix's EigenvalueDecomposition is not used: its iteration has no limit, and does not end on matrices as plain as
 * [[0, 0, -1, -1], [0, 0, -1, 0], [1, 1, 0, 0], [0, 0, 0, 0]].
 * @param A - shape (n, n), finite. @returns null if an eigenvalue did not converge
 * @see Golub, Van Loan, "Matrix computations", 4th ed., Sec. 7.5-7.6; Stewart, "Matrix algorithms II", Sec. 2.3
 */
export function complexSchur(A: Matrix): ComplexSchur | null {
  const n = A.rows
  const reduced = hessenberg(A)
  const T = new ComplexMatrix(n)
  const Z = new ComplexMatrix(n)
  T.re.set(reduced.H.to1DArray())
  Z.re.set(reduced.Q.to1DArray())
  const smallest = Number.EPSILON * T.re.reduce((most, x) => Math.max(most, Math.abs(x)), 0) * 2 ** -100
  let iterations = 0
  for (let last = n - 1; last > 0;) {
    const first = activeFrom(T, last, smallest)
    if (first === last) {
      last--
      iterations = 0
      continue
    }
    if (++iterations > MAX_ITERATIONS) return null
    qrStep(T, Z, first, last, iterations % EXCEPTIONAL === 0 ? exceptional(T, last) : wilkinson(T, last))
  }
  return { T, Z }
}

/** First row of the unreduced block that ends in row `last`; negligible entries below the diagonal are set to zero. */
function activeFrom(T: ComplexMatrix, last: number, smallest: number): number {
  for (let i = last; i > 0; i--) {
    const neighbours = T.size(i - 1, i - 1) + T.size(i, i)
    if (T.size(i, i - 1) > Math.max(Number.EPSILON * neighbours, smallest)) continue
    T.re[i * T.n + i - 1] = 0
    T.im[i * T.n + i - 1] = 0
    return i
  }
  return 0
}

type Complex = readonly [re: number, im: number]

/** The eigenvalue of the last 2 x 2 block that is nearer to its last entry. */
function wilkinson(T: ComplexMatrix, last: number): Complex {
  const at = (i: number, j: number): Complex => [T.re[i * T.n + j]!, T.im[i * T.n + j]!]
  const [a, b, c, d] = [at(last - 1, last - 1), at(last - 1, last), at(last, last - 1), at(last, last)]
  const half: Complex = [(a[0] - d[0]) / 2, (a[1] - d[1]) / 2]
  const product: Complex = [b[0] * c[0] - b[1] * c[1], b[0] * c[1] + b[1] * c[0]]
  const root = squareRoot([
    half[0] * half[0] - half[1] * half[1] + product[0],
    2 * half[0] * half[1] + product[1],
  ])
  // d - bc / (half +- root) with the larger denominator
  const sign = half[0] * root[0] + half[1] * root[1] >= 0 ? 1 : -1
  const denominator: Complex = [half[0] + sign * root[0], half[1] + sign * root[1]]
  const size = denominator[0] ** 2 + denominator[1] ** 2
  if (size === 0) return d
  return [
    d[0] - (product[0] * denominator[0] + product[1] * denominator[1]) / size,
    d[1] - (product[1] * denominator[0] - product[0] * denominator[1]) / size,
  ]
}

function exceptional(T: ComplexMatrix, last: number): Complex {
  const k = last * T.n + last
  return [T.re[k]! + T.size(last, last - 1), T.im[k]! + 0.5 * T.size(last, last - 1)]
}

function squareRoot([re, im]: Complex): Complex {
  const modulus = Math.hypot(re, im)
  const real = Math.sqrt((modulus + Math.abs(re)) / 2)
  if (real === 0) return [0, 0]
  const other = im / (2 * real)
  return re >= 0 ? [real, other] : [Math.abs(other), im < 0 ? -real : real]
}

/** T becomes Q* T Q, where T - shift I = Q R on the block from `first` to `last`. */
function qrStep(T: ComplexMatrix, Z: ComplexMatrix, first: number, last: number, shift: Complex): void {
  const { n, re, im } = T
  const move = (sign: 1 | -1): void => {
    for (let i = first; i <= last; i++) {
      re[i * n + i] = re[i * n + i]! + sign * shift[0]
      im[i * n + i] = im[i * n + i]! + sign * shift[1]
    }
  }
  move(-1)
  const rotations = []
  for (let i = first; i < last; i++) {
    const [x, y] = [i * n + i, (i + 1) * n + i]
    const rotation = rotationOf(re[x]!, im[x]!, re[y]!, im[y]!)
    T.rotateRows(i, i, rotation)
    rotations.push(rotation)
  }
  rotations.forEach((rotation, k) => {
    T.rotateColumns(first + k, Math.min(first + k + 1, last), rotation)
    Z.rotateColumns(first + k, n - 1, rotation)
  })
  move(1)
}
