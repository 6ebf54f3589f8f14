import type { DenseMatrix } from './jacobianMatrix.ts'
import type { Shift } from './shift.ts'
import type { ComplexShiftedSystem } from './shiftedSystem.ts'

/** LU factors of a dense complex matrix. As DenseLu, pivots by |re| + |im|; a column holds its real parts, then its imaginary parts. */
export class DenseComplexLu implements ComplexShiftedSystem<DenseMatrix> {
  declare private readonly n: number
  /** Entry (i, j) at 2 j n + i and 2 j n + n + i. */
  declare private readonly lu: Float64Array
  declare private readonly pivotRow: Int32Array

  constructor(n: number) {
    this.n = n
    this.lu = new Float64Array(2 * n * n)
    this.pivotRow = new Int32Array(n)
  }

  factor({ values }: DenseMatrix, { re: alphaRe, im: alphaIm, beta }: Shift): boolean {
    const n = this.n
    const lu = this.lu
    const rowOf = this.pivotRow
    for (let j = 0, from = 0, re = 0, im = n; j < n; j++, from += n, re += 2 * n, im += 2 * n) {
      for (let i = 0; i < n; i++) {
        lu[re + i] = beta * values[from + i]!
        lu[im + i] = 0
      }
      lu[re + j] = lu[re + j]! + alphaRe
      lu[im + j] = alphaIm
    }
    for (let k = 0, re = 0, im = n; k < n; k++, re += 2 * n, im += 2 * n) {
      let p = k
      let largest = Math.abs(lu[re + k]!) + Math.abs(lu[im + k]!)
      for (let i = k + 1; i < n; i++) {
        const size = Math.abs(lu[re + i]!) + Math.abs(lu[im + i]!)
        if (!(size <= largest)) {
          p = i
          largest = size
        }
      }
      const pr = lu[re + p]!
      const pi = lu[im + p]!
      const square = pr * pr + pi * pi
      if (!(square > 0 && square < Infinity)) return false
      // 1 / pivot
      const dr = pr / square
      const di = -pi / square
      rowOf[k] = p
      lu[re + p] = lu[re + k]!
      lu[im + p] = lu[im + k]!
      lu[re + k] = pr
      lu[im + k] = pi
      for (let i = k + 1; i < n; i++) {
        const vr = lu[re + i]!
        const vi = lu[im + i]!
        lu[re + i] = vr * dr - vi * di
        lu[im + i] = vr * di + vi * dr
      }
      for (let other = re + 2 * n; other < lu.length; other += 2 * n) {
        const ur = lu[other + p]!
        const ui = lu[other + n + p]!
        lu[other + p] = lu[other + k]!
        lu[other + n + p] = lu[other + n + k]!
        lu[other + k] = ur
        lu[other + n + k] = ui
        if (ur === 0 && ui === 0) continue
        for (let i = k + 1; i < n; i++) {
          const lr = lu[re + i]!
          const li = lu[im + i]!
          lu[other + i] = lu[other + i]! - (lr * ur - li * ui)
          lu[other + n + i] = lu[other + n + i]! - (lr * ui + li * ur)
        }
      }
    }
    return true
  }

  solve(v: Float64Array, re: number, im: number): void {
    const n = this.n
    const lu = this.lu
    const rowOf = this.pivotRow
    for (let k = 0, top = 0; k < n; k++, top += 2 * n) {
      const p = rowOf[k]!
      const xr = v[re + p]!
      const xi = v[im + p]!
      v[re + p] = v[re + k]!
      v[im + p] = v[im + k]!
      v[re + k] = xr
      v[im + k] = xi
      for (let i = k + 1; i < n; i++) {
        const lr = lu[top + i]!
        const li = lu[top + n + i]!
        v[re + i] = v[re + i]! - (lr * xr - li * xi)
        v[im + i] = v[im + i]! - (lr * xi + li * xr)
      }
    }
    for (let k = n - 1, top = 2 * k * n; k >= 0; k--, top -= 2 * n) {
      const vr = v[re + k]!
      const vi = v[im + k]!
      const dr = lu[top + k]!
      const di = lu[top + n + k]!
      const square = dr * dr + di * di
      const xr = (vr * dr + vi * di) / square
      const xi = (vi * dr - vr * di) / square
      v[re + k] = xr
      v[im + k] = xi
      for (let i = 0; i < k; i++) {
        const ur = lu[top + i]!
        const ui = lu[top + n + i]!
        v[re + i] = v[re + i]! - (ur * xr - ui * xi)
        v[im + i] = v[im + i]! - (ur * xi + ui * xr)
      }
    }
  }

  release(): void {}
}
