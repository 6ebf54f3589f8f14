import type { Saved } from './integrator.ts'
import type { Plan, PlanStatus } from './stepPlan.ts'

/** A step that divides the interval to this relative accuracy counts as dividing it. */
const FITS = 1e-9

/**
 * Equal steps. If `step` divides the interval, n = round(|t1 - t0| / step) of them with t_i = t0 + i (t1 - t0) / n; else t_i = t0 + i step
 * and a shorter last step. Times are computed, never accumulated: n steps are n steps, and the last one ends on t1 exactly.
 */
export class FixedPlan implements Plan {
  status: PlanStatus = 'running'
  readonly nrejected = 0
  // Declared, not defined: a field that begins as undefined holds a box, and each step would make a new one
  declare t: number
  h = 0
  errorNorm = 0
  declare readonly n: number
  declare private readonly t0: number
  declare private readonly tBound: number
  declare private readonly step: number
  declare private tNew: number
  private i = 0

  /** @param step - positive */
  constructor(t0: number, tBound: number, step: number) {
    const length = Math.abs(tBound - t0)
    const ratio = length / step
    const whole = Math.round(ratio)
    const fits = whole > 0 && Math.abs(ratio - whole) <= FITS * whole
    // At least one: of a span far shorter than the step the ratio is 0
    let n = fits ? whole : Math.max(1, Math.ceil(ratio))
    this.t0 = t0
    this.tBound = tBound
    this.step = fits ? (tBound - t0) / whole : Math.sign(tBound - t0) * step
    // Rounding may have taken the last but one to the end
    const last = t0 + (n - 1) * this.step
    if (n > 1 && !(this.step > 0 ? last < tBound : last > tBound)) n--
    this.n = n
    this.t = t0
    this.tNew = t0
    this.propose()
  }

  resolve(): boolean {
    if (this.errorNorm !== 0) {
      this.status = 'nonFinite'
      return false
    }
    this.t = this.tNew
    this.i++
    if (this.i === this.n) this.status = 'finished'
    else this.propose()
    return true
  }

  save(): Saved {
    return { i: this.i, t: this.t, status: this.status }
  }

  load(saved: Saved): void {
    const { i, t, status } = saved as { i: number; t: number; status: PlanStatus }
    this.i = i
    this.t = t
    this.status = status
    this.propose()
  }

  private propose(): void {
    const next = this.i + 1
    this.tNew = next >= this.n ? this.tBound : this.t0 + next * this.step
    this.h = this.tNew - this.t
  }
}
