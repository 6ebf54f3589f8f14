import type { SparseRow } from '../method/butcherTableau.ts'
import { mixedNorm } from './mixedNorm.ts'
import type { NormBlocks } from './norm.ts'
import { blocksOf, planOf, viewsOf, type RegionPlan } from './regionPlan.ts'
import {
  FEW,
  MOST_TERMS,
  NORM_TERMS,
  RECORD,
  linkNorms,
  writeCombination,
  writeNorm,
  type NormBlock,
} from './rowRecord.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance } from './vectorSpace.ts'
import type { Kernels } from './wasmMemory.ts'
import {
  giveBeforeCollected,
  giveWasmRegion,
  giveWhenCollected,
  takeWasmRegion,
  type WasmRegion,
} from './wasmRegion.ts'
import type { Rhs, Workspace, WorkspaceSize } from './workspace.ts'

/** Regions up to this size are cleared when they are taken; of larger ones the padding only. */
const CLEARED = 2 ** 15

/** Records of a norm's row for each block; of both rows of a mixed norm. */
type Compound = ReadonlyArray<ReadonlyArray<number>>

/**
 * The vectors of a solve in a region of a wasm memory, combined by SIMD kernels. Right-hand sides read and write views of that memory: nothing
 * is copied in or out during a solve. Bit for bit what `SpaceWorkspace` over `typedArraySpace` gives.
 */
export class WasmWorkspace<V extends FloatArray> implements Workspace<V> {
  declare readonly vectors: V[]
  declare private readonly region: WasmRegion
  declare private readonly kernels: Kernels
  declare private readonly int32: Int32Array
  /** Address of the table of vectors; index of its first entry in `int32`. */
  declare private readonly table: number
  declare private readonly entries: number
  /** Of a vector in whole registers, in bytes. */
  declare private readonly width: number
  declare private readonly isFew: boolean
  declare private readonly blocks: ReadonlyArray<NormBlock>
  /** The norms over several blocks. */
  private readonly compounds: Compound[] = []
  /** Of the record of a mixed norm, that of its second part. */
  private readonly secondOf: Map<number, number> = new Map()
  declare private nextRecord: number
  /** `release` will be called for certain; else the region comes back with the garbage collector, if not before. */
  declare private readonly willBeReleased: boolean
  private wasReleased = false

  constructor(like: V, region: WasmRegion, plan: RegionPlan, willBeReleased: boolean) {
    const { memory, from } = region
    const { size, stride } = plan
    this.region = region
    this.willBeReleased = willBeReleased
    if (!willBeReleased) giveWhenCollected(this, region)
    this.kernels = like instanceof Float32Array ? memory.f32 : memory.f64
    this.int32 = memory.int32
    this.table = from
    this.entries = from >> 2
    this.width = plan.width
    this.isFew = like.length <= FEW
    this.nextRecord = from + plan.records
    this.blocks = blocksOf(like, region, plan)
    const first = from + plan.vectors
    const { slots } = size
    this.vectors = viewsOf(like, region, slots, first, stride)
    // A region holds anything, and what follows a vector's end is combined along with it
    if (slots * stride <= CLEARED) memory.uint8.fill(0, first, first + slots * stride)
    for (let slot = 0; slot < slots; slot++) {
      const at = first + slot * stride
      this.int32[this.entries + slot] = at
      if (slots * stride > CLEARED) memory.uint8.fill(0, at + like.byteLength, at + stride)
    }
  }

  evaluate(f: Rhs<V>, t: number, from: number, to: number): void {
    const { vectors } = this
    f(t, vectors[from]!, vectors[to]!)
  }

  store(slot: number, v: V): void {
    const own = this.vectors[slot]!
    if (own !== v) own.set(v)
  }

  swap(a: number, b: number): void {
    const { vectors } = this
    const v = vectors[a]!
    vectors[a] = vectors[b]!
    vectors[b] = v
    const int32 = this.int32
    const entries = this.entries
    const address = int32[entries + a]!
    int32[entries + a] = int32[entries + b]!
    int32[entries + b] = address
  }

  clear(slot: number): void {
    this.vectors[slot]!.fill(0)
  }

  addRow(row: SparseRow, out: number, y: number, cleared = -1): number {
    const at = this.record()
    const place = { memory: this.region.memory, at, table: this.table }
    writeCombination(place, row, out, y, this.width, this.isFew, cleared)
    return at
  }

