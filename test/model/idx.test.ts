import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataError } from '../../src/model/errors.ts'
import { readIdx } from '../../src/model/idx.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idx-'))
})
afterAll(() => rm(dir, { recursive: true }))

const encode = (shape: number[], data: Uint8Array, type = 0x08): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt8(type, 2)
  header.writeUInt8(shape.length, 3)
  shape.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i))
  return Buffer.concat([header, data])
}

let files = 0
const read = async (bytes: Uint8Array) => {
  const path = join(dir, `${files++}`)
  await writeFile(path, bytes)
  return readIdx(path)
}

const failure = async (bytes: Uint8Array): Promise<DataError> => {
  const error: unknown = await read(bytes).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(DataError)
  return error as DataError
}

const idxArray = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1)
  return fc.record({
    shape: fc.constant(shape),
    data: fc.uint8Array({ minLength: length, maxLength: length }),
  })
})

describe('readIdx', () => {
  test('gives back what was written, plain and compressed', () =>
    fc.assert(
      fc.asyncProperty(idxArray, fc.boolean(), async ({ shape, data }, compress) => {
        const bytes = encode(shape, data)
        expect(await read(compress ? gzipSync(bytes) : bytes)).toEqual({ shape, data: Uint8Array.from(data) })
      }),
    ))

  test('calls every proper prefix truncated, plain and compressed', async () => {
    const whole = encode([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6))
    const packed = gzipSync(whole)
    for (let k = 0; k < whole.length; k++) {
      expect((await failure(whole.subarray(0, k))).reason, `${k} bytes`).toBe('truncated')
      expect((await failure(gzipSync(whole.subarray(0, k)))).reason, `${k} bytes inside gzip`).toBe(
        'truncated',
      )
    }
    for (let k = 2; k < packed.length; k++) {
      expect((await failure(packed.subarray(0, k))).reason, `${k} bytes of gzip`).toBe('truncated')
    }
  })

  test('refuses bytes after the data', async () => {
    const bytes = encode([2], Uint8Array.of(1, 2, 3))
    expect((await failure(bytes)).reason).toBe('trailing')
    expect((await failure(gzipSync(bytes))).reason).toBe('trailing')
    const afterGzip = Buffer.concat([gzipSync(encode([1], Uint8Array.of(1))), Buffer.from('xyz')])
    expect((await failure(afterGzip)).reason).toBe('corrupt')
  })

  test('refuses a damaged compressed file', async () => {
    const packed = gzipSync(encode([100], new Uint8Array(100).fill(7)))
    packed[packed.length - 6]! ^= 1 // in the checksum
    expect((await failure(packed)).reason).toBe('corrupt')
  })

  test('refuses what is no IDX file', async () => {
    expect((await failure(Buffer.from('<!DOCTYPE html>'))).reason).toBe('magic')
    expect((await failure(Buffer.from([0, 0, 0x0a, 1, 0, 0, 0, 0]))).reason).toBe('magic')
    expect((await failure(Buffer.from([0, 0, 8, 0, 5]))).reason).toBe('magic')
  })

  test('names the element type that it does not support', async () => {
    const error = await failure(encode([1], new Uint8Array(4), 0x0d))
    expect(error.reason).toBe('elementType')
    expect(error.message).toContain('float')
  })

  test('survives a header that promises more than there can be', async () => {
    expect((await failure(encode([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], new Uint8Array(3)))).reason).toBe(
      'truncated',
    )
  })

  test('decompresses no more than the header says: a gzip bomb ends at once', async () => {
    const header = gzipSync(encode([2, 28, 28], new Uint8Array(0)))
    const zeros = gzipSync(new Uint8Array(2 ** 26))
    // 4 MB that would become 4 GiB
    const bomb = Buffer.concat([header, ...Array.from({ length: 64 }, () => zeros)])
    const before = process.memoryUsage().arrayBuffers
    const error = await failure(bomb)
    expect(error.reason).toBe('trailing')
    expect(error.message).toContain('more than 1568 bytes of data')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26)
    // Within its header too
    expect((await failure(Buffer.concat(Array.from({ length: 64 }, () => zeros)))).reason).toBe('magic')
  })

  test('takes no memory for data that a file cannot hold, or that are more than it reads', async () => {
    const promised = encode([2 ** 30], new Uint8Array(8))
    for (const bytes of [promised, gzipSync(promised)]) {
      const error = await failure(bytes)
      expect(error.reason).toBe('truncated')
      expect(error.message).toContain('1073741824')
    }
    const path = join(dir, 'sparse')
    await writeFile(path, encode([2 ** 31], new Uint8Array(0)))
    await truncate(path, 8 + 2 ** 31)
    const error: unknown = await readIdx(path).catch((e: unknown) => e)
    expect(error).toMatchObject({ reason: 'tooLarge' })
  })

  test('shows the shape before it reads the data', async () => {
    const path = join(dir, 'shape')
    await writeFile(path, encode([2, 3], new Uint8Array(6)))
    const refuse = (shape: readonly number[]): void => {
      throw new RangeError(shape.join())
    }
    await expect(readIdx(path, refuse)).rejects.toThrow(new RangeError('2,3'))
  })

  test.skipIf(process.platform === 'win32')(
    'opens no device and no pipe, which may never end (Windows has no such files)',
    async () => {
      const [device, pipe] = [join(dir, 'device'), join(dir, 'pipe')]
      await symlink('/dev/zero', device)
      execFileSync('mkfifo', [pipe])
      const messageOf = (path: string): Promise<string> =>
        readIdx(path).then(
          () => '',
          (e: DataError) => e.message,
        )
      expect(await messageOf(device)).toMatch(/device is a device, not a regular file: give an IDX file/)
      expect(await messageOf(pipe)).toMatch(/pipe is a pipe, not a regular file: give an IDX file/)
    },
  )

  test('says that a file is missing, or is a folder, in one sentence with its path', async () => {
    const path = join(dir, 'nowhere')
    const missing: unknown = await readIdx(path).catch((e: unknown) => e)
    expect(missing).toMatchObject({ _tag: 'DataError', reason: 'missing', path })
    expect((missing as DataError).message).toMatch(/^There is no file .*nowhere: give .*\.$/)
    await expect(readIdx(dir)).rejects.toMatchObject({ reason: 'unreadable', path: dir })
  })
})
