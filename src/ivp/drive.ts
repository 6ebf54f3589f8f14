import type { StepPlan } from './stepPlan.ts'
import type { Stepper } from './stepper/stepper.ts'

/** Asked after every accepted step; may halt the plan. */
export type AfterStep = () => void

/** The loop that joins a stepper and a plan. */
export function drive<V>(stepper: Stepper<V>, plan: StepPlan, afterStep: AfterStep): void {
  while (plan.status === 'running') {
    if (!plan.resolve(stepper.attempt(plan.h))) continue
    stepper.accept(plan.tNew)
    plan.advance()
    afterStep()
  }
}
