/**
 * The vector space that a stepper works in: the only thing a method asks of a state.
 *
 * Laws, tested for every instance: `combine` with m = 0 copies y; it is linear in w; it agrees with a
 * float64 reference to a few ulp of the element type.
 *
 * V is the vector handle; S is `number` where a norm is at hand, a handle of one where it must travel from a
 * device.
 */
export interface VectorSpace<V, S = number> {
  /** A fresh vector of zeros with the shape and element type of y. */
  zerosLike(y: V): V
  /** y + (h w[0] k[0] + ... + h w[m-1] k[m-1]). Consumes `out`; only the returned value is valid afterwards. */
  combine(out: V, y: V, h: number, w: ArrayLike<number>, k: ReadonlyArray<V>, m: number): V
  /**
   * Norm of h (w . k) in units of the tolerance: the RMS over components i of
   * h (w . k)[i] / (atol[i] + rtol[i] max(|y[i]|, |yNew[i]|)).
   */
  errorNorm(h: number, w: ArrayLike<number>, k: ReadonlyArray<V>, m: number, y: V, yNew: V): S
  /** `mixedNorm` of two error norms, which it consumes. */
  mixedNorm(h: number, five: S, three: S): S
  /** 0 if every component is finite, else NaN. */
  finiteness(v: V): S
  /** Gives the storage of v back; nothing to do for arrays. */
  release(v: V): void
}

/** A fresh copy of y. */
export function copyOf<V, S>(space: VectorSpace<V, S>, y: V): V {
  return space.combine(space.zerosLike(y), y, 0, [], [], 0)
}

/** Absolute and relative tolerance: one number for all components, or one per component. */
export interface Tolerance {
  readonly rtol: number | Float64Array
  readonly atol: number | Float64Array
}

/** What a tolerance, one number for all components or one per component, is for component i. */
export function toleranceAt(tolerance: number | ArrayLike<number>, i: number): number {
  return typeof tolerance === 'number' ? tolerance : tolerance[i]!
}
