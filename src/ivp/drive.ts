import type { Plan } from './stepPlan.ts'
import type { Stepper } from './stepper/stepper.ts'

/** Joins a stepper and a plan: attempts until one is accepted. Returns whether one was; if not, `plan.status` says why. */
export function advance<V>(stepper: Stepper<V>, plan: Plan): boolean {
  while (plan.status === 'running') {
    if (!plan.resolve(stepper.attempt(plan.h))) continue
    stepper.accept(plan.t)
    return true
  }
  return false
}
