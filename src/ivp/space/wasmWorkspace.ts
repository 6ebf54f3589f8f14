import type { SparseRow } from '../method/butcherTableau.ts'
import type { NormBlocks } from './norm.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance } from './vectorSpace.ts'
import { NORM_TERMS, giveWasmMemory, takeWasmMemory, type Kernels, type WasmMemory } from './wasmMemory.ts'
import type { Workspace } from './workspace.ts'

/** Layout of the memory: the vector table (one i32 address for each slot), rows, tolerance vectors, then the vectors. */
const MOST_SLOTS = 64
const ROWS = 4 * MOST_SLOTS
/** 15 addresses in the vector table and the number of terms (i32), then 16 weights (f64). */
const ROW = 192
const ROW_SIZE = 60
const WEIGHTS = 64
const MOST_ROWS = 40
const MOST_TERMS = 12
const VECTORS = ROWS + ROW * MOST_ROWS
/** Vectors start on cache lines, each one line further along its page than the last: equal offsets would collide in the cache. */
const LINE = 64
/** From this length on a vector is padded to whole blocks of the kernels; below, to a register. */
const BLOCK = 64
const REGISTER = 16

/** What `makeWasmWorkspace` found room for. */
interface Room {
  readonly memory: WasmMemory
  readonly slots: number
  readonly stride: number
  readonly tolerance: Tolerance
  readonly blocks: NormBlocks
}

/**
 * The vectors of a solve in a wasm memory of its own, combined by SIMD kernels. Right-hand sides read and write views of that memory: nothing
 * is copied in or out during a solve. Bit for bit what `SpaceWorkspace` over `typedArraySpace` gives.
 */
export class WasmWorkspace<V extends FloatArray> implements Workspace<V> {
  readonly #memory: WasmMemory
  readonly #kernels: Kernels
  readonly #addresses: number[]
  readonly #vectors: V[]
  /** Length of a vector in whole registers. */
  readonly #bytes: number
  /** The norm's blocks: first byte, number of components, its square root. */
  readonly #blockFrom: number[]
  readonly #blockCount: number[]
  readonly #blockRoot: number[]
  readonly #isVectorTolerance: boolean
  /** Numbers, or addresses of vectors. */
  readonly #rtol: number
  readonly #atol: number
  /** Bytes of a component in a tolerance vector for each byte of one in a state; 0 for tolerances that are numbers. */
  readonly #toleranceScale: number
  /** For each row, whether there is a kernel for its norm. */
  readonly #hasNorm: boolean[] = []
  #isReleased = false

