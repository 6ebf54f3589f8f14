import { IvpInputError } from '../errors.ts'
import type { StepController, Verdict } from './stepController.ts'

/**
 * A controller of the user's whose verdicts are looked at: NaN, or a step that does not shrink after a
 * rejection, would never end.
 */
export function checkedController(controller: StepController): StepController {
  return {
    judge(attempt) {
      const verdict = controller.judge(attempt)
      const fault = faultOf(verdict)
      if (fault !== null) throw new IvpInputError('controller', fault.received, fault.expected)
      // Whatever is said of it, an attempt that is not finite is no step
      if (verdict.accept && Number.isNaN(attempt.errorNorm)) return NOT_FINITE
      return verdict
    },
  }
}

const NOT_FINITE: Verdict = { accept: false, factor: 0.2 }

/** What is wrong with a verdict; null if nothing is. */
function faultOf(verdict: unknown): { readonly received: unknown; readonly expected: string } | null {
  if (typeof verdict !== 'object' || verdict === null)
    return { received: verdict, expected: 'must return { accept, factor } from judge' }
  const { accept, factor } = verdict as Partial<Verdict>
  if (typeof accept !== 'boolean')
    return { received: accept, expected: 'must return `accept`, true or false, from judge' }
  if (typeof factor !== 'number' || !(factor > 0) || factor === Infinity)
    return { received: factor, expected: 'must return a `factor` from judge that is positive and finite' }
  return accept || factor < 1
    ? null
    : {
        received: factor,
        expected: 'must return a `factor` below 1 with a rejection: the next attempt must be shorter',
      }
}
