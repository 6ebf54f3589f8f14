import type { Rng } from './rng.ts'

/** How far the colours of an image are moved at random; torchvision's numbers. */
export interface ColourJitter {
  /** Turns the hue by up to this share of the circle, both ways: 0 to 0.5. */
  readonly hue: number
  /** Multiplies the saturation by 1 - s to 1 + s. */
  readonly saturation: number
}

/** Share of red, green and blue in the grey of a colour (ITU-R BT.601). */
const GREY = [0.299, 0.587, 0.114] as const

/**
 * Moves saturation and hue of one image, by factors drawn once for it and in an order that is drawn too.
 * @param image - pixels of three channels, red, green, blue; changed in place. Images with another number of channels are not for this.
 * @see torchvision's ColorJitter(saturation, hue)
 */
export function jitterColours(image: Uint8Array, { hue, saturation }: ColourJitter, rng: Rng): void {
  if (hue === 0 && saturation === 0) return
  const isHueFirst = rng.uniform() < 0.5
  const factor = 1 + saturation * (2 * rng.uniform() - 1)
  const turn = hue * (2 * rng.uniform() - 1)
  if (isHueFirst) turnHue(image, turn)
  scaleSaturation(image, Math.max(0, factor))
  if (!isHueFirst) turnHue(image, turn)
}

/** Moves every colour away from its grey (factor above 1) or towards it; 0 leaves grey alone. */
export function scaleSaturation(image: Uint8Array, factor: number): void {
  for (let i = 0; i < image.length; i += 3) {
    const [red, green, blue] = [image[i]!, image[i + 1]!, image[i + 2]!]
    const grey = (1 - factor) * (GREY[0] * red + GREY[1] * green + GREY[2] * blue)
    image[i] = toByte(grey + factor * red)
    image[i + 1] = toByte(grey + factor * green)
    image[i + 2] = toByte(grey + factor * blue)
  }
}

/**
 * Turns the hue of every colour and keeps its value (largest channel) and chroma (largest less smallest).
 * @param turn - share of the circle: 1/3 takes red to green
 * @see Smith, "Color gamut transform pairs", SIGGRAPH 1978: the hexcone model (HSV)
 */
export function turnHue(image: Uint8Array, turn: number): void {
  for (let i = 0; i < image.length; i += 3) {
    const [red, green, blue] = [image[i]!, image[i + 1]!, image[i + 2]!]
    const value = Math.max(red, green, blue)
    const chroma = value - Math.min(red, green, blue)
    if (chroma === 0) continue
    const sixths =
      value === red
        ? (green - blue) / chroma
        : value === green
          ? 2 + (blue - red) / chroma
          : 4 + (red - green) / chroma
    const turned = sixths + 6 * turn
    image[i] = channel(value, chroma, turned + 5)
    image[i + 1] = channel(value, chroma, turned + 3)
    image[i + 2] = channel(value, chroma, turned + 1)
  }
}

/** A channel falls with the distance of the hue from its own corner of the hexagon. */
function channel(value: number, chroma: number, sixths: number): number {
  const k = sixths - 6 * Math.floor(sixths / 6)
  return toByte(value - chroma * Math.max(0, Math.min(k, 4 - k, 1)))
}

function toByte(x: number): number {
  return x <= 0 ? 0 : x >= 255 ? 255 : Math.floor(x + 0.5)
}
