import { tf, type Tensor4D } from '../bridge/tensor.ts'
import { normalised, type Normalisation } from './normalisation.ts'

/** Bytes of images as the net takes them, shape (n, height, width, channels). */
export function imageTensor(
  pixels: Uint8Array,
  {
    height,
    width,
    normalisation,
  }: { readonly height: number; readonly width: number; readonly normalisation: Normalisation },
): Tensor4D {
  const channels = normalisation.mean.length
  const n = pixels.length / (height * width * channels)
  return tf.tensor4d(normalised(pixels, normalisation), [n, height, width, channels])
}
