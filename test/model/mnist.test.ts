import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadMnist, MNIST_FILES, mnistPackageData } from '../../src/model/mnist.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mnist-'))
})
afterAll(() => rm(root, { recursive: true }))

const histogram = (labels: Uint8Array): number[] => {
  const counts = Array.from({ length: 10 }, () => 0)
  for (const label of labels) counts[label]! += 1
  return counts
}

const imageFile = (n: number, side = 28): Buffer => {
  const bytes = Buffer.alloc(16 + n * side * side, 9)
  bytes.writeUInt32BE(0x803, 0)
  for (const [i, size] of [n, side, side].entries()) bytes.writeUInt32BE(size, 4 + 4 * i)
  return bytes
}

const labelFile = (labels: number[]): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(0x801, 0)
  bytes.writeUInt32BE(labels.length, 4)
  return Buffer.concat([bytes, Buffer.from(labels)])
}

/** A folder with a tiny MNIST, in which the named files are replaced, or left out where undefined. */
const folder = async (changes: Record<string, Buffer | undefined> = {}): Promise<string> => {
  const dir = await mkdtemp(join(root, 'set-'))
  const [trainImages, trainLabels, testImages, testLabels] = MNIST_FILES
  const files = {
    [trainImages]: imageFile(3),
    [trainLabels]: labelFile([7, 0, 9]),
    [testImages]: imageFile(1),
    [testLabels]: labelFile([4]),
    ...changes,
  }
  for (const [name, bytes] of Object.entries(files)) if (bytes) await writeFile(join(dir, name), bytes)
  return dir
}

describe('loadMnist', () => {
  test('reads the 60,000 and 10,000 real digits of the installed package', async () => {
    const { train, test: held } = await loadMnist()
    expect(train).toMatchObject({ n: 60_000, height: 28, width: 28, channels: 1 })
    expect(held).toMatchObject({ n: 10_000, height: 28, width: 28, channels: 1 })
    expect([train.images.length, train.labels.length]).toEqual([60_000 * 784, 60_000])
    expect([held.images.length, held.labels.length]).toEqual([10_000 * 784, 10_000])
    // The published histograms of the labels, digits 0 to 9.
    expect(histogram(train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(histogram(held.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    // Its well-known mean and standard deviation also pin where the pixels begin.
    let sum = 0
    let squares = 0
    for (const x of train.images) {
      sum += x / 255
      squares += (x / 255) ** 2
    }
    const mean = sum / train.images.length
    expect(mean).toBeCloseTo(0.1307, 4)
    expect(Math.sqrt(squares / train.images.length - mean ** 2)).toBeCloseTo(0.3081, 4)
    expect(train.labels.slice(0, 5)).toEqual(Uint8Array.of(5, 0, 4, 1, 9))
  })

  test('accepts each customary name of the files', async () => {
    const dir = await folder({
      'train-images-idx3-ubyte': undefined,
      'train-images.idx3-ubyte': imageFile(3),
      't10k-labels-idx1-ubyte': undefined,
      't10k-labels-idx1-ubyte.gz': gzipSync(labelFile([4])),
    })
    const { train, test: held } = await loadMnist(dir)
    expect([...train.labels]).toEqual([7, 0, 9])
    expect([...held.labels]).toEqual([4])
  })

  test.each([
    ['a missing file', { 't10k-labels-idx1-ubyte': undefined }, 'missing'],
    ['a label above 9', { 'train-labels-idx1-ubyte': labelFile([7, 10, 9]) }, 'label'],
    ['fewer labels than images', { 'train-labels-idx1-ubyte': labelFile([7, 0]) }, 'shape'],
    ['images of another size', { 't10k-images-idx3-ubyte': imageFile(1, 32) }, 'shape'],
    ['labels in place of images', { 'train-images-idx3-ubyte': labelFile([1, 2, 3]) }, 'shape'],
    ['no images at all', { 't10k-images-idx3-ubyte': imageFile(0) }, 'shape'],
    ['a truncated file', { 'train-images-idx3-ubyte': imageFile(3).subarray(0, 1000) }, 'truncated'],
  ])('refuses %s', async (_, changes, reason) => {
    await expect(loadMnist(await folder(changes))).rejects.toMatchObject({ _tag: 'DataError', reason })
  })

  test('asks for --data and names the four files when there is no folder or no package', async () => {
    const texts = ['--data DIR', ...MNIST_FILES]
    const noFolder: unknown = await loadMnist(join(root, 'absent')).catch((e: unknown) => e)
    for (const text of texts) expect(String(noFolder)).toContain(text)
    let noPackage: unknown
    try {
      mnistPackageData(join(root, 'elsewhere.js'))
    } catch (error) {
      noPackage = error
    }
    expect(noPackage).toMatchObject({ _tag: 'DataError', reason: 'missing' })
    for (const text of texts) expect(String(noPackage)).toContain(text)
  })
})
