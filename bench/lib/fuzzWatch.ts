/** What the callbacks of a solve see and count, and where they end one that goes on for ever. */
import type { FuzzCase } from './fuzzCase.ts'

export type Floats = Float64Array | Float32Array

/** Thrown by the callbacks of a case: must come out of the solve untouched. */
export class OwnError extends Error {
  override readonly name = 'OwnError'
}

/** Thrown by the callbacks of a solve that takes too long. */
export class CallsSpent extends OwnError {
  /** Time did not move on over the last calls: more of them would not end it. */
  readonly isStuck: boolean
  constructor(isStuck: boolean) {
    super(isStuck ? 'no progress' : 'too many calls')
    this.isStuck = isStuck
  }
}

/** Of so many calls, and more with many components, the earliest must be later than that of those before. */
const WINDOW = 2e4
const WINDOW_PER_COMPONENT = 300

export class Watch {
  /** Evaluations of the right-hand side; each column of a vectorized call is one. */
  calls = 0
  /** Calls of event functions. */
  looks = 0
  /** Calls of `onStep`. */
  reported = 0
  /** What a callback threw last. */
  thrown: OwnError | null = null
  /** What a callback was given and must never be. */
  readonly seen: Set<string> = new Set()
  /** What the callbacks must be given after t and y. */
  readonly args: ReadonlyArray<unknown>
  readonly #given: FuzzCase
  readonly #direction: number
  readonly #window: number
  #windowEnd: number
  #earliest = Infinity
  #earliestBefore = -Infinity

  constructor(given: FuzzCase) {
    this.#given = given
    this.args = given.options.args ? [{ name: 'first' }, Float64Array.of(1, 2)] : []
    this.#direction = given.t1 < given.t0 ? -1 : 1
    this.#window = WINDOW + WINDOW_PER_COMPONENT * given.n
    this.#windowEnd = this.#window
  }

  raise(error: OwnError): never {
    this.thrown = error
    throw error
  }

  /** One call more, at t. */
  spend(t: number): void {
    this.#earliest = Math.min(this.#earliest, this.#direction * (t - this.#given.t0))
    const spent = this.calls + this.looks
    if (spent >= this.#windowEnd) {
      if (!(this.#earliest > this.#earliestBefore)) this.raise(new CallsSpent(true))
      this.#earliestBefore = this.#earliest
      this.#earliest = Infinity
      this.#windowEnd += this.#window
    }
    if (spent > this.#given.budget) this.raise(new CallsSpent(false))
  }

  look(t: number, y: ArrayLike<number>, args: ReadonlyArray<unknown>): void {
    const { t0, t1, n, array, mistake } = this.#given
    if (mistake !== undefined) return
    const slack = 4 * Number.EPSILON * Math.max(Math.abs(t0), Number.isFinite(t1) ? Math.abs(t1) : 0)
    if (!(t >= Math.min(t0, t1) - slack && t <= Math.max(t0, t1) + slack))
      this.seen.add('a time outside the span')
    if (y.length !== n) this.seen.add('a state of another length')
    const type = array === 'Float32Array' ? Float32Array : Float64Array
    if (!(y instanceof type)) this.seen.add('a state of another type')
    if (args.length !== this.args.length || args.some((value, i) => value !== this.args[i]))
      this.seen.add('other arguments')
  }
}
