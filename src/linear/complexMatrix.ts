/** A square complex matrix: real and imaginary parts, row-major. */
export class ComplexMatrix {
  readonly n: number
  readonly re: Float64Array
  readonly im: Float64Array

  constructor(n: number) {
    this.n = n
    this.re = new Float64Array(n * n)
    this.im = new Float64Array(n * n)
  }

  /** |Re| + |Im| of an entry: as good as the modulus for comparing sizes. */
  size(i: number, j: number): number {
    const k = i * this.n + j
    return Math.abs(this.re[k]!) + Math.abs(this.im[k]!)
  }

  /** Rows i and i + 1, columns `from` to the last: multiplied by [[c, s], [-conj s, c]]. */
  rotateRows(i: number, from: number, { c, re, im }: Rotation): void {
    for (let j = from; j < this.n; j++) this.#rotate(i * this.n + j, (i + 1) * this.n + j, c, re, im)
  }

  /** Columns j and j + 1, rows 0 to `to`: multiplied from the right by the adjoint of the same. */
  rotateColumns(j: number, to: number, { c, re, im }: Rotation): void {
    for (let i = 0; i <= to; i++) this.#rotate(i * this.n + j, i * this.n + j + 1, c, re, -im)
  }

  #rotate(first: number, second: number, c: number, sRe: number, sIm: number): void {
    const { re, im } = this
    const [xr, xi, yr, yi] = [re[first]!, im[first]!, re[second]!, im[second]!]
    re[first] = c * xr + sRe * yr - sIm * yi
    im[first] = c * xi + sRe * yi + sIm * yr
    re[second] = c * yr - sRe * xr - sIm * xi
    im[second] = c * yi - sRe * xi + sIm * xr
  }
}

/** A unitary rotation: real cosine c, complex sine re + i im. */
export interface Rotation {
  readonly c: number
  readonly re: number
  readonly im: number
}

/** Beside entries of size 1; still far from denormal numbers, whose quotients carry no digits. */
const NEGLIGIBLE = 1e-290

/** The rotation that maps (x, y) to (r, 0), unless both are negligible: c = |x| / r, s = (x / |x|) conj(y) / r. */
export function rotationOf(xr: number, xi: number, yr: number, yi: number): Rotation {
  const x = Math.hypot(xr, xi)
  const y = Math.hypot(yr, yi)
  if (y < NEGLIGIBLE) return { c: 1, re: 0, im: 0 }
  if (x < NEGLIGIBLE) return { c: 0, re: yr / y, im: -yi / y }
  const r = Math.hypot(x, y)
  const [ur, ui] = [xr / x, xi / x]
  return { c: x / r, re: (ur * yr + ui * yi) / r, im: (ui * yr - ur * yi) / r }
}
