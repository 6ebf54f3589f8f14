import type { FloatArray, StepInfo } from '../ivp/index.ts'
import type { TransposedStep } from './transposedStep.ts'

/**
 * The ends of the accepted steps, the initial point first: all times, and the states, or with a budget some of them. Over the budget every
 * second state is dropped, so that those that are left lie `stride` steps apart; what is missing is computed again from the one before, bit for
 * bit, one segment at a time.
 */
export class AcceptedSteps<V extends FloatArray> {
  readonly times: number[]
  /** Every `stride`-th state. */
  #kept: V[]
  #stride = 1
  readonly #budget: number
  /** The state at the last time. */
  #end: V
  /** The states of the segment in work, from its kept state on. */
  #segment: V[] = []
  #segmentStart = -1

  /** @param budget - most states to keep, at least 2 */
  constructor(t0: number, h0: V, budget: number = Infinity) {
    this.times = [t0]
    this.#kept = [h0.slice() as V]
    this.#end = this.#kept[0]!
    this.#budget = budget
  }

  /** Takes y over. */
  readonly record = ({ t, y }: Pick<StepInfo<V>, 't' | 'y'>): void => {
    const i = this.times.push(t) - 1
    this.#end = y
    if (i % this.#stride !== 0) return
    this.#kept.push(this.#end)
    if (this.#kept.length > this.#budget) {
      this.#kept = this.#kept.filter((_, j) => j % 2 === 0)
      this.#stride *= 2
    }
  }

  get end(): V {
    return this.#end
  }

  /** States in memory. */
  get count(): number {
    return this.#kept.length
  }

  /** The state at `times[i]`; cheap when i goes down. @param step - of the method that made the steps */
  stateAt(i: number, step: TransposedStep<V>): V {
    const stride = this.#stride
    const start = i - (i % stride)
    if (start === i) return this.#kept[i / stride]!
    if (this.#segmentStart !== start) {
      this.#segmentStart = start
      this.#segment = [this.#kept[start / stride]!]
      for (let j = start; j < i; j++) {
        const t = this.times[j]!
        this.#segment.push(step.advance(t, this.times[j + 1]! - t, this.#segment[j - start]!))
      }
    }
    return this.#segment[i - start]!
  }
}
