/** What `takeInverseRoot` reads and writes. */
interface InverseRoot {
  /** Not negative. */
  x: number
  /** Positive integer. */
  q: number
  /** x^(-1/q) to 4 ulp: Infinity at 0, 0 at Infinity, NaN for NaN. */
  value: number
}

/** Numbers go in and out through fields, since V8 boxes the arguments and results of calls that it does not put in line. */
export const inverseRoot: InverseRoot = { x: 0.5, q: 1, value: 2.5 }

/**
 * x^(-1/q), the same on every machine, for the step-size controllers: the next step waits for it, and `**` or exp and log take as long as the
 * arithmetic of a whole stage with a few components.
 *
 * A table over exponent and leading bits of x gives y with r = 1 - x y^q small; then x^(-1/q) = y (1 - r)^(-1/q) by the binomial series.
 */
export function takeInverseRoot(): void {
  const { x, q } = inverseRoot
  float[0] = x
  const bucket = (words[high]! >> SHIFT) - FIRST
  if (bucket < 0 || bucket >= BUCKETS) {
    inverseRoot.value = x ** (-1 / q)
    return
  }
  const { table, c1, c2, c3, c4, c5, c6 } = (roots[q] ??= makeRoot(q))
  const y = table[bucket]!
  // x y^q by squaring
  let product = x
  let square = y
  for (let rest = q; rest > 0; rest >>= 1) {
    if ((rest & 1) === 1) product *= square
    square *= square
  }
  const r = 1 - product
  const r2 = r * r
  inverseRoot.value = y + y * r * (c1 + c2 * r + r2 * (c3 + c4 * r) + r2 * r2 * (c5 + c6 * r))
}

/** The errors that a solve meets, in units of the tolerance: from 2^-24 to 2^8; others take the slow way. */
const LOWEST = -24
const HIGHEST = 8
/** Leading bits of the fraction. 2^-6 in x makes |r| < 2^-7 and the first term left out 2^-52. */
const BITS = 6
const BUCKETS = (HIGHEST - LOWEST) << BITS
/** Of the upper word of a float64: 20 bits of fraction below an exponent with the bias 1023. */
const SHIFT = 20 - BITS
const FIRST = (1023 + LOWEST) << BITS

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const high = isLittleEndian ? 1 : 0

interface Root {
  /** x^(-1/q) at the middle of each bucket. */
  readonly table: Float64Array
  /** Coefficients of the binomial series of (1 - r)^(-1/q). */
  readonly c1: number
  readonly c2: number
  readonly c3: number
  readonly c4: number
  readonly c5: number
  readonly c6: number
}

const roots: (Root | undefined)[] = []

function makeRoot(q: number): Root {
  const table = Float64Array.from({ length: BUCKETS }, (_, i) => {
    const fraction = ((i & ((1 << BITS) - 1)) + 0.5) / (1 << BITS)
    return (2 ** (LOWEST + (i >> BITS)) * (1 + fraction)) ** (-1 / q)
  })
  const c = [1]
  for (let j = 1; j <= 6; j++) c.push((c[j - 1]! * (1 / q + j - 1)) / j)
  return { table, c1: c[1]!, c2: c[2]!, c3: c[3]!, c4: c[4]!, c5: c[5]!, c6: c[6]! }
}
