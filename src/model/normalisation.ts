/** Mean and standard deviation of the training pixels in each channel, on [0, 1]; the net sees (pixel / 255 - mean) / deviation. */
export interface Normalisation {
  readonly mean: ReadonlyArray<number>
  readonly deviation: ReadonlyArray<number>
}

/**
 * Bytes as the net takes them.
 * @param pixels - shape (..., channels)
 * @returns same shape
 */
export function normalised(pixels: Uint8Array, { mean, deviation }: Normalisation): Float32Array {
  const channels = mean.length
  const scaled = new Float32Array(pixels.length)
  for (let c = 0; c < channels; c++) {
    const ofByte = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean[c]!) / deviation[c]!)
    for (let i = c; i < pixels.length; i += channels) scaled[i] = ofByte[pixels[i]!]!
  }
  return scaled
}
