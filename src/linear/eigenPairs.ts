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
  const size = [T.re, T.im].reduce((most, part) => part.reduce((m, x) => Math.max(m, Math.abs(x)), most), 0)
  const least = Number.EPSILON * size
  const raw = Array.from({ length: n }, (_, j): EigenPair => {
    const im = T.im[j * n + j]!
    const isReal = Math.abs(im) <= 10 * n * least
    const x = new Float64Array(n)
    x[j] = 1
    const solution = backSubstituted(T, [T.re[j * n + j]!, im], x, j, least)
    return { re: T.re[j * n + j]!, im: isReal ? 0 : im, vector: turned(product(Z, solution), isReal) }
  })
  const vectorAt = (re: number, im: number): ComplexVector =>
    turned(product(Z, inverseIterated(T, [re, im], least)), im === 0)
  const pairs = symmetrized(raw, n * least, vectorAt)
  return pairs.map(({ re, im, vector }) => ({ re: re * scale, im: im * scale, vector }))
}

/**
 * Eigenvalues of a real matrix are real or conjugate: rounding leaves both slightly off, and nearly defective ones far off, by the root
 * of rounding. A pair that lies nearer to being conjugate than to the real axis becomes so; what is left becomes real. Moved
 * eigenvalues get their vector by `vectorAt`.
 */
function symmetrized(
  raw: ReadonlyArray<EigenPair>,
  rounding: number,
  vectorAt: (re: number, im: number) => ComplexVector,
): EigenPair[] {
  const lower = raw.filter(({ im }) => im < 0)
  const pairs = raw.filter(({ im }) => im === 0)
  const toReal = ({ re }: EigenPair): EigenPair => ({ re, im: 0, vector: vectorAt(re, 0) })
  for (const pair of raw.filter(({ im }) => im > 0)) {
    const distance = (other: EigenPair): number => Math.hypot(other.re - pair.re, other.im + pair.im)
    const nearest = lower.toSorted((a, b) => distance(a) - distance(b))[0]
    if (nearest === undefined || distance(nearest) > pair.im) {
      pairs.push(toReal(pair))
      continue
    }
    lower.splice(lower.indexOf(nearest), 1)
    const [re, im] = [(pair.re + nearest.re) / 2, (pair.im - nearest.im) / 2]
    const vector = distance(nearest) <= 100 * rounding ? pair.vector : vectorAt(re, im)
    const opposite = { re: vector.re, im: vector.im.map((value) => -value) }
    pairs.push({ re, im, vector }, { re, im: -im, vector: opposite })
  }
  return [...pairs, ...lower.map(toReal)]
}

interface ComplexVector {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * One step of inverse iteration, (T - lambda I) x = e_k: of all k the longest solution, since its residual is 1 / |x|.
 * @see Golub, Van Loan, "Matrix computations", 4th ed., Sec. 7.6.1
 */
function inverseIterated(T: ComplexMatrix, lambda: Complex, least: number): ComplexVector {
  const solutions = Array.from({ length: T.n }, (_, k) => {
    const x = new Float64Array(T.n)
    const [re, im] = [T.re[k * T.n + k]! - lambda[0], T.im[k * T.n + k]! - lambda[1]]
    const size = Math.max(Math.hypot(re, im), least)
    x[k] = 1
    const solution = backSubstituted(T, lambda, x, k, least)
    // x_k = 1 / pivot
    return { solution, length: Math.hypot(...solution.re, ...solution.im) / size }
  })
  return solutions.reduce((best, next) => (next.length > best.length ? next : best)).solution
}

type Complex = readonly [re: number, im: number]

/**
 * Completes x, given from row `from` on, to (T - lambda I) x = 0 in the rows above. A pivot below `least` counts as it; x is scaled when
 * it grows beyond all bounds.
 */
function backSubstituted(
  T: ComplexMatrix,
  lambda: Complex,
  given: Float64Array,
  from: number,
  least: number,
): ComplexVector {
  const { n } = T
  const x = { re: given.slice(), im: new Float64Array(n) }
  for (let i = from - 1; i >= 0; i--) {
    let [re, im] = [0, 0]
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
    if (largest > 1e100) {
      for (const part of [x.re, x.im]) part.forEach((value, k) => (part[k] = value / largest))
    }
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
