import type { DenseMatrix } from './jacobianMatrix.ts'
import { giveLuMemory, takeLuMemory, type LuMemory } from './luMemory.ts'
import type { Shift } from './shift.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from './shiftedSystem.ts'

/** A matrix of n columns in a memory of its own, after rows of pivots and one column for right-hand sides; addresses in bytes. */
abstract class WasmFactors {
  declare protected readonly n: number
  declare protected readonly memory: LuMemory
  /** Of a column, or of the real or imaginary parts of one. */
  declare protected readonly ld: number
  declare protected readonly a: number
  declare protected readonly b: number
  private wasReleased = false

  /** @param memory - of `bytesOf(n, parts)`. @param parts - 2 for a complex matrix, else 1 */
  protected constructor(n: number, memory: LuMemory, parts: 1 | 2) {
    this.n = n
    this.memory = memory
    this.ld = ldOf(n)
    this.b = rowsOf(n)
    this.a = this.b + parts * this.ld
  }

  release(): void {
    // Once: a memory that came back twice would be lent to two
    if (!this.wasReleased) giveLuMemory(this.memory)
    this.wasReleased = true
  }
}

function ldOf(n: number): number {
  return 16 * Math.ceil(n / 2)
}

function rowsOf(n: number): number {
  return 16 * Math.ceil(n / 4)
}

function bytesOf(n: number, parts: 1 | 2): number {
  return rowsOf(n) + parts * ldOf(n) * (n + 1)
}

/** DenseLu in wasm: equal bits, two components at a time. */
export class WasmDenseLu extends WasmFactors implements ShiftedSystem<DenseMatrix> {
  /** Null where there is no wasm. */
  static of(n: number): WasmDenseLu | null {
    const memory = takeLuMemory(bytesOf(n, 1))
    return memory && new WasmDenseLu(n, memory, 1)
  }

  factor({ values }: DenseMatrix, { re: alpha, beta }: Shift): boolean {
    const n = this.n
    const lu = this.memory.float64
    const stride = this.ld / 8
    for (let j = 0, from = 0, to = this.a / 8; j < n; j++, from += n, to += stride) {
      for (let i = 0; i < n; i++) lu[to + i] = beta * values[from + i]!
      lu[to + j] = lu[to + j]! + alpha
    }
    return this.memory.factor(this.a, 8 * n, this.ld, 0) !== 0
  }

  solve(v: Float64Array, at: number): void {
    const n = this.n
    const x = this.memory.float64
    const b = this.b / 8
    for (let i = 0; i < n; i++) x[b + i] = v[at + i]!
    this.memory.solve(this.a, 8 * n, this.ld, 0, this.b)
    for (let i = 0; i < n; i++) v[at + i] = x[b + i]!
  }
}

/** DenseComplexLu in wasm: equal bits, two components at a time. */
export class WasmDenseComplexLu extends WasmFactors implements ComplexShiftedSystem<DenseMatrix> {
  /** Null where there is no wasm. */
  static of(n: number): WasmDenseComplexLu | null {
    const memory = takeLuMemory(bytesOf(n, 2))
    return memory && new WasmDenseComplexLu(n, memory, 2)
  }

  factor({ values }: DenseMatrix, { re: alphaRe, im: alphaIm, beta }: Shift): boolean {
    const n = this.n
    const lu = this.memory.float64
    const stride = this.ld / 8
    for (let j = 0, from = 0, to = this.a / 8; j < n; j++, from += n, to += 2 * stride) {
      for (let i = 0; i < n; i++) {
        lu[to + i] = beta * values[from + i]!
        lu[to + stride + i] = 0
      }
      lu[to + j] = lu[to + j]! + alphaRe
      lu[to + stride + j] = alphaIm
    }
    return this.memory.zfactor(this.a, 8 * n, this.ld, 0) !== 0
  }

  solve(v: Float64Array, re: number, im: number): void {
    const n = this.n
    const x = this.memory.float64
    const b = this.b / 8
    const bIm = b + this.ld / 8
    for (let i = 0; i < n; i++) {
      x[b + i] = v[re + i]!
      x[bIm + i] = v[im + i]!
    }
    this.memory.zsolve(this.a, 8 * n, this.ld, 0, this.b)
    for (let i = 0; i < n; i++) {
      v[re + i] = x[b + i]!
      v[im + i] = x[bIm + i]!
    }
  }
}
