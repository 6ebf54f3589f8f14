import { MemoryPool } from '../memoryPool.ts'
import type { FloatArray } from './typedArraySpace.ts'
import { PAGE, POOL_BYTES } from '../wasmModule.ts'
import { makeWasmMemory, type WasmMemory } from './wasmMemory.ts'

/** A part of a wasm memory: the property of one solve until it is given back. */
export interface WasmRegion {
  readonly memory: WasmMemory
  /** First byte and length. */
  readonly from: number
  readonly bytes: number
  /** The vectors that the last user laid out, for the next one who wants the same; null before the first. */
  layout: Layout | null
}

/** `vectors.length` vectors of n components, `stride` bytes apart, from byte `from` on. */
export interface Layout {
  readonly from: number
  readonly stride: number
  readonly vectors: ReadonlyArray<FloatArray>
}

/**
 * Small regions lie side by side in one memory: its kernels are constants of the compiled code, so that calls of them cost a third, whatever
 * else the process solves. Pages that nobody wrote to take no room.
 */
const SHARED_BYTES = 4 * 2 ** 20
/** Larger regions are memories of their own: there a call costs nothing beside its loop. */
const LARGEST_SHARED = 2 ** 18
const ALIGNMENT = 64

let shared: WasmMemory | null | undefined
/** Where the rest of the shared memory begins that was never given out. */
let next = 0
let sharedInUse = 0
/** Regions of the shared memory, which all together cannot be more than it, and memories. */
const freeShared = new MemoryPool<WasmRegion>(ALIGNMENT, SHARED_BYTES)
const freeMemories = new MemoryPool<WasmRegion>(PAGE, POOL_BYTES)

/**
 * A region of at least `bytes`, never one that another solve has. Its content is anything. Null where there is no wasm SIMD, or no memory.
 * @param willBeReleased - `giveWasmRegion` will be called for certain; else see `giveWhenCollected`, and a small region is null rather than a
 * memory of its own, which takes longer to make than many a step
 */
export function takeWasmRegion(bytes: number, willBeReleased: boolean): WasmRegion | null {
  const isSmall = bytes <= LARGEST_SHARED
  const part = isSmall ? takeShared(bytes) : null
  if (part !== null) return part
  return freeMemories.take(bytes) ?? (willBeReleased || !isSmall ? wholeMemory(bytes) : null)
}

/**
 * Gives the region back when the garbage collector has found its owner: of a solver object that is abandoned nobody says when it is not needed
 * any more. A memory of its own goes with its owner instead: a registry holds it until the event loop turns, and a synchronous loop over solvers
 * would pile up all of theirs.
 */
export function giveWhenCollected(owner: object, region: WasmRegion): void {
  if (region.memory !== shared) return
  collected ??= new FinalizationRegistry(giveWasmRegion)
  collected.register(owner, region, region)
}

/** Gives the region back that was left to the garbage collector. */
export function giveBeforeCollected(region: WasmRegion): void {
  // Else it would come back twice, and be lent to two
  collected?.unregister(region)
  giveWasmRegion(region)
}

let collected: FinalizationRegistry<WasmRegion> | undefined

/** The region may be used by another solve from now on. */
export function giveWasmRegion(region: WasmRegion): void {
  if (region.memory === shared) {
    sharedInUse--
    freeShared.give(region)
  } else freeMemories.give(region)
}

function takeShared(wanted: number): WasmRegion | null {
  const region = freeShared.take(wanted) ?? newShared(wanted)
  if (region !== null) sharedInUse++
  return region
}

function newShared(wanted: number): WasmRegion | null {
  if (shared === undefined) shared = makeWasmMemory(SHARED_BYTES, true)
  if (shared === null) return null
  const bytes = Math.ceil(wanted / ALIGNMENT) * ALIGNMENT
  if (next + bytes > SHARED_BYTES && sharedInUse === 0) {
    // Full of regions of other sizes, none in use: start again
    freeShared.clear()
    next = 0
  }
  if (next + bytes > SHARED_BYTES) return null
  const region = { memory: shared, from: next, bytes, layout: null }
  next += bytes
  return region
}

function wholeMemory(bytes: number): WasmRegion | null {
  const memory = makeWasmMemory(Math.max(bytes, PAGE), false)
  return memory && { memory, from: 0, bytes: memory.bytes, layout: null }
}
