import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { DataError, systemCode } from './errors.ts'
import { sizeOfRegular } from './regularFile.ts'

/** No gzip file holds more than so many times its own length: two bits stand for 258 bytes at best. */
const MOST_INFLATION = 1032

/** Bytes that are read, or decompressed, at a time. */
const PIECE = 2 ** 20

/** A file that is read piece by piece, decompressed where it is compressed. */
export interface PlainChunks {
  /** Bytes that it holds: exactly where it is not compressed, else at most. */
  readonly most: number
  readonly isCompressed: boolean
  /** Its pieces, in their order; leaving the loop closes the file. @throws DataError (as a rejection) */
  readonly chunks: AsyncIterable<Buffer>
}

/**
 * Opens a regular file that may be compressed with gzip (known by its first bytes 1f 8b, whatever it is called).
 * @param advice - ends the sentence of an error: what to give instead
 * @throws DataError (as a rejection)
 */
export async function plainChunks(path: string, advice: string): Promise<PlainChunks> {
  const size = sizeOfRegular(path, advice)
  try {
    const start = Buffer.alloc(2)
    const file = await open(path)
    try {
      await file.read(start, 0, 2, 0)
    } finally {
      await file.close()
    }
    const isCompressed = start[0] === 0x1f && start[1] === 0x8b
    return {
      most: isCompressed ? MOST_INFLATION * size : size,
      isCompressed,
      chunks: chunksOf(path, isCompressed, advice),
    }
  } catch (cause) {
    throw unreadable(path, cause, advice)
  }
}

async function* chunksOf(path: string, isCompressed: boolean, advice: string): AsyncGenerator<Buffer> {
  const file = await open(path)
  const source = file.createReadStream({ start: 0, highWaterMark: PIECE })
  const gunzip = isCompressed ? createGunzip({ chunkSize: PIECE }) : null
  source.on('error', (error) => gunzip?.destroy(error))
  if (gunzip !== null) source.pipe(gunzip)
  try {
    for await (const chunk of gunzip ?? source) yield chunk as Buffer
  } catch (cause) {
    const code = systemCode(cause)
    if (!code.startsWith('Z_')) throw unreadable(path, cause, advice)
    // Z_BUF_ERROR: the compressed stream ends early. Anything else: damaged, or followed by foreign bytes.
    const isShort = code === 'Z_BUF_ERROR'
    throw new DataError({
      path,
      reason: isShort ? 'truncated' : 'corrupt',
      message: `The gzip file ${path} ${isShort ? 'ends too early' : 'is damaged'}: download it again.`,
      cause,
    })
  } finally {
    gunzip?.destroy()
    source.destroy()
  }
}

function unreadable(path: string, cause: unknown, advice: string): DataError {
  const message = `${path} cannot be read (${systemCode(cause) || String(cause)}): ${advice}.`
  return new DataError({ path, reason: 'unreadable', message, cause })
}
