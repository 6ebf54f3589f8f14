import type { StepFailure } from './integrator.ts'
import type { FailureKind, IvpFailure } from './ivpResult.ts'
import { isFinite, type FloatArray } from './space/typedArraySpace.ts'
import type { Tolerance } from './space/vectorSpace.ts'

/** Result messages; the first three are scipy's words. */
export const MESSAGES = {
  finished: 'The solver successfully reached the end of the integration interval.',
  terminated: 'A termination event occurred.',
  stepTooSmall: 'Required step size is less than spacing between numbers.',
  notFinite: 'The solution is not finite any more.',
  noConvergence: 'The corrector iteration did not converge at any step size that was tried.',
  maxSteps: 'The number of steps reached `maxSteps` before the end of the integration interval.',
  aborted: 'The solve was aborted through `signal`.',
  timeout: 'The solve was aborted because its `timeout` was over.',
} as const

const ADVICE: Record<FailureKind, string> = {
  stepTooSmall:
    'The solution changes too fast here: look for a singularity, loosen rtol and atol, or end before it with a terminal event.',
  nonFinite:
    'fun returned NaN or Infinity near this time: check its domain (division by zero, roots and logarithms of negative numbers), or bound maxStep.',
  maxSteps: 'Raise maxSteps, loosen the tolerances, or continue from the last state.',
  wrongLength: 'fun must return one derivative per component of y0, at every call.',
  singular:
    'The Newton matrix is singular: check `jac` (entries, sign, band) or leave it out to use finite differences.',
  noConvergence:
    'The corrector keeps failing: check that `jac` is the Jacobian of fun, or leave it out; tighten firstStep or maxStep; fun may be discontinuous here.',
  aborted: 'Continue from the last state if needed: it is part of the result.',
}

/** A failure with what the caller can do about it. */
export function failureOf(kind: FailureKind, t: number, component?: number): IvpFailure {
  return { kind, t, advice: ADVICE[kind], ...(component === undefined ? {} : { component }) }
}

/** Index of the first component that is not finite; -1 if all are. */
export function firstNonFinite(y: FloatArray): number {
  return isFinite(y) ? -1 : y.findIndex((value) => !Number.isFinite(value))
}

/** f(t0, y0) is not finite: named at once, since no step size can help (scipy loops forever on NaN). */
export function notFiniteAtStart(t0: number, component: number): StepFailure {
  return { kind: 'nonFinite', message: `fun is not finite at the initial state (t = ${t0}).`, component }
}

/** The first component that is not finite, else the one with the largest error in units of its tolerance. */
export function worstComponent(
  candidate: FloatArray,
  error: FloatArray,
  y: FloatArray,
  tol: Tolerance,
): number {
  const of = (value: number | Float64Array, i: number): number =>
    typeof value === 'number' ? value : value[i]!
  let worst = 0
  let largest = -1
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(candidate[i]!) || !Number.isFinite(error[i]!)) return i
    const scaled = Math.abs(error[i]!) / (of(tol.atol, i) + of(tol.rtol, i) * Math.abs(y[i]!))
    if (scaled > largest) [worst, largest] = [i, scaled]
  }
  return worst
}
