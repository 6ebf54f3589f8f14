import { setMinStep } from './spacing.ts'
import { largestOf } from './space/typedArraySpace.ts'
import { toleranceAt, type Tolerance } from './space/vectorSpace.ts'

/** What a caller can do about a failure, by its cause. Each text has a test with an input that earns it and a solve that follows it. */
export const ADVICE = {
  singularity:
    'The solution changes too fast here: look for a singularity or a jump, and end before it with a terminal event or an earlier t1.',
  outOfDomain:
    'fun returned NaN or Infinity near this time: check its domain (division by zero, roots and logarithms of negative numbers) and guard it, such as Math.sqrt(Math.max(y[0], 0)), or end before with a terminal event.',
  jacobianNotFinite:
    '`jac` returned NaN or Infinity near this time: check its domain, or leave it out to use finite differences.',
  overflow32:
    'The state or its derivative grew beyond the largest number of a Float32Array, 3.4e38: give y0 as a Float64Array, or end before with a terminal event.',
  overflow64:
    'The state or its derivative grew beyond what arithmetic on numbers up to the largest number, 1.8e308, can bear: end before with a terminal event, or solve for its logarithm.',
  unstableStep:
    'The state grew without bound. If the solution does not, `step` is too long for the method to be stable: give a smaller one, or use an implicit method.',
  timeOverflow:
    'Time grew beyond the largest number, 1.8e308, as t1 is infinite: give a finite t1 or a terminal event that happens.',
  standstill32:
    'Steps are so short that a Float32Array does not hold what they add: give y0 as a Float64Array, or end before with a terminal event.',
  stepOverflow32:
    'Steps are longer than arithmetic on the numbers of a Float32Array can bear: give y0 as a Float64Array, or a maxStep of up to 1e36.',
  stiff: "The problem is stiff here: use method 'Radau', 'BDF' or 'LSODA'.",
  wrongJacobian: 'The Jacobian given is not that of fun, see `warnings`: correct it, or leave it out.',
  wrote: '`fun` wrote into y, which may be the cause: see `warnings`, and work on `y.slice()`.',
  minStep: 'The error is too large even at `minStep`: give a smaller one, or leave it out.',
  maxSteps:
    'Raise maxSteps, loosen the tolerances, or continue from the snapshot in `failure` with `resume`.',
  wrongLength: 'fun must return one derivative per component of y0, at every call.',
  singular:
    'The Newton matrix is singular: check `jac` (entries, sign, band) or leave it out to use finite differences.',
  noConvergence:
    'The corrector keeps failing: fun may jump here, so that no step is small enough; end before the jump and start afresh behind it. If `jac` is given, check it or leave it out.',
  lostState: "The state cannot be solved backwards: give gradient 'interpolating' or 'discrete'.",
  aborted:
    'Continue from the snapshot in `failure` with `resume`, if needed; the solution up to here is part of the result.',
} as const

/** The tolerance of a component is 0, so that no error is small enough. */
export function zeroToleranceAdvice(component: number): string {
  return `The tolerance of component ${component} is 0, since its value and its atol are: give an atol above 0 for it.`
}

function looseAdvice(option: 'rtol' | 'atol', value: number): string {
  return `\`${option}\` = ${value} lets errors through that are as large as the values at the start, and they may have led here: give a smaller one.`
}

/** The spacing of numbers near t is too coarse for the steps. */
export function farFromZeroAdvice(t: number): string {
  return `Numbers near t = ${t} are too far apart for the steps that the solution needs: integrate in time relative to the start, (s, y) => fun(t0 + s, y) from s = 0.`
}

/** This share of the values at the start is a loose tolerance. */
const LOOSE = 0.1
/** Ten spacings of numbers that are a larger share of the span than this are coarse. */
const COARSE = 1e-9

/** What is known where no step was small enough. */
export interface TooSmallStep {
  readonly t: number
  readonly t0: number
  readonly tBound: number
  readonly direction: number
  readonly y0: ArrayLike<number>
  readonly tolerance: Tolerance
  readonly component: number
}

/** Why the steps of a finite right-hand side became too small, and what to do. */
export function tooSmallAdvice({ t, t0, tBound, direction, y0, tolerance, component }: TooSmallStep): string {
  const start = { t, direction, minStep: 0 }
  setMinStep(start)
  if (start.minStep > COARSE * Math.abs(tBound - t0)) return farFromZeroAdvice(t)
  return looseTolerance(y0, tolerance, component) ?? ADVICE.singularity
}

/** What to say of a tolerance that may have let the component go astray; null if none is as large as that. */
export function looseTolerance(
  y0: ArrayLike<number>,
  tolerance: Tolerance,
  component: number,
): string | null {
  const atol = toleranceAt(tolerance.atol, component)
  const rtol = toleranceAt(tolerance.rtol, component)
  const largest = largestOf(y0)
  if (rtol >= LOOSE) return looseAdvice('rtol', rtol)
  return largest > 0 && atol >= LOOSE * largest ? looseAdvice('atol', atol) : null
}

/** The first component whose tolerance is 0, at y as at the candidate; -1 if there is none. */
export function zeroTolerance(
  y: ArrayLike<number>,
  candidate: ArrayLike<number>,
  { rtol, atol }: Tolerance,
): number {
  for (let i = 0; i < y.length; i++) {
    const size = Math.max(Math.abs(y[i]!), Math.abs(candidate[i]!))
    if (toleranceAt(atol, i) + toleranceAt(rtol, i) * size === 0) return i
  }
  return -1
}
