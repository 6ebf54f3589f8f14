/**
 * DOP853's error from the norms of its two estimates, both without the factor h: |h| E5^2 / sqrt(E5^2 + 0.01 E3^2).
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", 2nd ed., Sec. II.10, eq. (10.17) ff.
 */
export function mixedNorm(h: number, five: number, three: number): number {
  if (five === 0 && three === 0) return 0
  return (Math.abs(h) * five * five) / Math.sqrt(five * five + 0.01 * three * three)
}