  constructor(like: V, { memory, slots, stride, tolerance, blocks }: Room) {
    const { buffer } = memory.uint8
    const isSingle = like instanceof Float32Array
    const n = like.length
    this.#memory = memory
    this.#kernels = isSingle ? memory.f32 : memory.f64
    this.#bytes = bytesOf(like)
    this.#blockFrom = blocks.map((block) => block[0] * like.BYTES_PER_ELEMENT)
    this.#blockCount = blocks.map((block) => block[1] - block[0])
    this.#blockRoot = this.#blockCount.map(Math.sqrt)
    const { rtol, atol } = tolerance
    this.#isVectorTolerance = typeof rtol !== 'number' || typeof atol !== 'number'
    this.#toleranceScale = this.#isVectorTolerance ? 8 / like.BYTES_PER_ELEMENT : 0
    let next = VECTORS
    const place = (value: number | Float64Array): number => {
      if (!this.#isVectorTolerance) return value as number
      const at = next
      next += toleranceBytes(n)
      const vector = new Float64Array(buffer, at, n)
      if (typeof value === 'number') vector.fill(value)
      else vector.set(value)
      return at
    }
    this.#rtol = place(rtol)
    this.#atol = place(atol)
    // A memory from the pool holds anything, and what follows a vector's end is combined along with it
    memory.uint8.fill(0, next, next + slots * stride)
    this.#vectors = viewsOf(like, memory, slots, next, stride)
    this.#addresses = []
    for (let slot = 0; slot < slots; slot++) {
      this.#addresses.push(next + slot * stride)
      memory.int32[slot] = next + slot * stride
    }
  }

  vector(slot: number): V {
    return this.#vectors[slot]!
  }

  store(slot: number, v: V): void {
    const own = this.#vectors[slot]!
    if (own !== v) own.set(v)
  }

  rotate(a: number, b: number, c: number): void {
    const vectors = this.#vectors
    const addresses = this.#addresses
    const { int32 } = this.#memory
    const v = vectors[c]!
    vectors[c] = vectors[b]!
    vectors[b] = vectors[a]!
    vectors[a] = v
    const address = addresses[c]!
    int32[c] = addresses[c] = addresses[b]!
    int32[b] = addresses[b] = addresses[a]!
    int32[a] = addresses[a] = address
  }

  swap(a: number, b: number): void {
    const vectors = this.#vectors
    const addresses = this.#addresses
    const v = vectors[a]!
    vectors[a] = vectors[b]!
    vectors[b] = v
    const address = addresses[a]!
    addresses[a] = addresses[b]!
    addresses[b] = address
    const { int32 } = this.#memory
    int32[a] = addresses[a]!
    int32[b] = address
  }

  clear(slot: number): void {
    this.#vectors[slot]!.fill(0)
  }

  addRow({ index, weight }: SparseRow): number {
    const row = this.#hasNorm.push(NORM_TERMS.has(index.length)) - 1
    const { int32, float64 } = this.#memory
    const at = ROWS + ROW * row
    for (let j = 0; j < index.length; j++) {
      int32[at / 4 + j] = 4 * index[j]!
      float64[(at + WEIGHTS) / 8 + j] = weight[j]!
    }
    int32[(at + ROW_SIZE) / 4] = index.length
    return row
  }

  combine(out: number, y: number, h: number, row: number): void {
    const addresses = this.#addresses
    this.#kernels.combine(addresses[out]!, addresses[y]!, h, ROWS + ROW * row, this.#bytes)
  }

  errorNorm(y: number, yNew: number, h: number, row: number, scratch: number): number {
    let largest = Math.sqrt(this.#sumOfSquares(y, yNew, h, row, scratch, 0)) / this.#blockRoot[0]!
    for (let b = 1; b < this.#blockCount.length; b++) {
      const norm = Math.sqrt(this.#sumOfSquares(y, yNew, h, row, scratch, b)) / this.#blockRoot[b]!
      // NaN must win, from either side
      if (norm > largest || norm !== norm) largest = norm
    }
    return largest
  }

  isFinite(slot: number): boolean {
    return this.#kernels.zero(this.#addresses[slot]!, this.#bytes) === 0
  }

  copyOf(slot: number): V {
    return this.#vectors[slot]!.slice() as V
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    giveWasmMemory(this.#memory)
  }

  /** Over block number `block`. */
  // prettier-ignore
  #sumOfSquares(y: number, yNew: number, h: number, row: number, scratch: number, block: number): number {
    const old = this.#addresses[y]!
    const candidate = this.#addresses[yNew]!
    const from = this.#blockFrom[block]!
    const count = this.#blockCount[block]!
    const rtol = this.#rtol + this.#toleranceScale * from
    const atol = this.#atol + this.#toleranceScale * from
    const kernels = this.#kernels
    if (!this.#hasNorm[row]!) {
      this.clear(scratch)
      this.combine(scratch, scratch, h, row)
    }
    const at = this.#hasNorm[row]! ? ROWS + ROW * row : this.#unitRow(scratch)
    const factor = this.#hasNorm[row]! ? h : 1
    return this.#isVectorTolerance
      ? kernels.normv(old, candidate, factor, at, from, count, rtol, atol)
      : kernels.norm(old, candidate, factor, at, from, count, rtol, atol)
  }

  /** Address of a row that is one vector alone: the last row, kept for this. */
  #unitRow(slot: number): number {
    const at = ROWS + ROW * (MOST_ROWS - 1)
    this.#memory.int32[at / 4] = 4 * slot
    this.#memory.int32[(at + ROW_SIZE) / 4] = 1
    this.#memory.float64[(at + WEIGHTS) / 8] = 1
    return at
  }
}

/** The vectors; the memory's last user may have left the very views. */
// prettier-ignore
function viewsOf<V extends FloatArray>(like: V, memory: WasmMemory, slots: number, from: number, stride: number): V[] {
  const { layout, uint8 } = memory
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
    vectors.push(new type(uint8.buffer as ArrayBuffer, from + slot * stride, like.length) as V)
  }
  memory.layout = { from, stride, vectors: vectors.slice() }
  return vectors
}

/** Length of a state vector with its padding. */
function bytesOf(like: FloatArray): number {
  const unit = like.byteLength > BLOCK ? BLOCK : REGISTER
  return Math.ceil(like.byteLength / unit) * unit
}

/** Whole registers, and one of slack: a kernel reads pairs. */
function toleranceBytes(n: number): number {
  return Math.ceil((8 * n) / REGISTER + 1) * REGISTER
}

/**
 * A workspace of `slots` vectors like `like`, or null where there is no wasm SIMD, no memory for them, or a row is too long for the kernels.
 * @param rows - number and terms of the rows that will be added
 */
export function makeWasmWorkspace<V extends FloatArray>(
  like: V,
  slots: number,
  tolerance: Tolerance,
  blocks: NormBlocks,
  rows: ReadonlyArray<SparseRow>,
): WasmWorkspace<V> | null {
  if (slots > MOST_SLOTS || rows.length >= MOST_ROWS || rows.some(({ index }) => index.length > MOST_TERMS))
    return null
  const isVector = typeof tolerance.rtol !== 'number' || typeof tolerance.atol !== 'number'
  const stride = Math.ceil(bytesOf(like) / LINE) * LINE + LINE
  const bytes = VECTORS + (isVector ? 2 * toleranceBytes(like.length) : 0) + slots * stride
  const memory = takeWasmMemory(bytes)
  return memory === null ? null : new WasmWorkspace(like, { memory, slots, stride, tolerance, blocks })
}
