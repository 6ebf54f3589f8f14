/** How the warning begins. */
export const MAY_BE_WRONG = "The gradient 'discrete' may be wrong"
/** The adjoint of the steps may outgrow that of the equation by this factor; on problems that accuracy alone steers it stays below 2. */
const MOST_GROWTH = 10
/** An adjoint that is larger than that of the equation by this factor is not that of the equation. */
const ASTRAY = 1000
/** Steps with such an adjoint, not negligible, that pass: what they add is of the size of the solve's error. */
const MOST_ASTRAY = 50
/** An adjoint below this share of the largest is negligible. */
const NEGLIGIBLE = 0.01

/** A step that was taken back: by how much the adjoint grew, and the rate of growth at its end that the adjoint equation has. */
interface Step {
  readonly logGrowth: number
  readonly length: number
  readonly rate: number
}

/**
 * Compares the growth of the adjoint over each step, taken back by 'discrete', with that of the adjoint equation a' = -a J, for which
 *
 *     d log|a| / ds = a J a / (a a)      (s = -t, |a| Euclidean).
 *
 * Why: where stability limits the steps of an explicit method, its error control lets them be just too long and then just too short, about the limit; the state stays right,
 * since a step that lets it grow is rejected. But the derivative of these steps, with their sizes held, is a product of matrices that nobody has rejected: where the
 * adjoint decays by e^(-3.3) in a step, it may hold its size, or grow without bound.
 *
 * Costs four sums of n products for each step: the product a J is that of the last stage.
 */
export class AdjointGrowth {
  /** Logarithms: growth beyond that of the equation, whose decay is not counted, and with its decay. */
  #beyond = 0
  #astray = 0
  #mostBeyond = 0
  #largest = 0
  #nAstray = 0
  #before: Step | null = null

  /**
   * Of the next step on the way back.
   * @param before - |a| at its end, and of what comes in within it
   * @param after - |a| at its start
   * @param rate - a J a / (a a) at the last stage
   */
  add(before: number, after: number, length: number, rate: number): void {
    const step = this.#before
    if (step !== null) this.#judge(step, (step.length * (step.rate + rate)) / 2, before)
    this.#before = null
    if (before > 0 && after > 0 && after < Infinity) {
      this.#before = { logGrowth: Math.log(after / before), length, rate }
    } else {
      this.#beyond = 0
      this.#astray = 0
    }
  }

  /** What is to be said in the end, or null. @param method - its name */
  warning(method: string): string | null {
    const grows = this.#mostBeyond > Math.log(MOST_GROWTH)
    if (!grows && this.#nAstray < MOST_ASTRAY) return null
    const what = grows
      ? `grew by a factor of ${Math.exp(this.#mostBeyond).toPrecision(2)} beyond that of the adjoint equation`
      : `did not decay over ${this.#nAstray} steps as that of the adjoint equation does`
    return `${MAY_BE_WRONG}: the adjoint of the steps ${what}, since stability limits the steps of ${method}. Take gradient 'interpolating', with method 'Radau', 'BDF' or 'LSODA' if the problem is stiff.`
  }

  /** @param expected - logarithm of the growth over the step by the adjoint equation. @param size - of the adjoint at its start */
  #judge({ logGrowth }: Step, expected: number, size: number): void {
    if (!Number.isFinite(expected)) return
    this.#beyond = Math.max(0, this.#beyond + logGrowth - Math.max(0, expected))
    this.#astray = Math.max(0, this.#astray + logGrowth - expected)
    this.#mostBeyond = Math.max(this.#mostBeyond, this.#beyond)
    this.#largest = Math.max(this.#largest, size)
    if (this.#astray > Math.log(ASTRAY) && size > NEGLIGIBLE * this.#largest) this.#nAstray++
  }
}
