import type { DenseMatrix } from './jacobianMatrix.ts'
import { giveLuMemory, takeLuMemory, type LuMemory } from './luMemory.ts'
import type { Shift } from './shift.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from './shiftedSystem.ts'

/** Where rows of pivots, one column for right-hand sides and the matrix lie, in bytes; `parts` is 2 for a complex matrix, else 1. */
function layoutOf(
  n: number,
  parts: 1 | 2,
): { readonly ld: number; readonly b: number; readonly a: number; readonly bytes: number } {
  const ld = 16 * Math.ceil(n / 2)
  const b = 16 * Math.ceil(n / 4)
  const a = b + parts * ld
  return { ld, b, a, bytes: a + parts * ld * n }
}

/** DenseLu in wasm: equal bits, two components at a time. */
export class WasmDenseLu implements ShiftedSystem<DenseMatrix> {
  declare private readonly n: number
  declare private readonly memory: LuMemory
  private isReleased = false
  declare private readonly ld: number
  declare private readonly a: number
  declare private readonly b: number

  /** Null where there is no wasm. */
  static of(n: number): WasmDenseLu | null {
    const memory = takeLuMemory(layoutOf(n, 1).bytes)
    return memory && new WasmDenseLu(n, memory)
  }

  private constructor(n: number, memory: LuMemory) {
    const { ld, a, b } = layoutOf(n, 1)
    this.n = n
    this.memory = memory
    this.ld = ld
    this.a = a
    this.b = b
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

  release(): void {
    // Once: a memory that came back twice would be lent to two
    if (!this.isReleased) giveLuMemory(this.memory)
    this.isReleased = true
  }
}

/** DenseComplexLu in wasm: equal bits, two components at a time. */
export class WasmDenseComplexLu implements ComplexShiftedSystem<DenseMatrix> {
  declare private readonly n: number
  declare private readonly memory: LuMemory
  private isReleased = false
  declare private readonly ld: number
  declare private readonly a: number
  declare private readonly b: number

  /** Null where there is no wasm. */
  static of(n: number): WasmDenseComplexLu | null {
    const memory = takeLuMemory(layoutOf(n, 2).bytes)
    return memory && new WasmDenseComplexLu(n, memory)
  }

  private constructor(n: number, memory: LuMemory) {
    const { ld, a, b } = layoutOf(n, 2)
    this.n = n
    this.memory = memory
    this.ld = ld
    this.a = a
    this.b = b
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

  release(): void {
    // Once: a memory that came back twice would be lent to two
    if (!this.isReleased) giveLuMemory(this.memory)
    this.isReleased = true
  }
}
