import type { SparseMatrix } from './jacobianMatrix.ts'
import type { Shift } from './shift.ts'
import type { ComplexShiftedSystem } from './shiftedSystem.ts'
import { SMALLEST_PIVOT } from './sparseLu.ts'
import type { Elimination } from './symbolicLu.ts'

/** SparseLu with a complex shift: real and imaginary parts in separate arrays. */
export class SparseComplexLu implements ComplexShiftedSystem<SparseMatrix> {
  declare private readonly pattern: Elimination
  declare private readonly re: Float64Array
  declare private readonly im: Float64Array
  declare private readonly rowRe: Float64Array
  declare private readonly rowIm: Float64Array

  constructor(pattern: Elimination) {
    this.pattern = pattern
    this.re = new Float64Array(pattern.column.length)
    this.im = new Float64Array(pattern.column.length)
    this.rowRe = new Float64Array(pattern.n)
    this.rowIm = new Float64Array(pattern.n)
  }

  factor({ values }: SparseMatrix, { re: alphaRe, im: alphaIm, beta }: Shift): boolean {
    const { n, rowStart, column, diagonal, target } = this.pattern
    const re = this.re
    const im = this.im
    const rowRe = this.rowRe
    const rowIm = this.rowIm
    re.fill(0)
    im.fill(0)
    for (let entry = 0; entry < target.length; entry++) re[target[entry]!] = beta * values[entry]!
    for (let i = 0; i < n; i++) {
      re[diagonal[i]!] = re[diagonal[i]!]! + alphaRe
      im[diagonal[i]!] = alphaIm
    }
    for (let i = 0; i < n; i++) {
      const start = rowStart[i]!
      const end = rowStart[i + 1]!
      for (let at = start; at < end; at++) {
        rowRe[column[at]!] = re[at]!
        rowIm[column[at]!] = im[at]!
      }
      for (let at = start; at < diagonal[i]!; at++) {
        const k = column[at]!
        const pr = re[diagonal[k]!]!
        const pi = im[diagonal[k]!]!
        const size = pr * pr + pi * pi
        const fr = (rowRe[k]! * pr + rowIm[k]! * pi) / size
        const fi = (rowIm[k]! * pr - rowRe[k]! * pi) / size
        rowRe[k] = fr
        rowIm[k] = fi
        if (fr === 0 && fi === 0) continue
        for (let other = diagonal[k]! + 1; other < rowStart[k + 1]!; other++) {
          const j = column[other]!
          rowRe[j] = rowRe[j]! - (fr * re[other]! - fi * im[other]!)
          rowIm[j] = rowIm[j]! - (fr * im[other]! + fi * re[other]!)
        }
      }
      let largest = 0
      for (let at = start; at < end; at++) {
        const j = column[at]!
        re[at] = rowRe[j]!
        im[at] = rowIm[j]!
        const size = Math.abs(rowRe[j]!) + Math.abs(rowIm[j]!)
        if (at >= diagonal[i]! && !(size <= largest)) largest = size
      }
      const pivot = Math.abs(re[diagonal[i]!]!) + Math.abs(im[diagonal[i]!]!)
      if (!(pivot > SMALLEST_PIVOT * largest && largest < Infinity)) return false
    }
    return true
  }

  solve(v: Float64Array, fromRe: number, fromIm: number): void {
    const { n, rowStart, column, diagonal, order } = this.pattern
    const re = this.re
    const im = this.im
    const xr = this.rowRe
    const xi = this.rowIm
    for (let i = 0; i < n; i++) {
      let sr = v[fromRe + order[i]!]!
      let si = v[fromIm + order[i]!]!
      for (let at = rowStart[i]!; at < diagonal[i]!; at++) {
        const j = column[at]!
        sr -= re[at]! * xr[j]! - im[at]! * xi[j]!
        si -= re[at]! * xi[j]! + im[at]! * xr[j]!
      }
      xr[i] = sr
      xi[i] = si
    }
    for (let i = n - 1; i >= 0; i--) {
      let sr = xr[i]!
      let si = xi[i]!
      for (let at = diagonal[i]! + 1; at < rowStart[i + 1]!; at++) {
        const j = column[at]!
        sr -= re[at]! * xr[j]! - im[at]! * xi[j]!
        si -= re[at]! * xi[j]! + im[at]! * xr[j]!
      }
      const dr = re[diagonal[i]!]!
      const di = im[diagonal[i]!]!
      const size = dr * dr + di * di
      xr[i] = (sr * dr + si * di) / size
      xi[i] = (si * dr - sr * di) / size
    }
    for (let i = 0; i < n; i++) {
      v[fromRe + order[i]!] = xr[i]!
      v[fromIm + order[i]!] = xi[i]!
    }
  }

  release(): void {}
}
