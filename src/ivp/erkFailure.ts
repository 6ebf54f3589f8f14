import { ADVICE, tooSmallAdvice, zeroTolerance, zeroToleranceAdvice } from './advice.ts'
import type { ErkProblem } from './erkIntegrator.ts'
import {
  MESSAGES,
  firstNonFinite,
  hasGrown,
  nearlyInfinite,
  overflow,
  timeOverflow,
  worstComponent,
} from './failure.ts'
import type { StepFailure } from './integrator.ts'
import type { ErkMethod } from './method/butcherTableau.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import type { Plan } from './stepPlan.ts'
import type { ErkStepper } from './stepper/erkStepper.ts'

/** Why no attempt was accepted. */
export function erkFailure<V extends FloatArray>(
  problem: ErkProblem<V>,
  { nStages }: ErkMethod,
  stepper: ErkStepper<V>,
  plan: Plan,
): StepFailure {
  const { t0, tBound, y0 } = problem
  if (plan.status === 'timeOverflow') return timeOverflow(y0 instanceof Float32Array)
  const message = plan.status === 'nonFinite' ? MESSAGES.notFinite : MESSAGES.stepTooSmall
  const { y, candidate, t } = stepper
  const grown = hasGrown(y, y0)
  for (const k of stepper.k.slice(0, nStages + 1)) {
    const component = firstNonFinite(k)
    if (component < 0) continue
    // Infinity from a finite state that has grown is no fault of fun's domain
    const isOverflow = grown && !Number.isNaN(k[component])
    if (isOverflow && problem.step === null) return { ...overflow(component, rangeOf(problem)), message }
    const advice = isOverflow ? ADVICE.unstableStep : ADVICE.outOfDomain
    return { kind: 'nonFinite', message, component, advice }
  }
  const infinite = Math.max(firstNonFinite(candidate), nearlyInfinite(y), nearlyInfinite(stepper.k[0]!))
  if (infinite >= 0) {
    if (problem.step === null) return { ...overflow(infinite, rangeOf(problem)), message }
    return { kind: 'nonFinite', message, component: infinite, advice: ADVICE.unstableStep }
  }
  const { tolerance } = problem
  if (!Number.isFinite(plan.errorNorm)) {
    const component = zeroTolerance(y, candidate, tolerance)
    if (component >= 0)
      return { kind: 'stepTooSmall', message, component, advice: zeroToleranceAdvice(component) }
  }
  const component = worstComponent(stepper.errorVector(plan.h), y, candidate, tolerance)
  const direction = Math.sign(tBound - t0)
  const advice = tooSmallAdvice({ t, t0, tBound, direction, y0, tolerance, component })
  return { kind: 'stepTooSmall', message, component, advice }
}

/** What numbers a solve has. */
export function rangeOf<V extends FloatArray>({
  y0,
  tolerance,
}: ErkProblem<V>): Parameters<typeof overflow>[1] {
  return { y0, tolerance, isSingle: y0 instanceof Float32Array }
}
