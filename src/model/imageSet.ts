import type { ImageShape } from './augmentation.ts'
import type { Normalisation } from './normalisation.ts'
import type { Shard } from './shard.ts'

/**
 * Labelled images, as bytes.
 *
 * `images` has shape (n, height, width, channels), the last index running fastest, with intensities from 0 to 255;
 * `labels` has shape (n), classes counted from 0.
 */
export interface ImageSet extends ImageShape {
  readonly images: Uint8Array
  readonly labels: Uint8Array
  readonly n: number
  readonly normalisation: Normalisation
  /** What the classes are called, in the order of the labels. */
  readonly classNames: ReadonlyArray<string>
}

/** Splits the last images off: [the others, the last share of them]. Views, not copies. */
export function holdOut(set: ImageSet, share: number): [rest: ImageSet, heldOut: ImageSet] {
  const size = set.height * set.width * set.channels
  const at = set.n - Math.max(1, Math.round(share * set.n))
  const part = (from: number, to: number): ImageSet => ({
    ...set,
    images: set.images.subarray(from * size, to * size),
    labels: set.labels.subarray(from, to),
    n: to - from,
  })
  return [part(0, at), part(at, set.n)]
}

/** Copies of the images at the given positions, as the net takes them. */
export function pick(set: ImageSet, indices: ArrayLike<number>): Shard {
  const size = set.height * set.width * set.channels
  const pixels = new Uint8Array(indices.length * size)
  const labels = Uint8Array.from(indices, (i) => set.labels[i]!)
  for (let k = 0; k < indices.length; k++) {
    const from = indices[k]! * size
    pixels.set(set.images.subarray(from, from + size), k * size)
  }
  return { pixels, labels }
}
