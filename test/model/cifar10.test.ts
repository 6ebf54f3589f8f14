import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, assert, describe, it, vi } from 'vitest'
import { checkArchive, CIFAR10_FILES, loadCifar10 } from '../../src/model/cifar10.ts'
import { DataError } from '../../src/model/errors.ts'
import { makeRng } from '../../src/model/rng.ts'
import { cifarRecords, smallCifar10 } from './cifarFiles.ts'

const folders: string[] = []
const small = (...args: Parameters<typeof smallCifar10>): string => {
  const folder = smallCifar10(...args)
  folders.push(folder)
  return folder
}
afterEach(() => {
  vi.unstubAllEnvs()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

async function errorOf(load: Promise<unknown>): Promise<DataError> {
  const error = await load.then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.instanceOf(error, DataError)
  assert.equal(error._tag, 'DataError')
  return error
}

describe('loadCifar10', () => {
  it('reads five training files in order and the test file, planes as channels of pixels', async () => {
    const changes = { 'data_batch_2.bin': cifarRecords(4, makeRng(7)) }
    const { train, test } = await loadCifar10(small(4, 3, { changes }))
    assert.deepEqual([train.n, test.n], [20, 3])
    assert.deepInclude(train, { height: 32, width: 32, channels: 3 })
    assert.deepEqual(Array.from(train.labels.subarray(0, 6)), [0, 1, 2, 3, 0, 1])
    const bytes = changes['data_batch_2.bin']
    // Image 2 of the second file is image 6: its pixel in row 5 and column 9
    const [row, column] = [5, 9]
    const record = 2 * 3073 + 1 + row * 32 + column
    const pixel = 6 * 3072 + (row * 32 + column) * 3
    assert.deepEqual(Array.from(train.images.subarray(pixel, pixel + 3)), [
      bytes[record]!,
      bytes[record + 1024]!,
      bytes[record + 2048]!,
    ])
    assert.equal(train.classNames[9], 'truck')
  })

  it('gives the set its normalisation', async () => {
    const { train } = await loadCifar10(small(1, 1))
    assert.deepEqual(train.normalisation.mean, [0.4914, 0.4822, 0.4465])
    assert.deepEqual(train.normalisation.deviation, [0.2023, 0.1994, 0.201])
  })

  it('finds the folder by CIFAR10_DIR, and inside the folder that was given', async () => {
    const inner = small(1, 1)
    vi.stubEnv('CIFAR10_DIR', inner)
    assert.equal((await loadCifar10()).train.n, 5)
    const outer = small(1, 1, { changes: Object.fromEntries(CIFAR10_FILES.map((name) => [name, null])) })
    mkdirSync(join(outer, 'cifar-10-batches-bin'))
    for (const name of CIFAR10_FILES) renameSync(join(inner, name), join(outer, 'cifar-10-batches-bin', name))
    assert.equal((await loadCifar10(outer)).train.n, 5)
  })

  it('says which file is missing or damaged, and what to download', async () => {
    const good = cifarRecords(4, makeRng(1))
    const wrongLabel = good.slice()
    wrongLabel[3073] = 10
    const only = (file: string, bytes: Uint8Array | null): string =>
      small(4, 2, { changes: { [file]: bytes } })
    vi.stubEnv('CIFAR10_DIR', '')
    const cases: [dir: string | undefined, reason: string, says: RegExp][] = [
      [undefined, 'missing', /No folder with CIFAR-10 was given/],
      ['/nowhere/at/all', 'missing', /There is no folder \/nowhere\/at\/all/],
      [join(small(1, 1), 'test_batch.bin'), 'missing', /is a file, not a folder/],
      [only('data_batch_3.bin', null), 'missing', /There is no data_batch_3.bin in/],
      [only('data_batch_3.bin', good.subarray(0, 5000)), 'truncated', /data_batch_3.bin has 5000 bytes/],
      [only('data_batch_3.bin', new Uint8Array()), 'truncated', /has 0 bytes/],
      [
        only('data_batch_3.bin', good.subarray(0, 3073)),
        'truncated',
        /has only 1 images where others have 4/,
      ],
      [only('data_batch_1.bin', good.subarray(0, 3073)), 'truncated', /data_batch_1.bin has only 1 images/],
      [only('test_batch.bin', wrongLabel), 'label', /Label 1 in .*test_batch.bin is 10/],
    ]
    for (const [dir, reason, says] of cases) {
      const error = await errorOf(loadCifar10(dir))
      assert.equal(error.reason, reason)
      assert.match(error.message, says)
      assert.match(error.message, /cifar-10-binary\.tar\.gz/)
      assert.notMatch(error.message, /\n/)
    }
  })

  it.skipIf(process.platform === 'win32')(
    'opens no device and no pipe, which may never end (Windows has no such files)',
    async () => {
      const folder = small(2, 2, { changes: { 'data_batch_4.bin': null } })
      symlinkSync('/dev/zero', join(folder, 'data_batch_4.bin'))
      assert.match(
        (await errorOf(loadCifar10(folder))).message,
        /data_batch_4.bin is a device, not a regular/,
      )
      const archive = join(folder, 'cifar-10-binary.tar.gz')
      execFileSync('mkfifo', [archive])
      assert.match((await errorOf(loadCifar10(folder))).message, /tar.gz is a pipe, not a regular file/)
    },
  )

  it('recognises what was unpacked instead', async () => {
    for (const [name, says] of [
      ['data_batch_1', /Python version/],
      ['data_batch_1.mat', /Matlab version/],
      ['train.bin', /CIFAR-100/],
    ] as const) {
      const folder = small(1, 1, { changes: { 'data_batch_1.bin': null } })
      writeFileSync(join(folder, name), 'x')
      assert.match((await errorOf(loadCifar10(folder))).message, says)
    }
  })

  it('holds the archive against its official checksum where it is there', async () => {
    const folder = small(1, 1)
    const archive = join(folder, 'cifar-10-binary.tar.gz')
    writeFileSync(archive, 'half of it')
    const error = await errorOf(loadCifar10(folder))
    assert.equal(error.reason, 'checksum')
    assert.match(error.message, /c32a1d4ab5d03f1284b67883e8d87530/)
    await checkArchive(archive, createHash('md5').update('half of it').digest('hex'))
    const inner = join(folder, 'cifar-10-batches-bin')
    mkdirSync(inner)
    for (const name of CIFAR10_FILES) renameSync(join(folder, name), join(inner, name))
    assert.equal((await errorOf(loadCifar10(inner))).path, join(dirname(inner), 'cifar-10-binary.tar.gz'))
  })

  it('counts the classes of files of the official size', async () => {
    const whole = cifarRecords(10_000, makeRng(1))
    const files = Object.fromEntries(CIFAR10_FILES.map((name) => [name, whole]))
    const { train, test } = await loadCifar10(small(0, 0, { changes: files }))
    assert.deepEqual([train.n, test.n], [50_000, 10_000])
    const twisted = whole.slice()
    twisted[0] = 9
    const other = small(0, 0, { changes: { ...files, 'test_batch.bin': twisted } })
    const error = await errorOf(loadCifar10(other))
    assert.match(error.message, /test_batch.bin holds 999 images of class 0 \(airplane\)/)
    const short = small(0, 0, { changes: { ...files, 'test_batch.bin': whole.subarray(0, 3073) } })
    assert.match((await errorOf(loadCifar10(short))).message, /only 1 images where others have 10000/)
  })
})
