/** Generated from `float64Kernels.ts` by `npm run generate`: do not edit. */
type Vec = Float32Array
type Weights = ArrayLike<number>

/** out[i] = y[i] + h (w[0] k[0][i] + ... + w[m-1] k[m-1][i]), one pass over memory for each number of terms m. */
export function combine(out: Vec, y: Vec, h: number, w: Weights, k: ReadonlyArray<Vec>, m: number): void {
  switch (m) {
    case 0:
      out.set(y)
      return
    case 1:
      combine1(out, y, h, w[0]!, k[0]!)
      return
    case 2:
      combine2(out, y, h, w, k[0]!, k[1]!)
      return
    case 3:
      combine3(out, y, h, w, k[0]!, k[1]!, k[2]!)
      return
    case 4:
      combine4(out, y, h, w, k[0]!, k[1]!, k[2]!, k[3]!)
      return
    case 5:
      combine5(out, y, h, w, k[0]!, k[1]!, k[2]!, k[3]!, k[4]!)
      return
    case 6:
      combine6(out, y, h, w, k[0]!, k[1]!, k[2]!, k[3]!, k[4]!, k[5]!)
      return
    default:
      combineMany(out, y, h, w, k, m)
  }
}

function combine1(out: Vec, y: Vec, h: number, w0: number, k0: Vec): void {
  for (let i = 0; i < out.length; i++) out[i] = y[i]! + h * (w0 * k0[i]!)
}

function combine2(out: Vec, y: Vec, h: number, w: Weights, k0: Vec, k1: Vec): void {
  const w0 = w[0]!, w1 = w[1]! // prettier-ignore
  for (let i = 0; i < out.length; i++) out[i] = y[i]! + h * (w0 * k0[i]! + w1 * k1[i]!)
}

function combine3(out: Vec, y: Vec, h: number, w: Weights, k0: Vec, k1: Vec, k2: Vec): void {
  const w0 = w[0]!, w1 = w[1]!, w2 = w[2]! // prettier-ignore
  for (let i = 0; i < out.length; i++) out[i] = y[i]! + h * (w0 * k0[i]! + w1 * k1[i]! + w2 * k2[i]!)
}

function combine4(out: Vec, y: Vec, h: number, w: Weights, k0: Vec, k1: Vec, k2: Vec, k3: Vec): void {
  const w0 = w[0]!, w1 = w[1]!, w2 = w[2]!, w3 = w[3]! // prettier-ignore
  for (let i = 0; i < out.length; i++) {
    out[i] = y[i]! + h * (w0 * k0[i]! + w1 * k1[i]! + w2 * k2[i]! + w3 * k3[i]!)
  }
}

// prettier-ignore
function combine5(out: Vec, y: Vec, h: number, w: Weights, k0: Vec, k1: Vec, k2: Vec, k3: Vec, k4: Vec): void {
  const w0 = w[0]!, w1 = w[1]!, w2 = w[2]!, w3 = w[3]!, w4 = w[4]!
  for (let i = 0; i < out.length; i++) {
    out[i] = y[i]! + h * (w0 * k0[i]! + w1 * k1[i]! + w2 * k2[i]! + w3 * k3[i]! + w4 * k4[i]!)
  }
}

// prettier-ignore
function combine6(out: Vec, y: Vec, h: number, w: Weights, k0: Vec, k1: Vec, k2: Vec, k3: Vec, k4: Vec, k5: Vec): void {
  const w0 = w[0]!, w1 = w[1]!, w2 = w[2]!, w3 = w[3]!, w4 = w[4]!, w5 = w[5]!
  for (let i = 0; i < out.length; i++) {
    out[i] = y[i]! + h * (w0 * k0[i]! + w1 * k1[i]! + w2 * k2[i]! + w3 * k3[i]! + w4 * k4[i]! + w5 * k5[i]!)
  }
}

/** Components gathered at once by `combineMany`: small enough for the first-level cache. */
const CHUNK = 256
const sums = new Float64Array(CHUNK)

function combineMany(out: Vec, y: Vec, h: number, w: Weights, k: ReadonlyArray<Vec>, m: number): void {
  const n = out.length
  for (let from = 0; from < n; from += CHUNK) {
    const size = Math.min(CHUNK, n - from)
    for (let c = 0; c < size; c++) sums[c] = 0
    for (let j = 0; j < m; j++) addScaled(w[j]!, k[j]!, from, size)
    for (let c = 0; c < size; c++) out[from + c] = y[from + c]! + h * sums[c]!
  }
}

function addScaled(w: number, k: Vec, from: number, size: number): void {
  for (let c = 0; c < size; c++) sums[c] = sums[c]! + w * k[from + c]!
}

/**
 * Sum over i in [from, to) of (h (w . k)[i] / (atol + rtol max(|y[i]|, |yNew[i]|)))^2.
 * @param rtol - a number, or one per component (then atol is too)
 */
// prettier-ignore
export function sumOfScaledSquares(
  h: number, w: Weights, k: ReadonlyArray<Vec>, m: number, y: Vec, yNew: Vec,
  rtol: number | Float64Array, atol: number | Float64Array, from: number, to: number,
): number {
  let total = 0
  for (let at = from; at < to; at += CHUNK) {
    const size = Math.min(CHUNK, to - at)
    for (let c = 0; c < size; c++) sums[c] = 0
    for (let j = 0; j < m; j++) addScaled(w[j]!, k[j]!, at, size)
    total =
      typeof rtol === 'number'
        ? addScalarTolerance(total, h, y, yNew, rtol, atol as number, at, size)
        : addVectorTolerance(total, h, y, yNew, rtol, atol as Float64Array, at, size)
  }
  return total
}

// prettier-ignore
function addScalarTolerance(
  start: number, h: number, y: Vec, yNew: Vec, rtol: number, atol: number, at: number, size: number,
): number {
  let total = start
  for (let c = 0; c < size; c++) {
    const a = Math.abs(y[at + c]!), b = Math.abs(yNew[at + c]!)
    // Not Math.max: it is slower, and a NaN must reach the norm from either side, which `total` sees to
    const e = (h * sums[c]!) / (atol + rtol * (a > b ? a : b))
    total += e * e
  }
  return total
}

// prettier-ignore
function addVectorTolerance(
  start: number, h: number, y: Vec, yNew: Vec, rtol: Float64Array, atol: Float64Array, at: number, size: number,
): number {
  let total = start
  for (let c = 0; c < size; c++) {
    const a = Math.abs(y[at + c]!), b = Math.abs(yNew[at + c]!)
    const e = (h * sums[c]!) / (atol[at + c]! + rtol[at + c]! * (a > b ? a : b))
    total += e * e
  }
  return total
}
