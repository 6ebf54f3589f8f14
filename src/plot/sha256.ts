/** The first 32 bits of the fractional parts of the cube roots (or square roots) of the first primes. */
const fractions = (count: number, root: (prime: number) => number): Uint32Array => {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32)
}
const K: Uint32Array = fractions(64, Math.cbrt)
const START: Uint32Array = fractions(8, Math.sqrt)

/**
 * SHA-256 of a text in UTF-8, as hexadecimal digits. Written out since browsers have it only behind a promise.
 * @see FIPS 180-4, "Secure Hash Standard", Sec. 4.1.2, 5.1.1 and 6.2
 */
export function sha256(text: string): string {
  const message = new TextEncoder().encode(text)
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor((8 * message.length) / 2 ** 32))
  view.setUint32(padded.length - 4, 8 * message.length)
  const state = START.slice()
  const w = new Int32Array(64)
  for (let from = 0; from < padded.length; from += 64) {
    for (let t = 0; t < 64; t++) {
      w[t] = t < 16 ? view.getInt32(from + 4 * t) : next(w, t)
    }
    round(state, w)
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

/** W_t of the message schedule. */
function next(w: Int32Array, t: number): number {
  const [x, y] = [w[t - 15]!, w[t - 2]!]
  const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
  const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
  return s1 + w[t - 7]! + s0 + w[t - 16]!
}

/** Adds one block to the hash. */
function round(state: Uint32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number] // prettier-ignore
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g)
    const t1 = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + K[t]! + w[t]!
    const t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + word
}

/** Bits turned to the right. */
function turn(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by))
}
