import type { FloatArray } from './typedArraySpace.ts'
import { WASM_BASE64 } from './wasmBytes.ts'

// prettier-ignore
type Norm = (y: number, yNew: number, h: number, row: number, from: number, count: number, rtol: number, atol: number) => number

/** The kernels for one element type; they choose the loop for a row's number of terms themselves. */
export interface Kernels {
  readonly combine: (out: number, y: number, h: number, row: number, bytes: number) => void
  /** For rows of `NORM_TERMS` terms. */
  readonly norm: Norm
  /** The same with addresses of vectors for rtol and atol. */
  readonly normv: Norm
  /** 0 if every component is finite, else NaN. */
  readonly zero: (v: number, bytes: number) => number
}

/** Numbers of terms that have a norm: any one vector, RK23, RK45, DOP853. */
export const NORM_TERMS: ReadonlySet<number> = new Set([1, 4, 6, 8])

/** A memory with its own instance of the kernels: the property of one solve until it is given back. */
export interface WasmMemory {
  readonly bytes: number
  readonly f64: Kernels
  readonly f32: Kernels
  /** Views of the whole memory. */
  readonly int32: Int32Array
  readonly float64: Float64Array
  readonly uint8: Uint8Array
  /** The vectors that the last user laid out, for the next one who wants the same; null before the first. */
  layout: Layout | null
}

/** `vectors.length` vectors of n components, `stride` bytes apart, from byte `from` on. */
export interface Layout {
  readonly from: number
  readonly stride: number
  readonly vectors: ReadonlyArray<FloatArray>
}

const PAGE = 65_536
/** Addresses are 32 bits. */
const MOST_PAGES = 65_536
/** What unused memories may occupy, all together. */
const POOL_BYTES = 64 * 2 ** 20

/** Not in use, the one given back last at the end. */
const pool: WasmMemory[] = []
let module: WebAssembly.Module | null | undefined

/**
 * A memory of at least `bytes`, from the pool or new; never one that another solve has, and never grown: growing one slows every typed-array
 * loop of the process. Its content is anything. Null where there is no wasm SIMD, or no memory of that size to be had.
 */
export function takeWasmMemory(bytes: number): WasmMemory | null {
  if (module === undefined) module = compile()
  if (module === null) return null
  for (let i = pool.length - 1; i >= 0; i--) {
    const memory = pool[i]!
    if (memory.bytes < bytes || memory.bytes > 2 * bytes + PAGE) continue
    pool.splice(i, 1)
    return memory
  }
  const pages = Math.ceil(bytes / PAGE)
  if (pages > MOST_PAGES) return null
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const { exports } = new WebAssembly.Instance(module, { e: { m: memory } })
    const { buffer } = memory
    return {
      bytes: pages * PAGE,
      f64: kernelsOf(exports, 'f64'),
      f32: kernelsOf(exports, 'f32'),
      int32: new Int32Array(buffer),
      float64: new Float64Array(buffer),
      uint8: new Uint8Array(buffer),
      layout: null,
    }
  } catch {
    return null
  }
}

/** The memory may be used by another solve from now on. */
export function giveWasmMemory(memory: WasmMemory): void {
  if (memory.bytes > POOL_BYTES) return
  pool.push(memory)
  let total = 0
  for (const { bytes } of pool) total += bytes
  while (total > POOL_BYTES) total -= pool.shift()!.bytes
}

/** The exports of one element type; all such objects have the same shape, which calls of them need to be fast. */
function kernelsOf(exports: WebAssembly.Exports, type: 'f64' | 'f32'): Kernels {
  const of = (name: string): never => exports[`${type}_${name}`] as never
  return { combine: of('combine'), norm: of('norm'), normv: of('normv'), zero: of('zero') }
}

/** Null where WebAssembly or its SIMD is missing or forbidden. */
function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(WASM_BASE64), (letter) => letter.charCodeAt(0)))
  } catch {
    return null
  }
}
