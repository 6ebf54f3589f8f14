/** Least factor by which a rejected step shrinks, and largest by which an accepted one grows. */
const MIN_FACTOR = 0.2
const MAX_FACTOR = 10

/** An error estimate of order 3: the error grows with the fourth power of the step. Two roots, for ** takes four times as long. */
function fourthRoot(x: number): number {
  return Math.sqrt(Math.sqrt(x))
}

/**
 * The step size of a stiff method from the errors of two steps: where the error grew, the next step is smaller than from one alone.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.25), after Gustafsson
 */
export class PredictiveControl {
  /** |h| of the next step. */
  size = 0
  /** Size and error norm of the step before, NaN if unknown. */
  private sizeOld = NaN
  private errorOld = NaN

  /** The size to try first, between the two. A limited step forgets the one before. */
  clipped(min: number, max: number): number {
    const { size } = this
    if (size <= max && size >= min) return size
    this.sizeOld = NaN
    this.errorOld = NaN
    return size > max ? max : min
  }

  /** Factor for a step of the given size that was rejected. */
  shrinkFactor(safety: number, size: number, error: number): number {
    const factor = safety * this.factor(size, error)
    return factor > MIN_FACTOR ? factor : MIN_FACTOR
  }

  /** Factor for the step after one that was accepted. */
  growFactor(safety: number, size: number, error: number): number {
    const factor = safety * this.factor(size, error)
    return factor < MAX_FACTOR ? factor : MAX_FACTOR
  }

  /** An accepted step with this error; `next` is the size of the one after. */
  accept(error: number, next: number): void {
    this.sizeOld = this.size
    this.errorOld = error
    this.size = next
  }

  save(): SavedControl {
    return { size: this.size, sizeOld: this.sizeOld, errorOld: this.errorOld }
  }

  load({ size, sizeOld, errorOld }: SavedControl): void {
    this.size = size
    this.sizeOld = sizeOld
    this.errorOld = errorOld
  }

  private factor(size: number, error: number): number {
    const isKnown = !Number.isNaN(this.sizeOld) && !Number.isNaN(this.errorOld) && error !== 0
    const multiplier = isKnown ? (size / this.sizeOld) * fourthRoot(this.errorOld / error) : 1
    return (multiplier < 1 ? multiplier : 1) / fourthRoot(error)
  }
}

export type SavedControl = { readonly size: number; readonly sizeOld: number; readonly errorOld: number }
