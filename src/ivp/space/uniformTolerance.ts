import type { Tolerance } from './vectorSpace.ts'

/** The same tolerance, both as numbers or both with a number for each of n components: loops then ask once. Numbers in arrays are not copied. */
export function uniformTolerance({ rtol, atol }: Tolerance, n: number): Tolerance {
  if (typeof rtol === 'number' && typeof atol === 'number') return { rtol, atol }
  return { rtol: expand(rtol, n), atol: expand(atol, n) }
}

function expand(tolerance: number | Float64Array, n: number): Float64Array {
  return typeof tolerance === 'number' ? new Float64Array(n).fill(tolerance) : tolerance
}
