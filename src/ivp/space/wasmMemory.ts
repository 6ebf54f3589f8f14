import { WASM_BASE64 } from './wasmBytes.ts'

/** A memory with its own instance of the kernels: the property of one solve until it is given back. */
export interface WasmMemory {
  readonly memory: WebAssembly.Memory
  readonly bytes: number
  /** Kernels by name, as tools/kernels.wat.mjs exports them. */
  readonly kernels: Readonly<Record<string, (...args: number[]) => number>>
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
  module ??= compile()
  if (module === null) return null
  const fits = (memory: WasmMemory): boolean => memory.bytes >= bytes && memory.bytes <= 2 * bytes + PAGE
  for (let i = pool.length - 1; i >= 0; i--) {
    if (fits(pool[i]!)) return pool.splice(i, 1)[0]!
  }
  const initial = Math.ceil(bytes / PAGE)
  if (initial > MOST_PAGES) return null
  try {
    const memory = new WebAssembly.Memory({ initial, maximum: initial })
    const { exports } = new WebAssembly.Instance(module, { e: { m: memory } })
    return { memory, bytes: initial * PAGE, kernels: exports as WasmMemory['kernels'] }
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

/** Null where WebAssembly or its SIMD is missing or forbidden. */
function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(WASM_BASE64), (letter) => letter.charCodeAt(0)))
  } catch {
    return null
  }
}
