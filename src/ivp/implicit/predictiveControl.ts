/** Least factor by which a rejected step shrinks, and largest by which an accepted one grows. */
const MIN_FACTOR = 0.2
const MAX_FACTOR = 10

/** An error estimate of order 3: the error grows with the fourth power of the step. Two roots, for ** takes four times as long. */
function fourthRoot(x: number): number {
  return Math.sqrt(Math.sqrt(x))
}

/**
 * The step size of a stiff method from the errors of two steps: where the error grew, the next step is smaller than from one alone. Numbers go
 * in and out through fields: V8 boxes those that it passes to a function.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.25), after Gustafsson
 */
export class PredictiveControl {
  /** |h| of the next step, as wanted. */
  size = 0
  /** |h| of the attempt at hand, its error in tolerances, and the safety factor of what follows. */
  tried: number = NaN
  error: number = NaN
  safety: number = NaN
  /** Factor for the step after this one, by `measureGrowth`. */
  growth: number = NaN
  /** Size and error norm of the step before, NaN if unknown. */
  private sizeOld = NaN
  private errorOld = NaN

  /** The first attempt of a step, between the two. A limited step forgets the one before. */
  begin({ minStep }: { readonly minStep: number }, { maxStep }: { readonly maxStep: number }): void {
    const { size } = this
    this.tried = size
    if (size <= maxStep && size >= minStep) return
    this.sizeOld = NaN
    this.errorOld = NaN
    this.tried = size > maxStep ? maxStep : minStep
  }

  /** After an attempt that was rejected for its error. */
  shrink(): void {
    this.measureGrowth()
    this.tried *= this.growth > MIN_FACTOR ? this.growth : MIN_FACTOR
  }

  /** After an attempt that was good enough. */
  measureGrowth(): void {
    const { tried, error, sizeOld, errorOld } = this
    const isKnown = !Number.isNaN(sizeOld) && !Number.isNaN(errorOld) && error !== 0
    const multiplier = isKnown ? (tried / sizeOld) * fourthRoot(errorOld / error) : 1
    this.growth = this.safety * ((multiplier < 1 ? multiplier : 1) / fourthRoot(error))
  }

  /** Goes on from the attempt, growing or as it is. */
  accept(isKept: boolean): void {
    const growth = this.growth < MAX_FACTOR ? this.growth : MAX_FACTOR
    this.sizeOld = this.size
    this.errorOld = this.error
    this.size = this.tried * (isKept ? 1 : growth)
  }

  save(): SavedControl {
    return { size: this.size, sizeOld: this.sizeOld, errorOld: this.errorOld }
  }

  load({ size, sizeOld, errorOld }: SavedControl): void {
    this.size = size
    this.sizeOld = sizeOld
    this.errorOld = errorOld
  }
}

export type SavedControl = { readonly size: number; readonly sizeOld: number; readonly errorOld: number }
