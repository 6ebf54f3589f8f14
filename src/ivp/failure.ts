import { ADVICE, looseTolerance } from './advice.ts'
import type { StepFailure } from './integrator.ts'
import type { FailureKind, IvpFailure } from './ivpResult.ts'
import { STIFF, WRONG_JACOBIAN, WROTE } from './noticed.ts'
import { isFinite, largestOf, type FloatArray } from './space/typedArraySpace.ts'
import { toleranceAt, type Tolerance } from './space/vectorSpace.ts'

/** Result messages; the first three are scipy's words. */
export const MESSAGES = {
  finished: 'The solver successfully reached the end of the integration interval.',
  terminated: 'A termination event occurred.',
  stepTooSmall: 'Required step size is less than spacing between numbers.',
  notFinite: 'The solution is not finite any more.',
  minStep: 'The error test failed at the smallest step that `minStep` allows.',
  noConvergence: 'The corrector iteration did not converge at any step size that was tried.',
  singular: 'The matrix of the corrector iteration was singular at every step size that was tried.',
  timeNotFinite: 'Time is not finite any more.',
  stepTooLong: 'Steps are too long for single precision.',
  maxSteps: 'The number of steps reached `maxSteps` before the end of the integration interval.',
  aborted: 'The solve was aborted through `signal`.',
  timeout: 'The solve was aborted because its `timeout` was over.',
} as const

/** What helps where nothing more is known. */
const USUAL: Record<FailureKind, string> = {
  stepTooSmall: ADVICE.singularity,
  nonFinite: ADVICE.outOfDomain,
  maxSteps: ADVICE.maxSteps,
  wrongLength: ADVICE.wrongLength,
  singular: ADVICE.singular,
  noConvergence: ADVICE.noConvergence,
  aborted: ADVICE.aborted,
  lostState: ADVICE.lostState,
}

/** A failure with what the caller can do about it. */
export function failureOf(
  kind: FailureKind,
  t: number,
  component?: number,
  advice: string = USUAL[kind],
): IvpFailure {
  return { kind, t, advice, ...(component === undefined ? {} : { component }) }
}

/** The advice of a failure, and what warnings of the same solve add to it. */
export function adviceAfter(
  warnings: ReadonlyArray<string>,
  kind: FailureKind,
  advice: string = USUAL[kind],
): string {
  const has = (beginning: string): boolean => warnings.some((text) => text.startsWith(beginning))
  const first = has(WRONG_JACOBIAN)
    ? ADVICE.wrongJacobian
    : kind === 'maxSteps' && has(STIFF)
      ? `${ADVICE.stiff} ${advice}`
      : advice
  return has(WROTE) ? `${first} ${ADVICE.wrote}` : first
}

/** Index of the first component that is not finite; -1 if all are. */
export function firstNonFinite(y: FloatArray): number {
  return isFinite(y) ? -1 : y.findIndex((value) => !Number.isFinite(value))
}

/** f(t0, y0) is not finite: named at once, since no step size can help (scipy loops forever on NaN). */
export function notFiniteAtStart(t0: number, component: number): StepFailure {
  return {
    kind: 'nonFinite',
    message: `fun is not finite at the initial state (t = ${t0}).`,
    component,
    advice: ADVICE.outOfDomain,
  }
}

/** The component with the largest error in units of its tolerance, or the first whose error is not finite. */
export function worstComponent(
  error: FloatArray,
  y: FloatArray,
  candidate: FloatArray,
  tol: Tolerance,
): number {
  let worst = 0
  let largest = -1
  for (let i = 0; i < y.length; i++) {
    const size = Math.max(Math.abs(y[i]!), Math.abs(candidate[i]!))
    const scaled = Math.abs(error[i]!) / (toleranceAt(tol.atol, i) + toleranceAt(tol.rtol, i) * size)
    if (scaled > largest) [worst, largest] = [i, scaled]
  }
  return worst
}

/** A state this many times as large as the initial one, or as 1, has grown without bound. */
const UNBOUNDED = 1e30

/** Whether the state has grown without bound. */
export function hasGrown(y: FloatArray, y0: FloatArray): boolean {
  return largestOf(y) > UNBOUNDED * Math.max(1, largestOf(y0))
}

/** Above this share of the largest number a component that is infinite after an attempt has left the range of numbers. */
const NEARLY = 0.99

/** The first component that is infinite in the candidate and was near that in y: no shorter step helps. -1 if there is none. */
export function overflown(y: FloatArray, candidate: FloatArray): number {
  const limit = NEARLY * largestNumber(y)
  for (let i = 0; i < y.length; i++) if (!Number.isFinite(candidate[i]!) && Math.abs(y[i]!) > limit) return i
  return -1
}

/** The largest number of the element type. */
function largestNumber(y: FloatArray): number {
  return y instanceof Float32Array ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE
}

/** The first component so large that arithmetic on it leaves the range of numbers; -1 if there is none. */
export function nearlyInfinite(y: FloatArray): number {
  const limit = HUGE * largestNumber(y)
  return y.findIndex((value) => Math.abs(value) > limit)
}

/** Sums of ten thousand such numbers, or their products with the coefficients of a method, may be infinite. */
const HUGE = 1e-4

/** What is known of a solve whose state has left the range of its numbers. */
interface Overflown {
  readonly y0: ArrayLike<number>
  readonly tolerance: Tolerance
  readonly isSingle: boolean
}

/** The state has left the range of its numbers. */
export function overflow(component: number, { y0, tolerance, isSingle }: Overflown): StepFailure {
  const advice =
    looseTolerance(y0, tolerance, component) ?? (isSingle ? ADVICE.overflow32 : ADVICE.overflow64)
  return { kind: 'nonFinite', message: MESSAGES.notFinite, component, advice }
}

/** Time has left the range of numbers on the way to an infinite end. */
export const TIME_OVERFLOW: StepFailure = {
  kind: 'nonFinite',
  message: MESSAGES.timeNotFinite,
  advice: ADVICE.timeOverflow,
}

/** The same for steps, which in single precision are multiplied by numbers of that precision. */
export function timeOverflow(isSingle: boolean): StepFailure {
  return isSingle
    ? { ...TIME_OVERFLOW, message: MESSAGES.stepTooLong, advice: ADVICE.stepOverflow32 }
    : TIME_OVERFLOW
}
