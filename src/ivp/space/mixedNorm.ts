/**
 * DOP853's error from the norms of its two estimates, both without the factor h: |h| E5^2 / sqrt(E5^2 + 0.01 E3^2).
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", 2nd ed., Sec. II.10, eq. (10.17) ff.
 */
export function mixedNorm(h: number, five: number, three: number): number {
  if (five === 0 && three === 0) return 0
  return (Math.abs(h) * five * five) / Math.sqrt(five * five + 0.01 * three * three)
}

/**
 * A mixed norm down to which squares of its parts are in range, as they were taken without h. A smaller one, or one that is not finite, is taken
 * again with h in its parts: derivatives near the smallest or the largest number have squares that are not.
 */
export const LEAST_MIXED = 1e-100
