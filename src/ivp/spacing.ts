const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const low = isLittleEndian ? 0 : 1
const high = isLittleEndian ? 1 : 0

/** A step this many spacings of numbers long is the smallest whose end is distinct from its stages; scipy's bound. */
export const SPACINGS = 10

/** Where a step starts. Numbers go in and out through its fields: V8 boxes those that a call takes or returns. */
export interface StepStart {
  readonly t: number
  /** 1 or -1. */
  readonly direction: number
  /** Smallest |h| that error control may ask for at t. */
  minStep: number
}

/** Sets `minStep` by the distance from t to the next float64 in the direction of the step. */
export function setMinStep(start: StepStart): void {
  const { t } = start
  if (t === 0) {
    start.minStep = SPACINGS * Number.MIN_VALUE
    return
  }
  float[0] = t
  const isOutward = t > 0 === start.direction > 0
  if (isOutward) {
    words[low] = words[low]! + 1
    if (words[low] === 0) words[high] = words[high]! + 1
  } else {
    if (words[low] === 0) words[high] = words[high]! - 1
    words[low] = words[low]! - 1
  }
  start.minStep = SPACINGS * Math.abs(float[0]! - t)
}

/** Distance from |t| to the next larger float64. @param t - finite */
export function spacingAt(t: number): number {
  float[0] = Math.abs(t)
  words[low] = words[low]! + 1
  if (words[low] === 0) words[high] = words[high]! + 1
  return float[0]! - Math.abs(t)
}
