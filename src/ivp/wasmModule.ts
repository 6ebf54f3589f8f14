/** A page of a wasm memory, in bytes. */
export const PAGE = 65_536
/** What memories of one kind that are not in use may occupy, all together. */
export const POOL_BYTES: number = 64 * 2 ** 20

/**
 * The module in `hex`, two digits for each byte: they compress to half of what base64 does, which hides repetitions. Compiled synchronously.
 * @returns null where WebAssembly or its SIMD is missing or forbidden
 */
export function compileWasm(hex: string): WebAssembly.Module | null {
  const code = new Uint8Array(hex.length / 2)
  for (let i = 0; i < code.length; i++) code[i] = 16 * digit(hex, 2 * i) + digit(hex, 2 * i + 1)
  try {
    return new WebAssembly.Module(code)
  } catch {
    return null
  }
}

function digit(hex: string, at: number): number {
  const letter = hex.charCodeAt(at)
  return letter <= NINE ? letter - ZERO : letter - TEN
}

const ZERO = 48
const NINE = 57
/** Of 'a', less ten. */
const TEN = 87
