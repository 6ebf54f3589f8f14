import { bandedBytes } from './bandedArrays.ts'
import { BandedComplexLu } from './bandedComplexLu.ts'
import { BandedLu } from './bandedLu.ts'
import { DenseComplexLu } from './denseComplexLu.ts'
import { DenseLu } from './denseLu.ts'
import type { BandedMatrix, DenseMatrix, JacobianMatrix } from './jacobianMatrix.ts'
import { takeLuMemory, type LuMemory } from './luMemory.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from './shiftedSystem.ts'
import { ComplexLu2, ComplexLu3 } from './smallComplexLu.ts'
import { Lu2, Lu3 } from './smallLu.ts'
import { SparseComplexLu } from './sparseComplexLu.ts'
import { SparseLu } from './sparseLu.ts'
import { eliminationOf } from './symbolicLu.ts'
import { WasmDenseComplexLu, WasmDenseLu } from './wasmDenseLu.ts'

/** Dense matrices of at least this size are factored in wasm: below, a solve is as fast in plain loops (bench/lu.ts). */
const WASM_FROM = 8
/** Banded ones of at least this size and so many diagonals below the main one (bench/lu.ts). */
const BANDED_WASM_FROM = 10
const BANDED_WASM_LOWER = 2

/** The factorization for the storage of a Jacobian; further ones must have its storage and pattern. */
export function shiftedSystem(like: JacobianMatrix): ShiftedSystem {
  switch (like.kind) {
    case 'dense':
      return denseLu(like.n) as ShiftedSystem
    case 'banded':
      return new BandedLu(like.n, like.lower, like.upper, bandedMemory(like, 1)) as ShiftedSystem
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
      return new BandedComplexLu(
        like.n,
        like.lower,
        like.upper,
        bandedMemory(like, 2),
      ) as ComplexShiftedSystem
    case 'sparse':
      return new SparseComplexLu(eliminationOf(like)) as ComplexShiftedSystem
  }
}

/** Null where plain loops are as fast, or there is no wasm. */
function bandedMemory({ n, lower, upper }: BandedMatrix, parts: 1 | 2): LuMemory | null {
  const isWasm = n >= BANDED_WASM_FROM && lower >= BANDED_WASM_LOWER
  return isWasm ? takeLuMemory(bandedBytes(n, lower, upper, parts)) : null
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
