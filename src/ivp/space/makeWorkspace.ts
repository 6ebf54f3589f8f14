import type { NormBlocks } from './norm.ts'
import { SpaceWorkspace } from './spaceWorkspace.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance, VectorSpace } from './vectorSpace.ts'
import { makeWasmWorkspace } from './wasmWorkspace.ts'
import type { Workspace, WorkspaceSize } from './workspace.ts'

/** Below this length plain loops are faster than calls into wasm (bench/results/space.json). */
const WASM_FROM = 2

/**
 * The vectors of a solve in the fastest workspace there is for them; all give the same bits.
 * @param isGivenBack - `release` will be called for certain
 */
export function makeWorkspace<V extends FloatArray>(
  space: VectorSpace<V>,
  y0: V,
  size: WorkspaceSize,
  tolerance: Tolerance,
  blocks: NormBlocks,
  isGivenBack: boolean,
): Workspace<V> {
  const wasm = y0.length < WASM_FROM ? null : makeWasmWorkspace(y0, size, tolerance, blocks, isGivenBack)
  return wasm ?? new SpaceWorkspace(space, isFinite, y0, size.slots)
}

/** Whether every component is finite. */
function isFinite(v: FloatArray): boolean {
  // Infinity less itself is NaN, and NaN stays
  let zero = 0
  for (let i = 0; i < v.length; i++) zero += v[i]! - v[i]!
  return zero === 0
}
