import { PAGE, compileWasm } from '../wasmModule.ts'
import { KERNELS_HEX } from './wasmBytes.ts'

/** The kernels for one element type in one memory. `row`: address of a record (rowRecord.ts). */
export interface Kernels {
  /** out = y + h w . k */
  combine(row: number, h: number): void
  /** Root mean square of h w . k over its tolerance. */
  norm(row: number, h: number): number
  /** 0 if every component of the vector at `v`, whole registers, is finite, else NaN. */
  zero(v: number, bytes: number): number
}

/** A memory with its own instance of the kernels. */
export interface WasmMemory {
  readonly bytes: number
  readonly f64: Kernels
  readonly f32: Kernels
  /** Views of the whole memory. */
  readonly int32: Int32Array
  readonly float64: Float64Array
  readonly uint8: Uint8Array
}

/** Addresses are 32 bits. */
const MOST_PAGES = 65_536

let module: WebAssembly.Module | null | undefined

/**
 * A new memory of at least `bytes`, all zeros. It never grows: growing one slows every typed-array loop of the process. Null where there is no
 * wasm SIMD, or no memory of that size to be had.
 * @param isForEver - the process keeps it: then its kernels become constants of the compiled code, and calls of them are put in line
 */
export function makeWasmMemory(bytes: number, isForEver: boolean): WasmMemory | null {
  if (module === undefined) module = compileWasm(KERNELS_HEX)
  const pages = Math.ceil(bytes / PAGE)
  if (module === null || pages > MOST_PAGES) return null
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const { exports } = new WebAssembly.Instance(module, { e: { m: memory } })
    const { buffer } = memory
    const kernelsOf = (type: 'f64' | 'f32'): Kernels => {
      const of = (name: string): never => exports[`${type}_${name}`] as never
      const kernels = { combine: of('combine'), norm: of('norm'), zero: of('zero') }
      return isForEver ? constantKernels(kernels) : new VariableKernels(kernels)
    }
    return {
      bytes: pages * PAGE,
      f64: kernelsOf('f64'),
      f32: kernelsOf('f32'),
      int32: new Int32Array(buffer),
      float64: new Float64Array(buffer),
      uint8: new Uint8Array(buffer),
    }
  } catch {
    return null
  }
}

type Exports = { readonly [name in keyof Kernels]: Kernels[name] }

/** A class of its own for one set of exports. V8 puts a call of a constant wasm function in line (4 ns), one of a variable function not (13 ns). */
function constantKernels({ combine, norm, zero }: Exports): Kernels {
  const Constant = class implements Kernels {
    combine(row: number, h: number): void {
      combine(row, h)
    }
    norm(row: number, h: number): number {
      return norm(row, h)
    }
    zero(v: number, bytes: number): number {
      return zero(v, bytes)
    }
  }
  return new Constant()
}

class VariableKernels implements Kernels {
  declare private readonly exports: Exports
  constructor(exports: Exports) {
    this.exports = exports
  }
  combine(row: number, h: number): void {
    this.exports.combine(row, h)
  }
  norm(row: number, h: number): number {
    return this.exports.norm(row, h)
  }
  zero(v: number, bytes: number): number {
    return this.exports.zero(v, bytes)
  }
}
