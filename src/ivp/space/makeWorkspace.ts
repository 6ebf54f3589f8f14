import type { NormBlocks } from './norm.ts'
import { SpaceWorkspace } from './spaceWorkspace.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance, VectorSpace } from './vectorSpace.ts'
import { makeWasmWorkspace } from './wasmWorkspace.ts'
import type { Workspace, WorkspaceSize } from './workspace.ts'

/**
 * The vectors of a solve in wasm, which is the fastest for every length (bench/results/space.json), or where it is missing in plain arrays; both
 * give the same bits.
 * @param willBeReleased - `release` will be called for certain
 */
export function makeWorkspace<V extends FloatArray>(
  space: VectorSpace<V>,
  y0: V,
  size: WorkspaceSize,
  tolerance: Tolerance,
  blocks: NormBlocks,
  willBeReleased: boolean,
): Workspace<V> {
  return (
    makeWasmWorkspace(y0, size, tolerance, blocks, willBeReleased) ??
    new SpaceWorkspace(space, y0, size.slots)
  )
}