  combine(row: number, h: number): void {
    this.kernels.combine(row, h)
  }

  addNorm(row: SparseRow, y: number, yNew: number): number {
    return this.addNorms([row], y, yNew)
  }

  addMixedNorm(five: SparseRow, three: SparseRow, y: number, yNew: number): number {
    return this.addNorms([five, three], y, yNew)
  }

  norm(norm: number, h: number): number {
    return norm < 0 ? this.overBlocks(this.compounds[-norm - 1]!, h) : this.kernels.norm(norm, h)
  }

  mixedNormWithin(norm: number, h: number): number {
    if (norm < 0) {
      const [five, three] = this.compounds[-norm - 1]!
      return mixedNorm(1, this.largestNorm(five!, h), this.largestNorm(three!, h))
    }
    const { memory } = this.region
    const three = this.secondOf.get(norm)!
    // The first part alone
    linkNorms(memory, norm, 0)
    const five = this.kernels.norm(norm, h)
    linkNorms(memory, norm, three)
    return mixedNorm(1, five, this.kernels.norm(three, h))
  }

  finiteness(slot: number): number {
    return this.kernels.zero(this.int32[this.entries + slot]!, this.width) === 0 ? 0 : NaN
  }

  copyOf(slot: number): V {
    return this.vectors[slot]!.slice() as V
  }

  release(): void {
    if (this.wasReleased) return
    this.wasReleased = true
    if (this.willBeReleased) giveWasmRegion(this.region)
    else giveBeforeCollected(this.region)
  }

  /** One row, or the two of a mixed norm. A norm over several blocks has a negative number. */
  private addNorms(rows: ReadonlyArray<SparseRow>, y: number, yNew: number): number {
    const { blocks } = this
    if (blocks.length === 1) {
      const [first, second] = rows.map((row) => this.addBlockNorm(row, y, yNew, blocks[0]!))
      if (second === undefined) return first!
      linkNorms(this.region.memory, first!, second)
      this.secondOf.set(first!, second)
      return first!
    }
    const ofEach = rows.map((row) => blocks.map((block) => this.addBlockNorm(row, y, yNew, block)))
    return -this.compounds.push(ofEach)
  }

  private overBlocks([one, two]: Compound, h: number): number {
    if (two === undefined) return this.largestNorm(one!, h)
    return mixedNorm(h, this.largestNorm(one!, 1), this.largestNorm(two, 1))
  }

  private largestNorm(records: ReadonlyArray<number>, h: number): number {
    let largest = 0
    for (const record of records) {
      const norm = this.kernels.norm(record, h)
      // NaN must win, from either side
      if (norm > largest || norm !== norm) largest = norm
    }
    return largest
  }

  private addBlockNorm(row: SparseRow, y: number, yNew: number, block: NormBlock): number {
    const at = this.record()
    writeNorm({ memory: this.region.memory, at, table: this.table }, padRow(row, y), y, yNew, block)
    return at
  }

  private record(): number {
    const at = this.nextRecord
    this.nextRecord += RECORD
    return at
  }
}

/** The row with terms of weight zero, up to a number of terms that has a norm. They repeat a vector, so that none comes in that may be NaN. */
function padRow(row: SparseRow, y: number): SparseRow {
  const { index, weight } = row
  let m = 0
  while (NORM_TERMS[m]! < index.length) m++
  if (NORM_TERMS[m] === index.length) return row
  const padded = new Float64Array(NORM_TERMS[m]!)
  padded.set(weight)
  return { index: Array.from(padded, (_, j) => index[j] ?? index[0] ?? y), weight: padded }
}

/**
 * A workspace of `size.slots` vectors like `like`, or null where there is no wasm SIMD, no memory for them, or a row is too long for the kernels.
 * @param willBeReleased - `release` will be called for certain
 */
export function makeWasmWorkspace<V extends FloatArray>(
  like: V,
  size: WorkspaceSize,
  tolerance: Tolerance,
  blocks: NormBlocks,
  willBeReleased: boolean,
): WasmWorkspace<V> | null {
  if (size.terms > MOST_TERMS) return null
  const plan = planOf(like, size, tolerance, blocks)
  const region = takeWasmRegion(plan.bytes, willBeReleased)
  return region === null ? null : new WasmWorkspace(like, region, plan, willBeReleased)
}
