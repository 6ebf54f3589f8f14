import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DataError, systemCode, type DataErrorReason } from './errors.ts'
import type { ImageSet } from './imageSet.ts'
import type { Normalisation } from './normalisation.ts'
import { sizeOfRegular } from './regularFile.ts'

/** The five files to train on and the one to test with, as in the official archive. */
export const CIFAR10_FILES: readonly string[] = [
  ...[1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`),
  'test_batch.bin',
]

/** The archive of the binary version, and its MD5 on the page of the data set. */
const ARCHIVE = 'cifar-10-binary.tar.gz'
const ARCHIVE_MD5 = 'c32a1d4ab5d03f1284b67883e8d87530'
const FOLDER_IN_ARCHIVE = 'cifar-10-batches-bin'

const SIDE = 32
const CHANNELS = 3
const PLANE = SIDE * SIDE
/** A label, then the red, the green and the blue plane, each row by row. */
const RECORD = 1 + CHANNELS * PLANE
/** Images in each official file. */
const OFFICIAL = 10_000

const CLASS_NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

/** Means of the training pixels; the deviations are means of those of single images, as customary with this data set. */
const NORMALISATION: Normalisation = {
  mean: [0.4914, 0.4822, 0.4465],
  deviation: [0.2023, 0.1994, 0.201],
}

const HOW_TO_GET = `download https://www.cs.toronto.edu/~kriz/${ARCHIVE} (MD5 ${ARCHIVE_MD5}), unpack it with tar xzf ${ARCHIVE}, and give its folder ${FOLDER_IN_ARCHIVE} with --data DIR or in CIFAR10_DIR`

/**
 * Loads CIFAR-10 from the files of its binary version: 50,000 images to train on and 10,000 to test with.
 *
 * The five training files must hold equally many whole records. Where they have the official 10,000 each, the test file must too, and every class must have its 5,000
 * and 1,000 images; fewer are a small set in the same format. No checksums are published for the single files; if the archive lies in
 * the folder or beside it, it is held against its official MD5.
 * @param dir - folder with the six files, or one that holds the folder `cifar-10-batches-bin`; by default CIFAR10_DIR
 * @returns both sets: images (n, 32, 32, 3), labels 0 to 9
 * @throws DataError (as a rejection) that says which file is missing, cut off or damaged, and what to download
 * @see Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009), and https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function loadCifar10(
  dir: string | undefined = process.env['CIFAR10_DIR'],
): Promise<{ train: ImageSet; test: ImageSet }> {
  if (dir === undefined || dir === '') {
    throw problem('CIFAR-10', 'missing', `No folder with CIFAR-10 was given: ${HOW_TO_GET}.`)
  }
  const folder = folderOf(dir)
  for (const place of [folder, join(folder, '..')]) {
    const archive = join(place, ARCHIVE)
    if (existsSync(archive)) await checkArchive(archive, ARCHIVE_MD5)
  }
  const counted = CIFAR10_FILES.map((name) => countRecords(join(folder, name)))
  const n = counted[0]!.n
  const short = counted.slice(0, -1).find((file) => file.n !== n)
  if (short !== undefined) throw unequal(short.n < n ? short : counted[0]!, Math.max(n, short.n))
  const files = counted.map(readRecords)
  const [training, test] = [files.slice(0, -1), files.at(-1)!]
  const sets = { train: imagesOf(training), test: imagesOf([test]) }
  if (n === OFFICIAL) {
    if (test.n !== OFFICIAL) throw unequal(test, OFFICIAL)
    checkCounts(folder, sets.train, 5 * (OFFICIAL / CLASS_NAMES.length))
    checkCounts(test.path, sets.test, OFFICIAL / CLASS_NAMES.length)
  }
  return sets
}

/**
 * Holds an archive against its MD5.
 * @throws DataError (as a rejection)
 */
export async function checkArchive(path: string, md5: string): Promise<void> {
  sizeOfRegular(path, HOW_TO_GET)
  const hash = createHash('md5')
  await pipeline(createReadStream(path), hash)
  const found = hash.digest('hex')
  if (found === md5) return
  throw problem(path, 'checksum', `${path} has the MD5 ${found} where ${md5} is official: ${HOW_TO_GET}.`)
}

/** A file whose length is that of whole images. */
interface Counted {
  readonly path: string
  readonly n: number
}

interface Records extends Counted {
  readonly bytes: Uint8Array
}

/** The folder with the files: the one given, or the archive's own within it. */
function folderOf(dir: string): string {
  const found = statSync(dir, { throwIfNoEntry: false })
  if (found === undefined) throw problem(dir, 'missing', `There is no folder ${dir}: ${HOW_TO_GET}.`)
  if (!found.isDirectory()) throw problem(dir, 'missing', `${dir} is a file, not a folder: ${HOW_TO_GET}.`)
  const first = CIFAR10_FILES[0]!
  const inner = join(dir, FOLDER_IN_ARCHIVE)
  if (!existsSync(join(dir, first)) && existsSync(join(inner, first))) return inner
  return dir
}

/** How many images a file holds, from its length. */
function countRecords(path: string): Counted {
  if (!existsSync(path)) throw missing(path)
  const size = sizeOfRegular(path, HOW_TO_GET)
  const n = Math.floor(size / RECORD)
  if (n > 0 && size % RECORD === 0) return { path, n }
  throw problem(
    path,
    'truncated',
    `${path} has ${size} bytes where whole images of ${RECORD} bytes are needed (officially ${OFFICIAL} of them, ${OFFICIAL * RECORD} bytes): ${HOW_TO_GET}.`,
  )
}

function readRecords({ path, n }: Counted): Records {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    const message = `${path} cannot be read (${systemCode(cause) || String(cause)}): give files that this user may read.`
    throw problem(path, 'unreadable', message, cause)
  }
  for (let k = 0; k < n; k++) {
    const label = bytes[k * RECORD]!
    if (label < CLASS_NAMES.length) continue
    const last = CLASS_NAMES.length - 1
    throw problem(
      path,
      'label',
      `Label ${k} in ${path} is ${label}, which is no class from 0 to ${last}: ${HOW_TO_GET}.`,
    )
  }
  return { path, bytes, n }
}

/** A missing file, and what seems to have been unpacked instead. */
function missing(path: string): DataError {
  const folder = join(path, '..')
  const present = new Set(readdirSync(folder))
  const isThere = (name: string): boolean => present.has(name)
  const instead =
    isThere('data_batch_1') || isThere('cifar-10-batches-py')
      ? ' (it holds the Python version of the data set, which is not what is read here)'
      : isThere('data_batch_1.mat') || isThere('cifar-10-batches-mat')
        ? ' (it holds the Matlab version of the data set, which is not what is read here)'
        : isThere('train.bin') || isThere('cifar-100-binary')
          ? ' (it seems to hold CIFAR-100)'
          : isThere(ARCHIVE)
            ? ` (it holds ${ARCHIVE}, not unpacked)`
            : ''
  const name = path.slice(folder.length + 1)
  return problem(path, 'missing', `There is no ${name} in ${folder}${instead}: ${HOW_TO_GET}.`)
}

function unequal({ path, n }: Counted, expected: number): DataError {
  const message = `${path} has only ${n} images where others have ${expected}: ${HOW_TO_GET}.`
  return problem(path, 'truncated', message)
}

/** Planes become channels of pixels. */
function imagesOf(files: ReadonlyArray<Records>): ImageSet {
  const n = files.reduce((sum, file) => sum + file.n, 0)
  const images = new Uint8Array(n * CHANNELS * PLANE)
  const labels = new Uint8Array(n)
  let at = 0
  for (const { bytes, n: count } of files) {
    for (let k = 0; k < count; k++, at++) {
      const record = k * RECORD
      labels[at] = bytes[record]!
      for (let c = 0; c < CHANNELS; c++) {
        const plane = record + 1 + c * PLANE
        const to = at * CHANNELS * PLANE + c
        for (let i = 0; i < PLANE; i++) images[to + CHANNELS * i] = bytes[plane + i]!
      }
    }
  }
  return {
    images,
    labels,
    n,
    height: SIDE,
    width: SIDE,
    channels: CHANNELS,
    normalisation: NORMALISATION,
    classNames: CLASS_NAMES,
  }
}

/** Every class of the official set has equally many images. */
function checkCounts(path: string, { labels }: ImageSet, expected: number): void {
  const counts = CLASS_NAMES.map(() => 0)
  for (const label of labels) counts[label]!++
  const wrong = counts.findIndex((count) => count !== expected)
  if (wrong < 0) return
  const message = `${path} holds ${counts[wrong]} images of class ${wrong} (${CLASS_NAMES[wrong]}) where the official set has ${expected}: ${HOW_TO_GET}.`
  throw problem(path, 'corrupt', message)
}

function problem(path: string, reason: DataErrorReason, message: string, cause?: unknown): DataError {
  return new DataError({ path, reason, message, ...(cause === undefined ? {} : { cause }) })
}
