/** Derivative at 0, five points: the error is of order eps^4. */
export function derivative(of: (eps: number) => number): number {
  const eps = 5e-4
  return (of(-2 * eps) - 8 * of(-eps) + 8 * of(eps) - of(2 * eps)) / (12 * eps)
}

/** x with one entry moved. */
export function moved(x: ArrayLike<number>, i: number, eps: number): Float64Array {
  const copy = Float64Array.from(x)
  copy[i] = copy[i]! + eps
  return copy
}

/** Sum over rows of x . y. */
export function dotAll(x: ReadonlyArray<ArrayLike<number>>, y: ReadonlyArray<ArrayLike<number>>): number {
  return x.reduce(
    (sum, row, j) => sum + Array.from(row).reduce((part, value, i) => part + value * y[j]![i]!, 0),
    0,
  )
}

/** Largest difference, in units of the larger of 1 and the largest entry of `truth`. */
export function distance(ours: ArrayLike<number>, truth: ArrayLike<number>): number {
  const scale = Math.max(1, ...Array.from(truth, Math.abs))
  return Math.max(0, ...Array.from(ours, (value, i) => Math.abs(value - truth[i]!) / scale))
}
