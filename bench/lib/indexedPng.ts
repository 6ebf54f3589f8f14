/** Small PNGs of figures: lines and text in few colours need a byte or less for each pixel, not four. */
import { decode, encode } from 'fast-png'

/** What an index of one byte can tell apart. */
const MOST_COLORS = 256

/**
 * The same picture with a palette of at most 256 colours, without alpha. Shades are rounded as coarsely as that takes, which is seen, if at
 * all, in the smooth edges of lines and letters.
 */
export function indexed(png: Uint8Array): Uint8Array {
  const { width, height, data, channels } = decode(png)
  for (let levels = 32; ; levels /= 2) {
    const step = 255 / (levels - 1)
    const rounded = (value: number): number => Math.round(Math.round(value / step) * step)
    const indexOf = new Map<number, number>()
    const pixels = new Uint8Array(width * height)
    for (let i = 0; i < pixels.length && indexOf.size <= MOST_COLORS; i++) {
      const at = i * channels
      const color = (rounded(data[at]!) << 16) | (rounded(data[at + 1]!) << 8) | rounded(data[at + 2]!)
      let index = indexOf.get(color)
      if (index === undefined) indexOf.set(color, (index = indexOf.size))
      pixels[i] = index
    }
    if (indexOf.size > MOST_COLORS) continue
    const palette = [...indexOf.keys()].map((color) => [color >> 16, (color >> 8) & 255, color & 255])
    return encode({ width, height, data: pixels, depth: 8, channels: 1, palette: palette as never }, { zlib: { level: 9 } }) // prettier-ignore
  }
}
