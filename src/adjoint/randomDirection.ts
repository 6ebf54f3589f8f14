import type { FloatArray } from '../ivp/index.ts'

/**
 * A random direction that moves every component by its own size: half of it to all of it, up or down. Sizes differ, so that gradients which are
 * mixed up do not cancel; a component that is 0 moves up, where a state of concentrations may go.
 * @param sizes - of the components, > 0
 */
export function randomDirection(
  at: ArrayLike<number>,
  sizes: ArrayLike<number>,
  next: () => number,
): Float64Array {
  const v = new Float64Array(at.length)
  for (let i = 0; i < v.length; i++) {
    const size = sizes[i]! * (0.5 + 0.5 * next())
    v[i] = next() < 0.5 && at[i] !== 0 ? -size : size
  }
  return v
}

/** The size of each component of h0: |h0|, and where that is 0 the largest that the solution has there, or else what others have. */
export function stateSizes(h0: FloatArray, states: ReadonlyArray<FloatArray>): Float64Array {
  const sizes = Float64Array.from(h0, Math.abs)
  const largest = largestOf(states)
  for (let i = 0; i < sizes.length; i++) if (sizes[i] === 0) sizes[i] = largest[i]!
  return withoutZeros(sizes)
}

/** The size of each parameter: |theta|, and where that is 0 what others of its array have. */
export function paramSizesOf(
  theta: ArrayLike<number>,
  paramSizes: ReadonlyArray<number> = [theta.length],
): Float64Array {
  const sizes = Float64Array.from(theta, Math.abs)
  let from = 0
  for (const length of paramSizes) withoutZeros(sizes.subarray(from, (from += length)))
  return sizes
}

/** The largest |h| of each component. */
export function largestOf(states: ReadonlyArray<FloatArray>): Float64Array {
  const largest = new Float64Array(states[0]!.length)
  for (const h of states) {
    for (let i = 0; i < largest.length; i++) largest[i] = Math.max(largest[i]!, Math.abs(h[i]!))
  }
  return largest
}

/** Zeros become the geometric mean of the others, or 1. */
function withoutZeros(sizes: Float64Array): Float64Array {
  let sum = 0
  let count = 0
  for (const size of sizes) {
    if (size === 0) continue
    sum += Math.log(size)
    count++
  }
  const instead = count === 0 ? 1 : Math.exp(sum / count)
  for (let i = 0; i < sizes.length; i++) if (sizes[i] === 0) sizes[i] = instead
  return sizes
}

/** Numbers in (0, 1) by Lehmer's generator. @see Park, Miller, "Random number generators: good ones are hard to find", CACM 31 (1988) */
export function lehmer(seed: number): () => number {
  const modulus = 2 ** 31 - 1
  let state = 1 + (Math.abs(Math.trunc(seed)) % (modulus - 1))
  const next = (): number => (state = (state * 16_807) % modulus) / modulus
  // The first numbers from small seeds are small
  next()
  return next
}
