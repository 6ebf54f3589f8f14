import { MemoryPool } from '../memoryPool.ts'
import { PAGE, POOL_BYTES, compileWasm } from '../wasmModule.ts'
import { LU_HEX } from './luBytes.ts'

type Factor = (a: number, n8: number, ld: number, rows: number) => number
// prettier-ignore
type BandedFactor = (a: number, n: number, width: number, lower: number, span: number, multipliers: number, pivots: number) => number
type Solve = (a: number, n8: number, ld: number, rows: number, b: number) => void

/** A memory with its own instance of the wasm factorization: the property of one factorization until it is given back. */
export interface LuMemory {
  readonly bytes: number
  /** View of the whole memory. */
  readonly float64: Float64Array
  /** Real, then complex; the arguments are explained in tools/lu.wat.mjs. `factor` returns 0 for a singular matrix. */
  readonly factor: Factor
  readonly solve: Solve
  readonly zfactor: Factor
  readonly zsolve: Solve
  /** Explained in tools/bandedLu.wat.mjs. */
  readonly bandedFactor: BandedFactor
  readonly zbandedFactor: BandedFactor
}

const pool = new MemoryPool<LuMemory>(PAGE, POOL_BYTES)
let module: WebAssembly.Module | null | undefined

/**
 * A memory of at least `bytes`, from the pool or new; never one that another solve has, and never grown. Its content is anything.
 * Null where there is no wasm SIMD, or no memory of that size to be had.
 */
export function takeLuMemory(bytes: number): LuMemory | null {
  if (module === undefined) module = compileWasm(LU_HEX)
  if (module === null) return null
  const free = pool.take(bytes)
  if (free !== null) return free
  const pages = Math.ceil(bytes / PAGE)
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const { exports } = new WebAssembly.Instance(module, { e: { m: memory } })
    return {
      bytes: pages * PAGE,
      float64: new Float64Array(memory.buffer),
      factor: exports['factor'] as Factor,
      solve: exports['solve'] as Solve,
      zfactor: exports['zfactor'] as Factor,
      zsolve: exports['zsolve'] as Solve,
      bandedFactor: exports['bandedFactor'] as BandedFactor,
      zbandedFactor: exports['zbandedFactor'] as BandedFactor,
    }
  } catch {
    return null
  }
}

/** The memory may be used by another factorization from now on. */
export function giveLuMemory(memory: LuMemory): void {
  pool.give(memory)
}
