/**
 * Four spacings of floating-point numbers near 1: scipy's tolerance for event times, absolute and relative.
 * Here the absolute one is a share of the bracket where that is shorter than 1, so that times in any unit are
 * found as exactly.
 */
const TOLERANCE = 4 * Number.EPSILON
const MAX_ITERATIONS = 100

/**
 * A zero of g between a and b by Brent's method: secant or inverse quadratic steps, bisection where they do not help.
 *
 * The zero is exact to 2 eps (min(1, |b - a|) + |t|).
 *
 * If g has the same sign at both ends (rounding of an interpolant at the end of its step), the end with the smaller |g| is returned.
 * @see Brent, "Algorithms for Minimization without Derivatives" (1973), Ch. 4
 */
export function findRoot(g: (t: number) => number, a: number, b: number): number {
  let [previous, gPrevious] = [a, g(a)]
  let [current, gCurrent] = [b, g(b)]
  if (gPrevious === 0) return previous
  if (gCurrent === 0) return current
  if (gPrevious > 0 === gCurrent > 0) return Math.abs(gPrevious) < Math.abs(gCurrent) ? previous : current
  let [bracket, gBracket] = [previous, gPrevious]
  let step = current - previous
  let stepBefore = step
  const absolute = TOLERANCE * Math.min(1, Math.abs(b - a))
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (gPrevious !== 0 && gPrevious > 0 !== gCurrent > 0) {
      ;[bracket, gBracket] = [previous, gPrevious]
      step = stepBefore = current - previous
    }
    if (Math.abs(gBracket) < Math.abs(gCurrent)) {
      ;[previous, gPrevious] = [current, gCurrent]
      ;[current, gCurrent] = [bracket, gBracket]
      ;[bracket, gBracket] = [previous, gPrevious]
    }
    const tolerance = (absolute + TOLERANCE * Math.abs(current)) / 2
    const toMiddle = (bracket - current) / 2
    if (gCurrent === 0 || Math.abs(toMiddle) < tolerance) return current
    let wanted = toMiddle
    if (Math.abs(stepBefore) > tolerance && Math.abs(gCurrent) < Math.abs(gPrevious)) {
      const slope = (gPrevious - gCurrent) / (previous - current)
      const slopeBracket = (gBracket - gCurrent) / (bracket - current)
      const tried =
        previous === bracket
          ? -gCurrent / slope
          : (-gCurrent * (gBracket * slopeBracket - gPrevious * slope)) /
            (slopeBracket * slope * (gBracket - gPrevious))
      const isShort = 2 * Math.abs(tried) < Math.min(Math.abs(stepBefore), 3 * Math.abs(toMiddle) - tolerance)
      if (isShort) wanted = tried
      stepBefore = isShort ? step : toMiddle
    } else {
      stepBefore = toMiddle
    }
    step = wanted
    ;[previous, gPrevious] = [current, gCurrent]
    current += Math.abs(step) > tolerance ? step : toMiddle > 0 ? tolerance : -tolerance
    gCurrent = g(current)
  }
  return current
}
