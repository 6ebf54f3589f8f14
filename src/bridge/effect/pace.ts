import { Duration, Option, type Clock } from 'effect'
import { IvpInputError } from '../../ivp/index.ts'
import { optionNames } from '../../ivp/check/optionNames.ts'

/** How long a solve may work, in all and in one go. */
export interface PaceOptions {
  /**
   * Most time that the solve may take by Effect's `Clock`, looked at between steps; then it fails with `SolveTimedOut`. Of a stream it counts
   * from the first pull on. Default: none.
   */
  readonly timeout?: Duration.Input | undefined
  /** Work between two pauses, in which other fibers run and interruptions arrive: no less than one step. Default 10 milliseconds. */
  readonly pauseEvery?: Duration.Input | undefined
}

export const PACE_OPTIONS: ReadonlyArray<string> = optionNames<PaceOptions>({
  timeout: true,
  pauseEvery: true,
})

const PAUSE_EVERY = Duration.millis(10)

/** When a solve must pause or end. Pauses go by real time, since they keep the process responsive; the timeout by Effect's clock. */
export class Pace {
  readonly timeout: Duration.Duration
  readonly #clock: Clock.Clock
  /** Milliseconds of the clock. */
  readonly #deadline: number
  readonly #slice: number
  #sliceEnd: number

  /** @throws IvpInputError */
  constructor(clock: Clock.Clock, { timeout, pauseEvery }: PaceOptions) {
    this.timeout = durationOf('timeout', timeout, Duration.infinity)
    this.#clock = clock
    this.#deadline = this.#now() + Duration.toMillis(this.timeout)
    this.#slice = Duration.toMillis(durationOf('pauseEvery', pauseEvery, PAUSE_EVERY))
    this.#sliceEnd = performance.now() + this.#slice
  }

  isTimedOut(): boolean {
    return this.#deadline < Infinity && this.#now() >= this.#deadline
  }

  isPauseDue(): boolean {
    return performance.now() >= this.#sliceEnd
  }

  /** After a pause. */
  goOn(): void {
    this.#sliceEnd = performance.now() + this.#slice
  }

  #now(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }
}

function durationOf(
  option: string,
  input: Duration.Input | undefined,
  absent: Duration.Duration,
): Duration.Duration {
  if (input === undefined) return absent
  const duration = Duration.fromInput(input)
  if (Option.isSome(duration)) return duration.value
  throw new IvpInputError(
    option,
    input,
    "must be a duration, such as '2 seconds' or a number of milliseconds",
  )
}
