import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Everything that a generator's future depends on, as plain JSON: survives JSON.stringify and JSON.parse exactly. */
export interface RngState {
  readonly algorithm: 'xoroshiro128plus'
  /** Four int32 that name the stream; they never change, and forks derive from them. */
  readonly key: readonly number[]
  /** Four int32: where in the stream the generator stands. */
  readonly words: readonly number[]
  /** The second normal deviate of a pair whose first was handed out; null when there is none. */
  readonly spare: number | null
}

/** A stream of random numbers: the same seed and the same calls give the same numbers on every machine. */
export interface Rng {
  /** Uniform on [0, 1), a multiple of 2^-53. */
  uniform(): number
  /** Normal with mean 0 and variance 1. */
  normal(): number
  /** Uniform among 0, 1, ..., n - 1; throws RangeError unless n is an integer from 1 to 2^53 - 1. */
  int(n: number): number
  /** The numbers 0 ... n - 1 in an order drawn uniformly; throws RangeError unless n is an integer from 0 to 2^32 - 1. */
  permutation(n: number): Uint32Array
  /**
   * Another stream, for another purpose. It depends on this stream's seed and on the label only, not on how many
   * numbers were drawn: adding a draw in one place leaves all others as they were. The same label gives the same
   * stream again.
   */
  fork(label: string): Rng
  /** A snapshot for a checkpoint; see fromState. */
  state(): RngState
}

/** Key of the stream from which every seed's stream is forked: the first 128 binary digits of pi - 3. */
const ROOT_KEY: readonly number[] = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]

/** Below one in 2^128 seeds would hit it: the one state that xoroshiro cannot leave. */
const ESCAPE_FROM_ZERO = 1

/**
 * Makes the generator of a seed, from which a run takes all its randomness (by `fork`).
 * @param seed - a safe integer; near seeds give unrelated streams
 * @throws RangeError when the seed is not a safe integer
 * @see Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021): xoroshiro128+
 */
export function makeRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a safe integer, not ${seed}`)
  return startOf(deriveKey(ROOT_KEY, String(seed)))
}

/**
 * Continues a stream where `state()` was taken.
 * @throws RangeError when the argument is not such a state
 */
export function fromState({ algorithm, key, words, spare }: RngState): Rng {
  const isFourInts = (a: readonly number[]): boolean =>
    Array.isArray(a) && a.length === 4 && a.every((x) => Number.isInteger(x) && x === (x | 0))
  const isSpare = spare === null || Number.isFinite(spare)
  if (algorithm !== 'xoroshiro128plus' || !isFourInts(key) || !isFourInts(words) || !isSpare) {
    throw new RangeError('not the state of a random generator: pass what state() returned')
  }
  return resume(key, words, spare)
}

function startOf(key: readonly number[]): Rng {
  return resume(key, key, null)
}

function resume(key: readonly number[], words: readonly number[], firstSpare: number | null): Rng {
  const generator = xoroshiro128plusFromState(words)
  let spare = firstSpare

  const uniform = (): number => uniformFloat64(generator)

  // Marsaglia, Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964): the polar method.
  const normal = (): number => {
    if (spare !== null) {
      const kept = spare
      spare = null
      return kept
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s)
        spare = v * scale
        return u * scale
      }
    }
  }

  const int = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`n must be a positive integer, not ${n}`)
    return uniformInt(generator, 0, n - 1)
  }

  // Knuth, "The Art of Computer Programming", Vol. 2, Sec. 3.4.2, Algorithm P (Fisher, Yates).
  const permutation = (n: number): Uint32Array => {
    if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32) {
      throw new RangeError(`n must be an integer from 0 to 2^32 - 1, not ${n}`)
    }
    const order = Uint32Array.from({ length: n }, (_, i) => i)
    for (let i = n - 1; i > 0; i--) {
      const j = uniformInt(generator, 0, i)
      const moved = order[i]!
      order[i] = order[j]!
      order[j] = moved
    }
    return order
  }

  return {
    uniform,
    normal,
    int,
    permutation,
    fork: (label) => startOf(deriveKey(key, label)),
    state: () => ({ algorithm: 'xoroshiro128plus', key, words: [...generator.getState()], spare }),
  }
}

/** Hashes a key and a label to a new key: four lanes with different starts, each reading the whole label. */
function deriveKey(key: readonly number[], label: string): readonly number[] {
  const lanes = key.map((word, lane) => {
    let h = avalanche(word ^ avalanche(lane + 1))
    for (let i = 0; i < label.length; i++) h = avalanche(h ^ label.charCodeAt(i)) + word
    return avalanche(h ^ label.length)
  })
  // Lanes read one key word each; without this pass a change of one word would reach one word only.
  const sum = lanes.reduce((total, h) => (total + h) | 0, 0)
  const derived = lanes.map((h, lane) => avalanche(h + Math.imul(sum, 2 * lane + 1)) | 0)
  return derived.some((word) => word !== 0) ? derived : [ESCAPE_FROM_ZERO, 0, 0, 0]
}

/** Maps int32 one to one so that each input bit flips each output bit half the time: fmix32 of MurmurHash3 (Appleby). */
function avalanche(x: number): number {
  let h = x | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
