import type { FloatArray, IvpFailure } from '../ivp/index.ts'
import { ADVICE } from '../ivp/advice.ts'
import { failureOf } from '../ivp/failure.ts'
import { largestTolerance } from '../ivp/space/typedArraySpace.ts'
import type { DirectionOptions } from './continuousAdjoint.ts'

/** An atol below this share of rtol times the largest adjoint is one for other numbers than these. */
const SMALL = 1e-3

/** What a caller can do about a backward solve that failed. Each text has a test with an input that earns it and a solve that follows it. */
const BACKWARD_ADVICE = {
  maxSteps: 'Raise `backward.maxSteps`, or loosen `backward.rtol` and `backward.atol`.',
  notFinite:
    'The vector-Jacobian product gave NaN or Infinity near this time: guard its division by zero, its roots and logarithms.',
  tooFast:
    'The gradient may be infinite: derivatives of fun grow without bound here. Guard them, or end before this time.',
  aborted: 'The backward solve was ended through `signal`.',
} as const

/** The failure of a backward solve, with advice for it in the place of advice for a forward solve. @param size - of the largest component of a */
export function backwardFailure<V extends FloatArray>(
  { kind, t, component, advice }: IvpFailure,
  size: number,
  { rtol = 1e-3, atol = 1e-6 }: DirectionOptions<V>,
): IvpFailure {
  const own = (text: string): IvpFailure => failureOf(kind, t, component, text)
  if (kind === 'maxSteps' || kind === 'aborted') return own(BACKWARD_ADVICE[kind])
  if (advice.includes(ADVICE.outOfDomain)) return own(BACKWARD_ADVICE.notFinite)
  if (kind !== 'stepTooSmall' && kind !== 'noConvergence' && kind !== 'singular') return own(advice)
  const fitting = largestTolerance(rtol) * size
  return own(
    largestTolerance(atol) < SMALL * fitting && Number.isFinite(fitting)
      ? `The adjoint is as large as ${size.toPrecision(2)}, and \`backward.atol\` too small for it: give backward: { atol: ${fitting.toPrecision(1)} }.`
      : BACKWARD_ADVICE.tooFast,
  )
}

/** The backward solve has taken `most` steps, which no option allowed or forbade. */
export function tooManySteps(t: number, most: number): IvpFailure {
  const text = `The backward solve has taken ${most} steps, the most where no option says how many. ${BACKWARD_ADVICE.maxSteps}`
  return failureOf('maxSteps', t, undefined, text)
}
