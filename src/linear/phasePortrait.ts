import type { Matrix } from 'ml-matrix'

/** The kinds of equilibria of a linear system in the plane. */
export type PhasePortrait =
  | 'saddle'
  | 'stable node'
  | 'unstable node'
  | 'stable star'
  | 'unstable star'
  | 'stable degenerate node'
  | 'unstable degenerate node'
  | 'stable spiral'
  | 'unstable spiral'
  | 'centre'
  | 'line of equilibria'
  | 'plane of equilibria'

/**
 * Names the portrait of h' = W h by the eigenvalues of W.
 * @param W - shape (2, 2). @param pairs - its eigenvalues. @param zero - what counts as zero
 * @see Hirsch, Smale, Devaney, ch. 4: the trace-determinant plane
 */
export function phasePortrait(
  W: Matrix,
  [a, b]: readonly [
    { readonly re: number; readonly im: number },
    { readonly re: number; readonly im: number },
  ],
  zero: number,
): PhasePortrait {
  const side = a.re < 0 ? 'stable' : 'unstable'
  if (Math.abs(a.im) > zero) return Math.abs(a.re) <= zero ? 'centre' : `${side} spiral`
  const isZero = [a, b].map(({ re }) => Math.abs(re) <= zero)
  if (isZero[0] && isZero[1]) return W.norm() === 0 ? 'plane of equilibria' : 'line of equilibria'
  if (isZero[0] || isZero[1]) return 'line of equilibria'
  if (a.re * b.re < 0) return 'saddle'
  // A double eigenvalue is only known to the root of rounding
  if (Math.abs(a.re - b.re) > 1e-7 * Math.abs(a.re)) return `${side} node`
  const isDiagonal = Math.max(Math.abs(W.get(0, 1)), Math.abs(W.get(1, 0))) <= 1e-7 * Math.abs(a.re)
  return isDiagonal ? `${side} star` : `${side} degenerate node`
}
