import { BandedComplexLu } from './bandedComplexLu.ts'
import { BandedLu } from './bandedLu.ts'
import { DenseComplexLu } from './denseComplexLu.ts'
import { DenseLu } from './denseLu.ts'
import type { DenseMatrix, JacobianMatrix } from './jacobianMatrix.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from './shiftedSystem.ts'
import { ComplexLu2, ComplexLu3 } from './smallComplexLu.ts'
import { Lu2, Lu3 } from './smallLu.ts'
import { SparseComplexLu } from './sparseComplexLu.ts'
import { SparseLu } from './sparseLu.ts'
import { eliminationOf } from './symbolicLu.ts'
import { WasmDenseComplexLu, WasmDenseLu } from './wasmDenseLu.ts'

/** Dense matrices of at least this size are factored in wasm: below, a solve is as fast in plain loops (bench/lu.ts). */
const WASM_FROM = 8

/** The factorization for the storage of a Jacobian; further ones must have its storage and pattern. */
export function shiftedSystem(like: JacobianMatrix): ShiftedSystem {
  switch (like.kind) {
    case 'dense':
      return denseLu(like.n) as ShiftedSystem
    case 'banded':
      return new BandedLu(like.n, like.lower, like.upper) as ShiftedSystem
    case 'sparse':
      return new SparseLu(eliminationOf(like)) as ShiftedSystem
  }
}

/** The same for a complex shift. */
export function complexShiftedSystem(like: JacobianMatrix): ComplexShiftedSystem {
  switch (like.kind) {
    case 'dense':
      return denseComplexLu(like.n) as ComplexShiftedSystem
    case 'banded':
      return new BandedComplexLu(like.n, like.lower, like.upper) as ComplexShiftedSystem
    case 'sparse':
      return new SparseComplexLu(eliminationOf(like)) as ComplexShiftedSystem
  }
}

function denseLu(n: number): ShiftedSystem<DenseMatrix> {
  if (n === 2) return new Lu2()
  if (n === 3) return new Lu3()
  return (n >= WASM_FROM ? WasmDenseLu.of(n) : null) ?? new DenseLu(n)
}

function denseComplexLu(n: number): ComplexShiftedSystem<DenseMatrix> {
  if (n === 2) return new ComplexLu2()
  if (n === 3) return new ComplexLu3()
  return (n >= WASM_FROM ? WasmDenseComplexLu.of(n) : null) ?? new DenseComplexLu(n)
}
