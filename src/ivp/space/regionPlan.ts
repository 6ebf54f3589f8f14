import type { NormBlocks } from './norm.ts'
import { RECORD, type NormBlock } from './rowRecord.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance } from './vectorSpace.ts'
import type { WasmRegion } from './wasmRegion.ts'
import type { WorkspaceSize } from './workspace.ts'

/** Vectors start on cache lines, each one line further along its page than the last: equal offsets would collide in the cache. */
const LINE = 64
/** From this length on a vector is padded to whole blocks of the kernels; below, to a register. */
const BLOCK = 64
const REGISTER = 16
/** Where everything lies in a region: the table of vectors (first), records, tolerance vectors, then the vectors. Offsets and lengths in bytes. */
export interface RegionPlan {
  readonly size: WorkspaceSize
  readonly tolerance: Tolerance
  readonly blocks: NormBlocks
  /** Of a vector in whole registers, which is what the kernels write. */
  readonly width: number
  /** From one vector to the next. */
  readonly stride: number
  readonly isVectorTolerance: boolean
  readonly records: number
  readonly tolerances: number
  readonly vectors: number
  readonly bytes: number
}

/** Tolerance vectors go into the region; the blocks that the norms look at. */
export function blocksOf(like: FloatArray, { memory, from }: WasmRegion, plan: RegionPlan): NormBlock[] {
  const { tolerance, isVectorTolerance, blocks } = plan
  const n = like.length
  let next = from + plan.tolerances
  const place = (value: number | Float64Array): number => {
    if (!isVectorTolerance) return value as number
    const at = next
    next += toleranceBytes(n)
    const vector = new Float64Array(memory.uint8.buffer, at, n)
    if (typeof value === 'number') vector.fill(value)
    else vector.set(value)
    return at
  }
  const rtol = place(tolerance.rtol)
  const atol = place(tolerance.atol)
  return blocks.map(([begin, end]) => ({
    from: begin * like.BYTES_PER_ELEMENT,
    count: end - begin,
    rtol: isVectorTolerance ? rtol + 8 * begin : rtol,
    atol: isVectorTolerance ? atol + 8 * begin : atol,
    isVector: isVectorTolerance,
  }))
}

/** The vectors; the region's last user may have left the very views. */
// prettier-ignore
export function viewsOf<V extends FloatArray>(like: V, region: WasmRegion, slots: number, from: number, stride: number): V[] {
  const { layout, memory } = region
  const first = layout?.vectors[0]
  const isSame =
    first !== undefined &&
    first.length === like.length &&
    first.BYTES_PER_ELEMENT === like.BYTES_PER_ELEMENT &&
    layout!.vectors.length === slots &&
    layout!.from === from &&
    layout!.stride === stride
  if (isSame) return layout!.vectors.slice() as V[]
  const type: new (buffer: ArrayBuffer, at: number, n: number) => FloatArray =
    like instanceof Float32Array ? Float32Array : Float64Array
  const vectors: V[] = []
  for (let slot = 0; slot < slots; slot++) {
    vectors.push(new type(memory.uint8.buffer as ArrayBuffer, from + slot * stride, like.length) as V)
  }
  region.layout = { from, stride, vectors: vectors.slice() }
  return vectors
}

/** Length of a state vector with its padding. */
function widthOf(like: FloatArray): number {
  const unit = like.byteLength > BLOCK ? BLOCK : REGISTER
  return Math.ceil(like.byteLength / unit) * unit
}

/** Whole registers, and one of slack: a kernel reads pairs. */
function toleranceBytes(n: number): number {
  return Math.ceil((8 * n) / REGISTER + 1) * REGISTER
}

/** Lays a region out for vectors like `like`. */
export function planOf(
  like: FloatArray,
  size: WorkspaceSize,
  tolerance: Tolerance,
  blocks: NormBlocks,
): RegionPlan {
  const isVectorTolerance = typeof tolerance.rtol !== 'number' || typeof tolerance.atol !== 'number'
  const { slots } = size
  const width = widthOf(like)
  const stride = Math.ceil(width / LINE) * LINE + LINE
  const records = Math.ceil((4 * slots) / LINE) * LINE
  // A norm takes a record for each block
  const tolerances = records + RECORD * size.rows * Math.max(1, blocks.length)
  const vectors =
    Math.ceil((tolerances + (isVectorTolerance ? 2 * toleranceBytes(like.length) : 0)) / LINE) * LINE
  const bytes = vectors + slots * stride
  return { size, tolerance, blocks, width, stride, isVectorTolerance, records, tolerances, vectors, bytes }
}
