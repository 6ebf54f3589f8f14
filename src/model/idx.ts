import { DataError, type DataErrorReason } from './errors.ts'
import { plainChunks } from './plainChunks.ts'

/** An array read from an IDX file: `data` holds its elements row by row, the last index running fastest. */
export interface IdxArray {
  readonly shape: number[]
  readonly data: Uint8Array
}

/** Third byte of an IDX file: the type of its elements. */
const UBYTE = 0x08

/** The types that LeCun's page names beside unsigned bytes; images and labels use none of them. */
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [0x09, 'signed byte'],
  [0x0b, 'short'],
  [0x0c, 'int'],
  [0x0d, 'float'],
  [0x0e, 'double'],
])

/** Two zero bytes, the element type, the number of dimensions; then one big-endian uint32 per dimension. */
const MAGIC_BYTES = 4
const SIZE_BYTES = 4

/** Most that is read. */
const MOST_BYTES = 2 ** 31

/** What an IDX file says of itself before its data. */
interface IdxHeader {
  readonly shape: number[]
  /** Lengths in bytes: its own, and that of the data that it announces. */
  readonly length: number
  readonly expected: number
}

/**
 * Reads an array of unsigned bytes in the IDX format, plain or compressed with gzip (known by its first bytes
 * 1f 8b, whatever the file is called). Never decompresses more than the header says.
 * @param path - a regular file
 * @param accept - sees the shape before the data are read, and throws to refuse it
 * @returns shape (one size per dimension) and data (their product, in bytes); data is a view, not a copy
 * @throws DataError (as a rejection) when the file is missing or unreadable, is no regular file or no IDX file, holds
 *   other elements than unsigned bytes, is shorter or longer than its header says, or is larger than 2 GiB
 * @see LeCun, Cortes, Burges, "The MNIST database", http://yann.lecun.com/exdb/mnist/, "The IDX file format"
 */
export async function readIdx(
  path: string,
  accept: (shape: readonly number[]) => void = () => {},
): Promise<IdxArray> {
  const { chunks, most, isCompressed } = await plainChunks(path, 'give an IDX file, plain or .gz')
  let begun: Buffer = Buffer.alloc(0)
  let header: IdxHeader | undefined
  let whole: Buffer = begun
  let filled = 0
  for await (const chunk of chunks) {
    let bytes = chunk
    if (header === undefined) {
      bytes = begun = Buffer.concat([begun, chunk])
      header = parseHeader(path, begun)
      if (header === undefined) continue
      checkLength(path, header, most, isCompressed)
      accept(header.shape)
      whole = Buffer.alloc(header.length + header.expected)
    }
    if (filled + bytes.length > whole.length) {
      throw wrongLength(path, header, `more than ${header.expected}`, 'trailing')
    }
    filled += bytes.copy(whole, filled)
  }
  if (header === undefined) throw cutInHeader(path, begun)
  const { shape, length, expected } = header
  if (filled < whole.length) throw wrongLength(path, header, `only ${filled - length}`, 'truncated')
  return { shape, data: new Uint8Array(whole.buffer, whole.byteOffset + length, expected) }
}

/** The header at the start of these bytes; undefined where they end before it does. */
function parseHeader(path: string, bytes: Buffer): IdxHeader | undefined {
  if (bytes.length < MAGIC_BYTES) return undefined
  const type = bytes.readUInt8(2)
  const dimensions = bytes.readUInt8(3)
  const otherType = OTHER_TYPES.get(type)
  if (bytes.readUInt16BE(0) !== 0 || (type !== UBYTE && otherType === undefined) || dimensions === 0) {
    const found = bytes.subarray(0, MAGIC_BYTES).toString('hex')
    throw refusal(
      path,
      'magic',
      `${path} is not an IDX file (it starts with ${found} instead of 000008 and the number of dimensions): give one of the files of MNIST.`,
    )
  }
  if (otherType !== undefined) {
    throw refusal(
      path,
      'elementType',
      `${path} holds elements of type ${otherType}, which this reader does not support: give an IDX file of unsigned bytes.`,
    )
  }
  const length = headerLength(dimensions)
  if (bytes.length < length) return undefined
  const shape = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(MAGIC_BYTES + SIZE_BYTES * i))
  return { shape, length, expected: shape.reduce((product, size) => product * size, 1) }
}

const headerLength = (dimensions: number): number => MAGIC_BYTES + SIZE_BYTES * dimensions

/** Holds what a header announces against what the file can hold, before memory is taken for it. */
function checkLength(path: string, header: IdxHeader, most: number, isCompressed: boolean): void {
  const { length, expected, shape } = header
  if (length + expected > most) {
    const found = isCompressed ? `at most ${Math.max(0, most - length)}` : `only ${most - length}`
    throw wrongLength(path, header, found, 'truncated')
  }
  if (!isCompressed && length + expected < most) {
    throw wrongLength(path, header, String(most - length), 'trailing')
  }
  if (length + expected > MOST_BYTES) {
    const message = `${path} holds ${shape.join(' x ')} = ${expected} bytes of data, and no more than 2 GiB are read: give a part of it.`
    throw refusal(path, 'tooLarge', message)
  }
}

function wrongLength(
  path: string,
  { shape, expected }: IdxHeader,
  found: string,
  reason: 'truncated' | 'trailing',
): DataError {
  const sizes = `${found} bytes of data where its header says ${shape.join(' x ')} = ${expected}`
  const advice =
    reason === 'truncated' ? 'download it again' : 'download it again, nothing may follow the data'
  return refusal(path, reason, `${path} has ${sizes}: ${advice}.`)
}

function cutInHeader(path: string, bytes: Buffer): DataError {
  const says =
    bytes.length < MAGIC_BYTES
      ? `has ${bytes.length} bytes, too few for the header of an IDX file`
      : `ends within its header of ${headerLength(bytes.readUInt8(3))} bytes`
  return refusal(path, 'truncated', `${path} ${says}: download it again.`)
}

function refusal(path: string, reason: DataErrorReason, message: string): DataError {
  return new DataError({ path, reason, message })
}
