/** Milliseconds between two looks at the clock. */
const PERIOD = 1
/**
 * Most steps between two looks: one costs less than one in a thousand steps then, and a solve whose steps
 * become slow is late by no more of them.
 */
const MOST = 1000

/**
 * A bound on the time of a solve, in milliseconds of the wall clock, that is looked at between steps: seldom,
 * for a look takes as long as a short step.
 */
export class TimeLimit {
  declare private readonly end: number
  declare private last: number
  /** Steps between two looks, and until the next one. */
  private every = 1
  private left = 1

  /** Begins now. */
  constructor(milliseconds: number) {
    this.last = performance.now()
    this.end = this.last + milliseconds
  }

  /** To be asked before each step. */
  isOver(): boolean {
    this.left--
    return this.left <= 0 && this.look()
  }

  private look(): boolean {
    const now = performance.now()
    const elapsed = now - this.last
    this.last = now
    if (elapsed < PERIOD / 2) this.every = Math.min(2 * this.every, MOST)
    else if (elapsed > PERIOD) this.every = Math.max(1, Math.floor((this.every * PERIOD) / elapsed))
    this.left = this.every
    return now >= this.end
  }
}
