import type { StepController } from './control/stepController.ts'
import type { Saved } from './integrator.ts'
import { smallestStep } from './spacing.ts'

/** Steps of more than this share of t need no comparison with the spacing of numbers there. */
const CLEARLY_LONGER = 1e-14

/** Where an integration stands. */
export type PlanStatus = 'running' | 'finished' | 'stepTooSmall' | 'nonFinite'

/** What decides the steps: an adaptive plan (`StepPlan`) or equal steps (`FixedPlan`). */
export interface Plan {
  readonly status: PlanStatus
  /** Where the last accepted step led. */
  readonly t: number
  /** The step to attempt now, signed. */
  readonly h: number
  /** Error norm of the last attempt. */
  readonly errorNorm: number
  /** Judges the attempt of `h`: whether the step is accepted. Then `t` is where it led; and the next step, if there is one, is planned. */
  resolve(errorNorm: number): boolean
  save(): Saved
  load(saved: Saved): void
}

/**
 * Pure state machine of the step sizes: what to try next, whether it counts, when it ends. Knows neither states nor right-hand sides.
 *
 * Within a step: the wanted size is clipped to [10 spacings, maxStep] once, then shrinks after each rejection until an attempt passes
 * or the size falls below 10 spacings. An attempt that would pass tBound ends on it exactly.
 */
export class StepPlan implements Plan {
  declare t: number
  h = 0
  status: PlanStatus = 'running'
  errorNorm = 0
  declare readonly direction: number
  declare private readonly tBound: number
  declare private readonly maxStep: number
  declare private readonly controller: StepController
  declare private readonly errorOrder: number
  /** Where the attempt leads. */
  declare private tNew: number
  /** Wanted |h|. */
  declare private size: number
  private wasRejected = false

  /** @param maxStep - bound on |h|; Infinity for none */
  constructor(
    t0: number,
    tBound: number,
    firstStep: number,
    errorOrder: number,
    maxStep: number,
    controller: StepController,
  ) {
    this.t = t0
    this.direction = tBound === t0 ? 1 : Math.sign(tBound - t0)
    this.tBound = tBound
    this.maxStep = maxStep
    this.controller = controller
    this.errorOrder = errorOrder
    this.tNew = t0
    this.size = firstStep
    this.beginStep()
  }

  resolve(errorNorm: number): boolean {
    const { accept, factor } = this.controller.judge(errorNorm, this.errorOrder, this.wasRejected)
    this.errorNorm = errorNorm
    this.size = Math.abs(this.h) * factor
    if (accept) {
      this.t = this.tNew
      if (this.t === this.tBound) this.status = 'finished'
      else this.beginStep()
      return true
    }
    this.wasRejected = true
    this.propose(this.shortest())
    return false
  }

  /** Between two steps only: size and time decide everything that follows. */
  save(): Saved {
    return { t: this.t, size: this.size, status: this.status }
  }

  load(saved: Saved): void {
    const { t, size, status } = saved as { t: number; size: number; status: PlanStatus }
    this.t = t
    this.size = size
    this.status = status
    if (status === 'running') this.beginStep()
  }

  private beginStep(): void {
    this.wasRejected = false
    let shortest = this.shortest()
    if (this.size > this.maxStep) {
      this.size = this.maxStep
      shortest = this.shortest()
    } else if (this.size < shortest) this.size = smallestStep(this.t, this.direction)
    this.propose(shortest)
  }

  /** The smallest step that may be asked for at t, or less than that where the wanted one is clearly longer. */
  private shortest(): number {
    const isClear = this.size > CLEARLY_LONGER * Math.abs(this.t) && this.size > CLEARLY_LONGER
    return isClear ? 0 : smallestStep(this.t, this.direction)
  }

  private propose(shortest: number): void {
    // Written so that NaN counts as too small
    if (!(this.size >= shortest)) {
      this.status = 'stepTooSmall'
      return
    }
    const reached = this.t + this.size * this.direction
    this.tNew = this.direction * (reached - this.tBound) > 0 ? this.tBound : reached
    this.h = this.tNew - this.t
  }
}
