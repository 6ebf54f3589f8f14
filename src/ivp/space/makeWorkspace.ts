import type { SparseRow } from '../method/butcherTableau.ts'
import type { NormBlocks } from './norm.ts'
import { SpaceWorkspace } from './spaceWorkspace.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance, VectorSpace } from './vectorSpace.ts'
import { makeWasmWorkspace } from './wasmWorkspace.ts'
import type { Workspace } from './workspace.ts'

/** Below this length plain loops are faster than calls into wasm (bench/results/space.json). */
const WASM_FROM = 2

/**
 * The vectors of a solve in the fastest workspace there is for them; all give the same bits.
 * @param rows - every row that will be added
 */
export function makeWorkspace<V extends FloatArray>(
  space: VectorSpace<V>,
  y0: V,
  slots: number,
  tolerance: Tolerance,
  blocks: NormBlocks,
  rows: ReadonlyArray<SparseRow>,
): Workspace<V> {
  const wasm = y0.length < WASM_FROM ? null : makeWasmWorkspace(y0, slots, tolerance, blocks, rows)
  return wasm ?? new SpaceWorkspace(space, isFinite, y0, slots)
}

function isFinite(v: FloatArray): boolean {
  for (let i = 0; i < v.length; i++) if (!Number.isFinite(v[i]!)) return false
  return true
}
