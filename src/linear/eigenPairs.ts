import { Matrix } from 'ml-matrix'
import type { ComplexMatrix } from './complexMatrix.ts'
import { complexSchur } from './complexSchur.ts'

/** An eigenvalue and its eigenvector: W v = lambda v. */
export interface EigenPair {
  /** Real and imaginary part of lambda. */
  readonly re: number
  readonly im: number
  /** Real and imaginary parts of v, shapes (n), of Euclidean length 1 together. */
  readonly vector: ComplexVector
}

/**
 * The eigenpairs of a real matrix, conjugate ones exactly conjugate, real ones exactly real; null if the iteration did not converge.
 * A defective matrix gives some vectors twice.
 */
export function eigenPairs(W: Matrix): EigenPair[] | null {
  const n = W.rows
  const scale = Matrix.abs(W).max() || 1
  const schur = complexSchur(Matrix.div(W, scale))
  if (schur === null) return null
  const { T, Z } = schur
  const size = Math.max(...T.re.map(Math.abs), ...T.im.map(Math.abs))
  const least = Number.EPSILON * size
  const raw = Array.from({ length: n }, (_, j): EigenPair => {
    const im = T.im[j * n + j]!
    const isReal = Math.abs(im) <= 10 * n * least
    const x = new Float64Array(n)
    x[j] = 1
    const vector = turned(product(Z, backSubstituted(T, [T.re[j * n + j]!, im], j - 1, x, least)), isReal)
    return { re: T.re[j * n + j]!, im: isReal ? 0 : im, vector }
  })
  const pairs = conjugated(raw, n * least, (lambda) =>
    turned(product(Z, backSubstituted(T, lambda, n - 1, new Float64Array(n), least)), false),
  )
  return pairs.map(({ re, im, vector }) => ({ re: re * scale, im: im * scale, vector }))
}

/**
 * Joins neighbours of conjugates to exact pairs. The members of a pair that is nearly defective are scattered to the root of rounding:
 * these get their mean and a vector for it by `vectorAt`.
 */
function conjugated(
  raw: ReadonlyArray<EigenPair>,
  rounding: number,
  vectorAt: (lambda: readonly [number, number]) => EigenPair['vector'],
): ReadonlyArray<EigenPair> {
  const lower = raw.filter(({ im }) => im < 0)
  const upper = raw.filter(({ im }) => im > 0)
  // Rounding may have made one of a pair real and left the other
  if (lower.length !== upper.length) return raw
  const complex = upper.flatMap((pair) => {
    const distance = (other: EigenPair): number => Math.hypot(other.re - pair.re, other.im + pair.im)
    const other = lower.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best))
    lower.splice(lower.indexOf(other), 1)
    const [re, im] = [(pair.re + other.re) / 2, (pair.im - other.im) / 2]
    const { vector } = distance(other) <= 100 * rounding ? pair : { vector: vectorAt([re, im]) }
    const opposite = { re: vector.re, im: vector.im.map((value) => -value) }
    return [
      { re, im, vector },
      { re, im: -im, vector: opposite },
    ]
  })
  return [...raw.filter(({ im }) => im === 0), ...complex]
}

interface ComplexVector {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Solves (T - lambda I) x = -(what x holds after row `last`) for the rows up to `last`, or = 1 if x is zero (a step of inverse
 * iteration). Pivots below `least` count as it; x is scaled as it grows.
 */
function backSubstituted(
  T: ComplexMatrix,
  lambda: readonly [number, number],
  last: number,
  start: Float64Array,
  least: number,
): ComplexVector {
  const { n } = T
  const x = { re: start.slice(), im: new Float64Array(n) }
  let forcing = start.every((value) => value === 0) ? 1 : 0
  for (let i = last; i >= 0; i--) {
    let [re, im] = [forcing, 0]
    for (let k = i + 1; k < n; k++) {
      re -= T.re[i * n + k]! * x.re[k]! - T.im[i * n + k]! * x.im[k]!
      im -= T.re[i * n + k]! * x.im[k]! + T.im[i * n + k]! * x.re[k]!
    }
    let [pivotRe, pivotIm] = [T.re[i * n + i]! - lambda[0], T.im[i * n + i]! - lambda[1]]
    if (Math.hypot(pivotRe, pivotIm) < least) [pivotRe, pivotIm] = [least, 0]
    const square = pivotRe * pivotRe + pivotIm * pivotIm
    x.re[i] = (re * pivotRe + im * pivotIm) / square
    x.im[i] = (im * pivotRe - re * pivotIm) / square
    const largest = Math.max(Math.abs(x.re[i]!), Math.abs(x.im[i]!))
    if (largest < 1e100) continue
    forcing /= largest
    for (const part of [x.re, x.im]) part.forEach((value, k) => (part[k] = value / largest))
  }
  return x
}

function product(Z: ComplexMatrix, x: ComplexVector): ComplexVector {
  const { n } = Z
  const v = { re: new Float64Array(n), im: new Float64Array(n) }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      v.re[i] = v.re[i]! + Z.re[i * n + k]! * x.re[k]! - Z.im[i * n + k]! * x.im[k]!
      v.im[i] = v.im[i]! + Z.re[i * n + k]! * x.im[k]! + Z.im[i * n + k]! * x.re[k]!
    }
  }
  return v
}

/** Length 1, and turned so that the largest component is real and positive. */
function turned({ re, im }: ComplexVector, isReal: boolean): ComplexVector {
  const sizes = Array.from(re, (value, i) => Math.hypot(value, im[i]!))
  const largest = sizes.indexOf(Math.max(...sizes))
  const [c, s] = [re[largest]! / sizes[largest]!, im[largest]! / sizes[largest]!]
  const v = {
    re: re.map((value, i) => value * c + im[i]! * s),
    im: im.map((value, i) => (isReal ? 0 : value * c - re[i]! * s)),
  }
  const length = Math.hypot(...v.re, ...v.im)
  return { re: v.re.map((value) => value / length), im: v.im.map((value) => value / length) }
}
