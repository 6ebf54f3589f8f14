import { checkOptionNames, optionNames } from '../bridge/optionNames.ts'
import { jitterColours, type ColourJitter } from './colourJitter.ts'
import type { Rng } from './rng.ts'

/** Random changes of training images that leave the class as it is; torchvision's, in this order. */
export interface Augmentation extends ColourJitter {
  /** Rows and columns of black around an image, out of which a window of its old size is cut at a random place. */
  readonly padding: number
  /** Mirrors half of the images, left to right. */
  readonly flip: boolean
}

const AUGMENTATIONS = optionNames<Augmentation>({ padding: true, flip: true, hue: true, saturation: true })

/** Height, width and channels of an image. */
export interface ImageShape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * Changed copies of images: random crop, horizontal flip, colour jitter. The same stream gives the same copies.
 * @param pixels - shape (n, height, width, channels); not modified
 * @returns same shape
 * @throws IvpInputError for a change that there is not; RangeError for a jitter of colours of images that are not of red, green and blue
 * @see torchvision's RandomCrop(size, padding), RandomHorizontalFlip and ColorJitter
 */
export function augmented(
  pixels: Uint8Array,
  shape: ImageShape,
  augmentation: Augmentation,
  rng: Rng,
): Uint8Array {
  checkOptionNames(augmentation, AUGMENTATIONS, { within: 'augmentation' })
  const { padding, flip, ...colours } = augmentation
  const { height, width, channels } = shape
  const size = height * width * channels
  if (channels !== 3 && (colours.hue > 0 || colours.saturation > 0)) {
    throw new RangeError(
      `hue and saturation are those of 3 channels, red, green and blue, not of ${channels}`,
    )
  }
  const out = new Uint8Array(pixels.length)
  for (let from = 0; from < pixels.length; from += size) {
    const down = rng.int(2 * padding + 1) - padding
    const right = rng.int(2 * padding + 1) - padding
    const isMirrored = flip && rng.uniform() < 0.5
    const image = out.subarray(from, from + size)
    copyWindow(pixels.subarray(from, from + size), image, shape, { down, right, isMirrored })
    jitterColours(image, colours, rng)
  }
  return out
}

/** Where a window is cut: moved by so many rows and columns, and mirrored. */
export interface Window {
  readonly down: number
  readonly right: number
  readonly isMirrored: boolean
}

/** Copies the window of an image; what lies outside of the image stays as it is in `out`. */
export function copyWindow(
  image: Uint8Array,
  out: Uint8Array,
  { height, width, channels }: ImageShape,
  { down, right, isMirrored }: Window,
): void {
  for (let row = 0; row < height; row++) {
    const y = row + down
    if (y < 0 || y >= height) continue
    for (let column = 0; column < width; column++) {
      const x = (isMirrored ? width - 1 - column : column) + right
      if (x < 0 || x >= width) continue
      const [to, from] = [(row * width + column) * channels, (y * width + x) * channels]
      for (let c = 0; c < channels; c++) out[to + c] = image[from + c]!
    }
  }
}
