import type { SparseRow } from '../method/butcherTableau.ts'
import type { NormBlocks } from './norm.ts'
import type { FloatArray } from './typedArraySpace.ts'
import type { Tolerance } from './vectorSpace.ts'
import { giveWasmMemory, takeWasmMemory, type WasmMemory } from './wasmMemory.ts'
import type { Workspace } from './workspace.ts'

/** Layout of the memory: the vector table (one i32 address for each slot), rows, tolerance vectors, then the vectors. */
const MOST_SLOTS = 64
const ROWS = 4 * MOST_SLOTS
/** 16 addresses in the vector table (i32), then 16 weights (f64). */
const ROW = 192
const WEIGHTS = 64
const MOST_ROWS = 40
const MOST_TERMS = 12
const VECTORS = ROWS + ROW * MOST_ROWS
/** Vectors start on cache lines, each one line further along its page than the last: equal offsets would collide in the cache. */
const LINE = 64
/** From this length on a vector is padded to whole blocks of the kernels; below, to a register. */
const BLOCK = 64
const REGISTER = 16

type Combine = (out: number, y: number, h: number, row: number, bytes: number) => number
// prettier-ignore
type Norm = (y: number, yNew: number, h: number, row: number, from: number, count: number, rtol: number, atol: number) => number

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
  readonly #table: Int32Array
  readonly #addresses: number[]
  readonly #vectors: V[]
  /** Length of a vector in whole registers. */
  readonly #bytes: number
  readonly #blocks: NormBlocks
  readonly #isVectorTolerance: boolean
  /** Numbers, or addresses of vectors. */
  readonly #rtol: number
  readonly #atol: number
  readonly #rowSizes: number[] = []
  #isReleased = false

  readonly #combine1: Combine
  readonly #combine2: Combine
  readonly #combine3: Combine
  readonly #combine4: Combine
  readonly #combine5: Combine
  readonly #combine6: Combine
  readonly #combine7: Combine
  readonly #combine8: Combine
  readonly #combine9: Combine
  readonly #combineMore: ReadonlyArray<Combine>
  readonly #norm1: Norm
  readonly #norm4: Norm
  readonly #norm6: Norm
  readonly #norm8: Norm
  readonly #zero: (v: number, bytes: number) => number

  constructor(like: V, { memory, slots, stride, tolerance, blocks }: Room) {
    const { buffer } = memory.memory
    const isSingle = like instanceof Float32Array
    const n = like.length
    this.#memory = memory
    this.#bytes = bytesOf(like)
    this.#blocks = blocks
    this.#table = new Int32Array(buffer, 0, MOST_SLOTS)
    const { rtol, atol } = tolerance
    this.#isVectorTolerance = typeof rtol !== 'number' || typeof atol !== 'number'
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
    this.#addresses = Array.from({ length: slots }, (_, slot) => next + slot * stride)
    // A memory from the pool holds anything, and what follows a vector's end is combined along with it
    new Uint8Array(buffer, next, slots * stride).fill(0)
    const type: new (buffer: ArrayBuffer, at: number, n: number) => FloatArray = isSingle
      ? Float32Array
      : Float64Array
    this.#vectors = this.#addresses.map((at) => new type(buffer as ArrayBuffer, at, n) as V)
    for (let slot = 0; slot < slots; slot++) this.#table[slot] = this.#addresses[slot]!

    const name = isSingle ? 'f32' : 'f64'
    const kernel = (of: string): never => memory.kernels[`${name}_${of}`] as never
    const norm = this.#isVectorTolerance ? 'normv' : 'norm'
    this.#combine1 = kernel('combine1')
    this.#combine2 = kernel('combine2')
    this.#combine3 = kernel('combine3')
    this.#combine4 = kernel('combine4')
    this.#combine5 = kernel('combine5')
    this.#combine6 = kernel('combine6')
    this.#combine7 = kernel('combine7')
    this.#combine8 = kernel('combine8')
    this.#combine9 = kernel('combine9')
    this.#combineMore = [10, 11, 12].map((m) => kernel(`combine${m}`))
    this.#norm1 = kernel(`${norm}1`)
    this.#norm4 = kernel(`${norm}4`)
    this.#norm6 = kernel(`${norm}6`)
    this.#norm8 = kernel(`${norm}8`)
    this.#zero = kernel('zero')
  }

  vector(slot: number): V {
    return this.#vectors[slot]!
  }

  store(slot: number, v: V): void {
    const own = this.#vectors[slot]!
    if (own !== v) own.set(v)
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
    this.#table[a] = addresses[a]!
    this.#table[b] = address
  }

  clear(slot: number): void {
    this.#vectors[slot]!.fill(0)
  }

  addRow({ index, weight }: SparseRow): number {
    const row = this.#rowSizes.push(index.length) - 1
    const { buffer } = this.#memory.memory
    const at = ROWS + ROW * row
    const entries = new Int32Array(buffer, at, index.length)
    for (let j = 0; j < index.length; j++) entries[j] = 4 * index[j]!
    new Float64Array(buffer, at + WEIGHTS, index.length).set(weight)
    return row
  }

  combine(out: number, y: number, h: number, row: number): void {
    const to = this.#addresses[out]!
    const from = this.#addresses[y]!
    const at = ROWS + ROW * row
    const bytes = this.#bytes
    const m = this.#rowSizes[row]!
    switch (m) {
      case 0:
        this.#vectors[out]!.set(this.#vectors[y]!)
        return
      case 1:
        this.#combine1(to, from, h, at, bytes)
        return
      case 2:
        this.#combine2(to, from, h, at, bytes)
        return
      case 3:
        this.#combine3(to, from, h, at, bytes)
        return
      case 4:
        this.#combine4(to, from, h, at, bytes)
        return
      case 5:
        this.#combine5(to, from, h, at, bytes)
        return
      case 6:
        this.#combine6(to, from, h, at, bytes)
        return
      case 7:
        this.#combine7(to, from, h, at, bytes)
        return
      case 8:
        this.#combine8(to, from, h, at, bytes)
        return
      case 9:
        this.#combine9(to, from, h, at, bytes)
        return
      default:
        this.#combineMore[m - 10]!(to, from, h, at, bytes)
    }
  }

  errorNorm(y: number, yNew: number, h: number, row: number, scratch: number): number {
    const blocks = this.#blocks
    // The usual case first: one block
    if (blocks.length === 1) {
      const [from, to] = blocks[0]!
      return this.#blockNorm(y, yNew, h, row, scratch, from, to)
    }
    let largest = 0
    for (let b = 0; b < blocks.length; b++) {
      const norm = this.#blockNorm(y, yNew, h, row, scratch, blocks[b]![0], blocks[b]![1])
      if (Number.isNaN(norm)) return norm
      if (norm > largest) largest = norm
    }
    return largest
  }

  isFinite(slot: number): boolean {
    return this.#zero(this.#addresses[slot]!, this.#bytes) === 0
  }

  copyOf(slot: number): V {
    return this.#vectors[slot]!.slice() as V
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    giveWasmMemory(this.#memory)
  }

  // prettier-ignore
  #blockNorm(y: number, yNew: number, h: number, row: number, scratch: number, from: number, to: number): number {
    const count = to - from
    const old = this.#addresses[y]!
    const candidate = this.#addresses[yNew]!
    const offset = this.#vectors[y]!.BYTES_PER_ELEMENT * from
    const rtol = this.#isVectorTolerance ? this.#rtol + 8 * from : this.#rtol
    const atol = this.#isVectorTolerance ? this.#atol + 8 * from : this.#atol
    const at = ROWS + ROW * row
    let sum
    switch (this.#rowSizes[row]!) {
      case 1:
        sum = this.#norm1(old, candidate, h, at, offset, count, rtol, atol)
        break
      case 4:
        sum = this.#norm4(old, candidate, h, at, offset, count, rtol, atol)
        break
      case 6:
        sum = this.#norm6(old, candidate, h, at, offset, count, rtol, atol)
        break
      case 8:
        sum = this.#norm8(old, candidate, h, at, offset, count, rtol, atol)
        break
      default:
        // Rare numbers of terms: the combination first, then its norm
        this.clear(scratch)
        this.combine(scratch, scratch, h, row)
        sum = this.#norm1(old, candidate, 1, this.#unitRow(scratch), offset, count, rtol, atol)
    }
    return Math.sqrt(sum) / Math.sqrt(count)
  }

  /** Address of a row that is one vector alone: the last row, kept for this. */
  #unitRow(slot: number): number {
    const at = ROWS + ROW * (MOST_ROWS - 1)
    const { buffer } = this.#memory.memory
    new Int32Array(buffer, at, 1)[0] = 4 * slot
    new Float64Array(buffer, at + WEIGHTS, 1)[0] = 1
    return at
  }
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
