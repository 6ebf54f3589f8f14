import { promises } from 'node:fs'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { DataError, type DataErrorReason, systemCode } from './errors.ts'

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

const inflate = promisify(gunzip)

/**
 * Reads an array of unsigned bytes in the IDX format, plain or compressed with gzip (known by its first bytes
 * 1f 8b, whatever the file is called).
 * @param path - the file
 * @returns shape (one size per dimension) and data (their product, in bytes); data is a view, not a copy
 * @throws DataError (as a rejection) when the file is missing or unreadable, is no IDX file, holds other elements
 *   than unsigned bytes, or is shorter or longer than its header says
 * @see LeCun, Cortes, Burges, "The MNIST database", http://yann.lecun.com/exdb/mnist/, "The IDX file format"
 */
export async function readIdx(path: string): Promise<IdxArray> {
  return parseIdx(path, await readPlain(path))
}

/** The bytes of a file, decompressed where they are compressed. */
async function readPlain(path: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await promises.readFile(path)
  } catch (cause) {
    throw systemCode(cause) === 'ENOENT'
      ? new DataError({
          path,
          reason: 'missing',
          message: `There is no file ${path}: give the path of an IDX file, plain or .gz.`,
          cause,
        })
      : new DataError({
          path,
          reason: 'unreadable',
          message: `${path} cannot be read (${systemCode(cause) || String(cause)}): give a file that this user may read.`,
          cause,
        })
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await inflate(bytes)
  } catch (cause) {
    // Z_BUF_ERROR: the compressed stream ends early. Anything else: damaged, or followed by foreign bytes.
    const short = systemCode(cause) === 'Z_BUF_ERROR'
    throw new DataError({
      path,
      reason: short ? 'truncated' : 'corrupt',
      message: `The gzip file ${path} ${short ? 'ends too early' : 'is damaged'}: download it again.`,
      cause,
    })
  }
}

function parseIdx(path: string, bytes: Buffer): IdxArray {
  const fail = (reason: DataErrorReason, message: string): DataError =>
    new DataError({ path, reason, message })
  if (bytes.length < MAGIC_BYTES) {
    throw fail(
      'truncated',
      `${path} has ${bytes.length} bytes, too few for the header of an IDX file: download it again.`,
    )
  }
  const type = bytes.readUInt8(2)
  const dimensions = bytes.readUInt8(3)
  const otherType = OTHER_TYPES.get(type)
  if (bytes.readUInt16BE(0) !== 0 || (type !== UBYTE && otherType === undefined) || dimensions === 0) {
    const found = bytes.subarray(0, MAGIC_BYTES).toString('hex')
    throw fail(
      'magic',
      `${path} is not an IDX file (it starts with ${found} instead of 000008 and the number of dimensions): give one of the files of MNIST.`,
    )
  }
  if (otherType !== undefined) {
    throw fail(
      'elementType',
      `${path} holds elements of type ${otherType}, which this reader does not support: give an IDX file of unsigned bytes.`,
    )
  }
  const header = MAGIC_BYTES + SIZE_BYTES * dimensions
  if (bytes.length < header) {
    throw fail('truncated', `${path} ends within its header of ${header} bytes: download it again.`)
  }
  const shape = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(MAGIC_BYTES + SIZE_BYTES * i))
  const expected = shape.reduce((product, size) => product * size, 1)
  const found = bytes.length - header
  if (found !== expected) {
    const sizes = `${found} bytes of data where its header says ${shape.join(' x ')} = ${expected}`
    throw found < expected
      ? fail('truncated', `${path} has only ${sizes}: download it again.`)
      : fail('trailing', `${path} has ${sizes}: download it again, nothing may follow the data.`)
  }
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + header, found) }
}
