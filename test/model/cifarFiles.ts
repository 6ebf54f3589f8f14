import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CIFAR10_FILES } from '../../src/model/cifar10.ts'
import { makeRng, type Rng } from '../../src/model/rng.ts'

const PLANE = 32 * 32

/** What each class looks like: a colour, and a bright band across or down. */
function colourOf(label: number, channel: number): number {
  return 60 + 120 * ((label >> channel) & 1)
}

/** A file in the official binary format: label, then red, green, blue, row by row; classes in turn, with noise over them. */
export function cifarRecords(n: number, rng: Rng): Uint8Array {
  const bytes = new Uint8Array(n * (1 + 3 * PLANE))
  for (let k = 0; k < n; k++) {
    const label = k % 10
    const record = k * (1 + 3 * PLANE)
    bytes[record] = label
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < PLANE; i++) {
        const along = label < 5 ? Math.floor(i / 32) : i % 32
        const isBand = Math.floor(along / 4) === 1 + (label % 5)
        bytes[record + 1 + c * PLANE + i] = colourOf(label, c) + (isBand ? 60 : 0) + rng.int(16)
      }
    }
  }
  return bytes
}

/** A folder with a small set in the format of CIFAR-10, in which the named files are replaced, or left out where null. The same seed gives the same bytes. */
export function smallCifar10(
  nPerFile: number,
  nTest: number,
  { seed = 1, changes = {} }: { seed?: number; changes?: Readonly<Record<string, Uint8Array | null>> } = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'cifar-'))
  for (const name of CIFAR10_FILES) {
    const n = name === 'test_batch.bin' ? nTest : nPerFile
    const bytes = name in changes ? changes[name]! : cifarRecords(n, makeRng(seed).fork(name))
    if (bytes !== null) writeFileSync(join(folder, name), bytes)
  }
  return folder
}
