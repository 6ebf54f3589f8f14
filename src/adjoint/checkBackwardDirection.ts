import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { checkHooks } from '../ivp/check/hooks.ts'
import { checkProblem } from '../ivp/check/problem.ts'
import { backwardOptions } from './backwardOptions.ts'
import type { BackwardOptions, DirectionOptions } from './continuousAdjoint.ts'
import { DIRECTION_OPTIONS } from './directionOptions.ts'

/** Of a solve whose times are not known. */
const UNIT: readonly [number, number] = [1, 0]

/**
 * Checks the values that a backward solve would refuse only once the forward one is done, by the rules of `solveIvp`. Tolerances are for
 * `checkBackwardTolerances`.
 * @param span - of the backward solve
 * @throws IvpInputError that names the option as `backward.maxSteps` and the like; what is taken over from the forward solve is for that to name
 */
export function checkBackwardDirection<V extends FloatArray>(
  forward: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
  span: readonly [number, number] = UNIT,
): void {
  const isGiven = (name: string): boolean => backward?.[name as keyof typeof backward] !== undefined
  if (!DIRECTION_OPTIONS.some(isGiven)) return
  const given = backwardOptions(forward, backward)
  const { method, firstStep, maxStep, step, maxSteps, signal, controller } = given
  const [from, to] = span[0] === span[1] ? UNIT : span
  // A first step is cut to its segment
  const length = Math.abs(to - from)
  const isLong = typeof firstStep === 'number' && firstStep > length
  const options = { method, maxStep, step, maxSteps, signal, controller, firstStep: isLong ? length : firstStep } // prettier-ignore
  try {
    checkProblem(() => {}, [from, to], [0], options as DirectionOptions<FloatArray>)
  } catch (error) {
    if (!(error instanceof IvpInputError)) throw error
    const name = error.option as keyof typeof options
    // A method of its own may lack the step that goes with it
    if (!isGiven(name) && !(name === 'step' && isGiven('method'))) return
    throw new IvpInputError(`backward.${name}`, given[name], error.expected)
  }
}

/** The same for a sweep over the forward steps, which looks only at the signal. */
export function checkBackwardSignal(signal: unknown): void {
  try {
    checkHooks({ signal })
  } catch (error) {
    throw error instanceof IvpInputError
      ? new IvpInputError('backward.signal', signal, error.expected)
      : error
  }
}
