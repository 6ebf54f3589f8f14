import type { StepController } from './control/stepController.ts'
import { integral } from './control/integral.ts'
import type { Saved } from './integrator.ts'
import { smallestStep } from './spacing.ts'

/** Steps of more than this share of t need no comparison with the spacing of numbers there. */
const CLEARLY_LONGER = 1e-14

/** Where an integration stands. */
export type PlanStatus = 'running' | 'finished' | 'stepTooSmall' | 'nonFinite'

/** What decides the steps: an adaptive plan (`StepPlan`) or equal steps (`FixedPlan`). */
export interface Plan {
  readonly status: PlanStatus
  /** The step to attempt now, signed, and where it leads. */
  readonly h: number
  readonly tNew: number
  /** Error norm of the last attempt. */
  readonly errorNorm: number
  /** Judges the attempt of `h`. Returns whether the step to `tNew` is accepted. Call `advance` after taking it. */
  resolve(errorNorm: number): boolean
  /** Moves to the accepted `tNew` and plans the next step, if there is one. */
  advance(): void
  save(): Saved
  load(saved: Saved): void
}

export interface StepLimits {
  /** Bound on |h|; Infinity for none. */
  readonly maxStep: number
}

/**
 * Pure state machine of the step sizes: what to try next, whether it counts, when it ends. Knows neither states nor right-hand sides.
 *
 * Within a step: the wanted size is clipped to [10 spacings, maxStep] once, then shrinks after each rejection until an attempt passes
 * or the size falls below 10 spacings. An attempt that would pass tBound ends on it exactly.
 */
export class StepPlan implements Plan {
  t: number
  tNew: number
  /** The step to attempt now, signed. */
  h: number
  status: PlanStatus = 'running'
  /** Error norm of the last attempt. */
  errorNorm = 0
  readonly direction: number
  readonly #tBound: number
  readonly #limits: StepLimits
  readonly #controller: StepController
  readonly #errorOrder: number
  #size: number
  #wasRejected = false

  constructor(
    t0: number,
    tBound: number,
    firstStep: number,
    errorOrder: number,
    limits: StepLimits,
    controller: StepController = integral,
  ) {
    this.t = t0
    this.tNew = t0
    this.h = 0
    this.direction = tBound === t0 ? 1 : Math.sign(tBound - t0)
    this.#tBound = tBound
    this.#limits = limits
    this.#controller = controller
    this.#errorOrder = errorOrder
    this.#size = firstStep
    this.#beginStep()
  }

  resolve(errorNorm: number): boolean {
    const { accept, factor } = this.#controller.judge(errorNorm, this.#errorOrder, this.#wasRejected)
    this.errorNorm = errorNorm
    this.#size = Math.abs(this.h) * factor
    if (accept) return true
    this.#wasRejected = true
    this.#propose()
    return false
  }

  advance(): void {
    this.t = this.tNew
    if (this.direction * (this.t - this.#tBound) >= 0) this.status = 'finished'
    else this.#beginStep()
  }

  /** Between two steps only: size and time decide everything that follows. */
  save(): Saved {
    return { t: this.t, size: this.#size, status: this.status }
  }

  load(saved: Saved): void {
    const { t, size, status } = saved as { t: number; size: number; status: PlanStatus }
    this.t = t
    this.#size = size
    this.status = status
    if (status === 'running') this.#beginStep()
  }

  #beginStep(): void {
    this.#wasRejected = false
    if (this.#size > this.#limits.maxStep) this.#size = this.#limits.maxStep
    else if (this.#size < this.#shortest()) this.#size = smallestStep(this.t, this.direction)
    this.#propose()
  }

  /** The smallest step that may be asked for at t, or less than that where the wanted one is clearly longer. */
  #shortest(): number {
    const isClear = this.#size > CLEARLY_LONGER * Math.abs(this.t) && this.#size > CLEARLY_LONGER
    return isClear ? 0 : smallestStep(this.t, this.direction)
  }

  #propose(): void {
    // Written so that NaN counts as too small
    if (!(this.#size >= this.#shortest())) {
      this.status = 'stepTooSmall'
      return
    }
    const reached = this.t + this.#size * this.direction
    this.tNew = this.direction * (reached - this.#tBound) > 0 ? this.#tBound : reached
    this.h = this.tNew - this.t
  }
}
