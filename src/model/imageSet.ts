/**
 * Labelled images, as bytes.
 *
 * `images` has shape (n, height, width, channels), the last index running fastest, with intensities from 0 to 255;
 * `labels` has shape (n), classes counted from 0.
 */
export interface ImageSet {
  readonly images: Uint8Array
  readonly labels: Uint8Array
  readonly n: number
  readonly height: number
  readonly width: number
  readonly channels: number
}
