import { crc32 } from './crc32.ts'
import { IvpInputError } from './errors.ts'
import type { Saved } from './integrator.ts'

/** JSON without gaps: what `JSON.parse(JSON.stringify(...))` gives back unchanged. */
export type Json = number | boolean | string | null | ReadonlyArray<Json> | { readonly [name: string]: Json }

/**
 * Where a solve stands, as plain JSON: from `onStep`, from a failure 'maxSteps' or 'aborted', or from a
 * solver object. `resume` goes on from it, also after JSON.stringify and JSON.parse. Functions are not in it:
 * `resume` is given them again.
 *
 * It is not to be edited: `resume` refuses a snapshot whose checksum is not that of its content, and one of
 * another version of the format. The checksum tells accidents, not intent.
 */
export interface Snapshot {
  /** Name and version of the format. */
  readonly format: typeof SNAPSHOT_FORMAT
  /** Name of the method. */
  readonly method: string
  /** Where the solve stands. */
  readonly t: number
  /** Options that must be given again, since JSON cannot hold them. */
  readonly needs: ReadonlyArray<string>
  /** For `resume` only; its form changes with the format. */
  readonly state: Json
  /**
   * CRC-32 of all the rest, as JSON without gaps and with the keys of each object in order; 8 hexadecimal
   * digits.
   */
  readonly checksum: string
}

/** Grows when an older snapshot cannot be read any more. */
const SNAPSHOT_FORMAT = 'solve-ivp snapshot 2'

/** Completes a snapshot: names its format and adds its checksum. */
export function seal(standing: Omit<Snapshot, 'format' | 'checksum'>): Snapshot {
  const content = { format: SNAPSHOT_FORMAT, ...standing } as const
  return { ...content, checksum: checksumOf(content) }
}

/**
 * The decoded state of a snapshot.
 * @throws IvpInputError for what is not a snapshot, is one of another version, or was changed since it was
 *   made
 */
export function unseal(snapshot: unknown): Saved {
  let fault: string | null
  try {
    fault = faultOf(snapshot)
    if (fault === null) return decode((snapshot as Snapshot).state)
  } catch (error) {
    // Values that JSON does not have, nesting beyond the stack, base64 that is none
    fault = `must be a snapshot as it was made; it cannot be read (${(error as Error).message})`
  }
  throw new IvpInputError('snapshot', snapshot, fault)
}

function faultOf(snapshot: unknown): string | null {
  if (typeof snapshot === 'string') return 'must be parsed first: JSON.parse(text)'
  const { checksum, ...content } = (snapshot ?? {}) as Snapshot
  const version = versionOf(content.format)
  if (version === undefined)
    return 'must be a snapshot of this package: of `onStep`, of a failure, or of a solver object'
  if (content.format !== SNAPSHOT_FORMAT)
    return `is of format ${version}, and this version reads format ${versionOf(SNAPSHOT_FORMAT)}: go on with the version that made it, or solve anew`
  if (checksum !== checksumOf(content))
    return 'was altered, cut off or mixed with another after it was made (its checksum does not fit): take it as it was, or solve anew'
  return null
}

function versionOf(format: unknown): string | undefined {
  return /^solve-ivp snapshot (\d{1,9})$/.exec(String(format))?.[1]
}

/** Of JSON after any round trip through text or a database: neither gaps nor the order of keys count. */
export function checksumOf(json: Json): string {
  return crc32(canonical(json))
}

/** @see RFC 8785, "JSON Canonicalization Scheme" */
function canonical(json: Json): string {
  if (typeof json === 'number' && Number.isFinite(json)) return `${json}`
  // In words what JSON leaves out, and no gaps in lists: they are not to pass for nothing
  if (json === null || typeof json !== 'object') return `${JSON.stringify(json)}`
  let text = ''
  if (Array.isArray(json)) {
    for (const item of json as ReadonlyArray<Json>) text += `${canonical(item)},`
    return `[${text.slice(0, -1)}]`
  }
  const members = json as { readonly [name: string]: Json }
  for (const name of Object.keys(members).sort())
    text += `${JSON.stringify(name)}:${canonical(members[name]!)},`
  return `{${text.slice(0, -1)}}`
}

const ARRAYS = { f64: Float64Array, f32: Float32Array, i32: Int32Array } as const
type ArrayName = keyof typeof ARRAYS

/**
 * Turns values into JSON without loss: arrays as base64 of their little-endian bytes, and the numbers that
 * JSON lacks (NaN, infinities, -0) by name. Objects `{ "$...": ... }` are the encoded ones.
 */
export function encode(value: Saved): Json {
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Float64Array) return { $f64: toBase64(value) }
  if (value instanceof Float32Array) return { $f32: toBase64(value) }
  if (value instanceof Int32Array) return { $i32: toBase64(value) }
  if (Array.isArray(value)) return value.map(encode)
  return Object.fromEntries(
    Object.entries(value as Record<string, Saved>).map(([key, of]) => [key, encode(of)]),
  )
}

/** The inverse of `encode`. Throws a TypeError for what it did not make. */
export function decode(json: Json): Saved {
  if (json === null || typeof json !== 'object') return json
  if (Array.isArray(json)) return json.map(decode)
  const entries = Object.entries(json)
  const [key, of] = entries[0] ?? ['', null]
  if (entries.length === 1 && key.startsWith('$')) {
    if (typeof of !== 'string') throw new TypeError(`${key} must hold a string`)
    if (key === '$number') return Number(of)
    if (key.slice(1) in ARRAYS) return fromBase64(key.slice(1) as ArrayName, of)
    throw new TypeError(`${key} is unknown`)
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, decode(value)]))
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Letters made by one call: as many arguments fit on the stack of every engine. One by one they take four
 * times as long.
 */
const CHUNK = 8192

function toBase64(values: Float64Array | Float32Array | Int32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
  if (!isLittleEndian) swap(bytes, values.BYTES_PER_ELEMENT)
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK) as unknown as number[])
  return btoa(text)
}

function fromBase64(name: ArrayName, text: string): Float64Array | Float32Array | Int32Array {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const type = ARRAYS[name]
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0) throw new TypeError(`$${name} is cut off`)
  if (!isLittleEndian) swap(bytes, type.BYTES_PER_ELEMENT)
  return new type(bytes.buffer)
}

function swap(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse()
}
