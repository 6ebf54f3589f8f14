import type { JudgedAttempt, StepController } from './control/stepController.ts'
import type { Saved } from './integrator.ts'
import { setMinStep, type StepStart } from './spacing.ts'
import type { Trial } from './stepper/stepper.ts'

/** Steps of more than this share of t need no comparison with the spacing of numbers there. */
const CLEARLY_LONGER = 1e-14
/** Steps up to this multiple of the shortest one are short. So many of them lead nowhere: the solve would never end. */
const SHORT = 5
const MOST_SHORT = 1000
/** Short steps that a longer one makes up for. */
const FORGIVEN = 5

/** Where an integration stands. */
export type PlanStatus = 'running' | 'finished' | 'stepTooSmall' | 'nonFinite' | 'timeOverflow'

/** What decides the steps: an adaptive plan (`StepPlan`) or equal steps (`FixedPlan`). */
export interface Plan extends Trial {
  readonly status: PlanStatus
  /** Attempts that were not accepted. */
  readonly nrejected: number
  /** Judges the attempt of `h`: whether the step is accepted. Then `t` is where it led; and the next step, if there is one, is planned. */
  resolve(): boolean
  save(): Saved
  load(saved: Saved): void
}

/**
 * Pure state machine of the step sizes: what to try next, whether it counts, when it ends. Knows neither states nor right-hand sides.
 *
 * Within a step: the wanted size is clipped to [10 spacings, maxStep] once, then shrinks after each rejection until an attempt passes
 * or the size falls below 10 spacings. An attempt that would pass tBound ends on it exactly.
 */
export class StepPlan implements Plan, JudgedAttempt, StepStart {
  declare t: number
  minStep: number = NaN
  h = 0
  status: PlanStatus = 'running'
  errorNorm = 0
  declare readonly direction: number
  declare readonly errorOrder: number
  declare private readonly tBound: number
  declare private readonly maxStep: number
  declare private readonly controller: StepController
  declare private readonly longest: number
  /** Where the attempt leads. */
  declare private tNew: number
  /** Wanted |h|. */
  declare private size: number
  wasRejected = false
  nrejected = 0
  /** Short steps, less some for each that was not. */
  private nShort = 0

  /** @param maxStep - bound on |h|; Infinity for none. @param longest - |h| beyond which there is no arithmetic */
  constructor(
    t0: number,
    tBound: number,
    errorOrder: number,
    maxStep: number,
    controller: StepController,
    longest: number = Number.MAX_VALUE,
  ) {
    this.t = t0
    this.direction = tBound === t0 ? 1 : Math.sign(tBound - t0)
    this.tBound = tBound
    this.maxStep = maxStep
    this.controller = controller
    this.longest = longest
    this.errorOrder = errorOrder
    this.tNew = t0
    this.size = NaN
  }

  /** Plans the first step, of wanted |h| = `firstStep`: once, before the first attempt. */
  begin(firstStep: number): void {
    this.size = firstStep
    this.propose(true)
  }

  resolve(): boolean {
    const { accept, factor } = this.controller.judge(this)
    this.size = Math.abs(this.h) * factor
    this.wasRejected = !accept
    if (accept) {
      this.t = this.tNew
      if (this.t === this.tBound) {
        this.status = 'finished'
        return true
      }
    } else this.nrejected++
    this.propose(accept)
    return accept
  }

  /** Between two steps only: size and time decide everything that follows. */
  save(): Saved {
    const { t, size, status, nrejected, nShort } = this
    return { t, size, status, nrejected, nShort }
  }

  load(saved: Saved): void {
    const { t, size, status, nrejected, nShort } = saved as unknown as SavedPlan
    this.t = t
    this.size = size
    this.status = status
    this.nrejected = nrejected
    this.wasRejected = false
    if (status === 'running') this.propose(true)
    // The step that is planned was counted
    this.nShort = nShort
  }

  /** Makes an attempt of the wanted size. @param isNew - the first one of a step: limits are respected by changing the size, not by giving up */
  private propose(isNew: boolean): void {
    const { t, direction, tBound } = this
    // The size stays in its field: in a variable that a call may set, V8 would box it
    const isClipped = isNew && this.size > this.maxStep
    if (isClipped) this.size = this.maxStep
    if (!(this.size > CLEARLY_LONGER * Math.abs(t) && this.size > CLEARLY_LONGER)) {
      setMinStep(this)
      const shortest = this.minStep
      if (isNew && !isClipped && this.size < shortest) this.size = shortest
      // Written so that NaN counts as too small
      if (!(this.size >= shortest)) {
        this.status = 'stepTooSmall'
        return
      }
      if (isNew) this.countShort()
    } else if (isNew && this.nShort > 0) this.nShort = this.nShort > FORGIVEN ? this.nShort - FORGIVEN : 0
    const reached = t + this.size * direction
    this.tNew = direction * (reached - tBound) > 0 ? tBound : reached
    this.h = this.tNew - t
    // On the way to an end that is infinite, or far away
    if (this.h > this.longest || this.h < -this.longest) this.status = 'timeOverflow'
  }

  private countShort(): void {
    if (this.size < SHORT * this.minStep) this.nShort++
    else this.nShort = this.nShort > FORGIVEN ? this.nShort - FORGIVEN : 0
    if (this.nShort > MOST_SHORT) this.status = 'stepTooSmall'
  }
}

interface SavedPlan {
  readonly t: number
  readonly size: number
  readonly status: PlanStatus
  readonly nrejected: number
  readonly nShort: number
}
