import type { ErkMethod } from '../ivp/index.ts'

/** Steps count as equal when the last is as long as the first to this relative accuracy. */
const EQUAL = 1e-6

/**
 * Gradients of the first and the last time, from those of the steps: a step from t of length h depends on t through the times of its stages and
 * on h through everything. With S_i = dL/dt and L_i = dL/dh of step i of N,
 *
 * - step sizes chosen by tolerances, or a shorter last step: all but the last are held, t0 moves them all, t_N ends the last one:
 *   dL/dt0 = sum_i S_i - L_{N-1},   dL/dt_N = L_{N-1};
 * - N equal steps: t_i = t0 + i (t_N - t0) / N:
 *   dL/dt0 = sum_i (1 - i/N) S_i - sum_i L_i / N,   dL/dt_N = sum_i i/N S_i + sum_i L_i / N.
 */
export class StepTimes {
  first = 0
  last = 0
  readonly #nSteps: number
  readonly #isEqual: boolean

  /** @param times - t_0 ... t_N */
  constructor(times: ReadonlyArray<number>, { error }: ErkMethod) {
    const N = times.length - 1
    const ratio = (times[N]! - times[N - 1]!) / (times[1]! - times[0]!)
    this.#nSteps = N
    this.#isEqual = error.kind === 'none' && Math.abs(ratio - 1) < EQUAL
  }

  /** @param i - number of the step. @param byStart - S_i. @param byLength - L_i */
  add(i: number, byStart: number, byLength: number): void {
    const N = this.#nSteps
    const ofStart = this.#isEqual ? i / N : 0
    const ofLength = this.#isEqual ? 1 / N : i === N - 1 ? 1 : 0
    this.first += (1 - ofStart) * byStart - ofLength * byLength
    this.last += ofStart * byStart + ofLength * byLength
  }
}
