import type { LuMemory } from './luMemory.ts'

/** What banded factors are made of: rows, then multipliers, then pivots. */
export interface BandedArrays {
  readonly rows: Float64Array
  readonly multipliers: Float64Array
  readonly pivot: Int32Array
}

/** Eliminates in the memory of the arrays. @param entryBytes - of a real or complex entry. @returns false for a singular matrix */
export function eliminateInWasm(
  factor: LuMemory['bandedFactor'],
  entryBytes: 8 | 16,
  n: number,
  lower: number,
  upper: number,
  { rows, multipliers, pivot }: BandedArrays,
): boolean {
  const span = lower + upper
  const width = entryBytes * (lower + span + 1)
  return factor(rows.byteOffset, n, width, lower, span, multipliers.byteOffset, pivot.byteOffset) !== 0
}

/** In a memory, or in arrays of their own. @param parts - 2 for a complex matrix, else 1 */
// prettier-ignore
export function bandedArrays(n: number, lower: number, upper: number, parts: 1 | 2, memory: LuMemory | null): BandedArrays {
  const entries = parts * n * (2 * lower + upper + 1)
  const multipliers = parts * n * lower
  if (memory === null) {
    return {
      rows: new Float64Array(entries),
      multipliers: new Float64Array(multipliers),
      pivot: new Int32Array(n),
    }
  }
  const { buffer } = memory.float64
  return {
    rows: new Float64Array(buffer, 0, entries),
    multipliers: new Float64Array(buffer, 8 * entries, multipliers),
    pivot: new Int32Array(buffer, 8 * (entries + multipliers), n),
  }
}

/** Of a memory for them. */
export function bandedBytes(n: number, lower: number, upper: number, parts: 1 | 2): number {
  return 8 * parts * n * (3 * lower + upper + 1) + 4 * n
}
