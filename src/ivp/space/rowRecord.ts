import type { SparseRow } from '../method/butcherTableau.ts'
import type { WasmMemory } from './wasmMemory.ts'

/**
 * What the wasm kernels read of a linear combination or a norm: a record of 192 bytes. Vectors are named by the addresses of their entries in
 * the table of vectors. Offsets (also in tools/kernels.wat.mjs):
 *
 *     0  i32  entry of out; of yNew for a norm          64  12 f64  weights
 *     4  i32  entry of y                                160  i32    norm: first byte of the block
 *                                                              combination: entry of the vector to be set to zero, or 0
 *     8  i32  code: terms + 16 (few) + 32 (vectors)     168  f64    norm: square root of the number of components
 *    12  i32  bytes to write; components of a norm      176  f64 or i32  norm: rtol, or the address of its first component
 *    16  12 i32  entries of the terms                   184  the same of atol
 *                                                       164  i32    norm: the record of a mixed norm's second row, or 0
 */
export const RECORD = 192
export const MOST_TERMS = 12
/** Numbers of terms that have a norm: a single vector, RK23, RK45, DOP853, longer ones. */
export const NORM_TERMS: ReadonlyArray<number> = [1, 4, 6, 8, MOST_TERMS]
/** States of at most so many components have no loop. */
export const FEW = 4
const IS_FEW = 16
const HAS_VECTOR_TOLERANCE = 32

/** A block of the error norm in bytes and components; tolerances are numbers, or addresses of the block's first ones. */
export interface NormBlock {
  readonly from: number
  readonly count: number
  readonly rtol: number
  readonly atol: number
  readonly isVector: boolean
}

/** Where a record goes and what its slots mean. */
export interface RecordPlace {
  readonly memory: WasmMemory
  /** Address of the record. */
  readonly at: number
  /** Address of the table of vectors. */
  readonly table: number
}

/** @param cleared - slot of the vector that is set to zero first, or -1 */
// prettier-ignore
export function writeCombination({ memory, at, table }: RecordPlace, row: SparseRow, out: number, y: number, bytes: number, isFew: boolean, cleared: number): void {
  writeTerms({ memory, at, table }, row)
  const { int32 } = memory
  int32[at >> 2] = table + 4 * out
  int32[(at >> 2) + 1] = table + 4 * y
  int32[(at >> 2) + 2] = row.index.length + (isFew ? IS_FEW : 0)
  int32[(at >> 2) + 3] = bytes
  int32[(at + 160) >> 2] = cleared < 0 ? 0 : table + 4 * cleared
}

// prettier-ignore
export function writeNorm({ memory, at, table }: RecordPlace, row: SparseRow, y: number, yNew: number, block: NormBlock): void {
  writeTerms({ memory, at, table }, row)
  const { int32, float64 } = memory
  const { from, count, rtol, atol, isVector } = block
  const kind = isVector ? HAS_VECTOR_TOLERANCE : count <= FEW ? IS_FEW : 0
  int32[at >> 2] = table + 4 * yNew
  int32[(at >> 2) + 1] = table + 4 * y
  int32[(at >> 2) + 2] = row.index.length + kind
  int32[(at >> 2) + 3] = count
  int32[(at + 160) >> 2] = from
  int32[(at + 164) >> 2] = 0
  float64[(at + 168) >> 3] = Math.sqrt(count)
  if (isVector) {
    int32[(at + 176) >> 2] = rtol
    int32[(at + 184) >> 2] = atol
  } else {
    float64[(at + 176) >> 3] = rtol
    float64[(at + 184) >> 3] = atol
  }
}

/** Makes one norm of two records: `mixedNorm`. */
export function linkNorms({ int32 }: WasmMemory, five: number, three: number): void {
  int32[(five + 164) >> 2] = three
}

function writeTerms({ memory, at, table }: RecordPlace, { index, weight }: SparseRow): void {
  const { int32, float64 } = memory
  for (let j = 0; j < index.length; j++) {
    int32[((at + 16) >> 2) + j] = table + 4 * index[j]!
    float64[((at + 64) >> 3) + j] = weight[j]!
  }
}
