const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const low = isLittleEndian ? 0 : 1
const high = isLittleEndian ? 1 : 0

/** Distance from t to the next float64 in the given direction (1 or -1). */
export function spacing(t: number, direction: number): number {
  if (t === 0) return Number.MIN_VALUE
  float[0] = t
  const isOutward = t > 0 === direction > 0
  if (isOutward) {
    words[low] = words[low]! + 1
    if (words[low] === 0) words[high] = words[high]! + 1
  } else {
    if (words[low] === 0) words[high] = words[high]! - 1
    words[low] = words[low]! - 1
  }
  return Math.abs(float[0]! - t)
}

/** A step this many spacings long is the smallest whose end is distinct from its stages; scipy's bound. */
const SPACINGS = 10

/** Smallest |h| that error control may ask for at t. */
export function smallestStep(t: number, direction: number): number {
  return SPACINGS * spacing(t, direction)
}
