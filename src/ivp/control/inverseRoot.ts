/**
 * x^(-1/q) to a few ulp, for the step-size controllers: `**` takes as long as the arithmetic of a whole step with a few components, square and
 * cube roots a fraction of that, exp and log two thirds. Infinity at 0, 0 at Infinity, NaN for NaN.
 * @param x - not negative
 */
export function inverseRoot(x: number, q: number): number {
  switch (q) {
    case 3:
      return 1 / Math.cbrt(x)
    case 8:
      return 1 / Math.sqrt(Math.sqrt(Math.sqrt(x)))
    default:
      return Math.exp(-Math.log(x) / q)
  }
}
