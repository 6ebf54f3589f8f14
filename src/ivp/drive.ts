import type { Plan } from './stepPlan.ts'
import type { Stepper } from './stepper/stepper.ts'

/** Joins a stepper and a plan: attempts until one is accepted. Returns whether one was; if not, `plan.status` says why. */
export function advance<V>(stepper: Stepper<V>, plan: Plan): boolean {
  while (plan.status === 'running') {
    stepper.attempt(plan)
    if (!plan.resolve()) continue
    stepper.accept(plan)
    return true
  }
  return false
}
