import type { DenseOutput } from '../dense/denseOutput.ts'
import type { Saved } from '../integrator.ts'
import { LentState, wroteIntoY } from '../lentState.ts'
import { tellOnce } from '../noticed.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import { findRoot } from './findRoot.ts'

/** g(t, y): an event happens where it changes its sign. */
export interface EventSpec<V> {
  /** How the caller finds it: `events[i]`. */
  readonly name: string
  /** @throws IvpInputError for anything but a number; NaN is one */
  readonly g: (t: number, y: V) => number
  /** The integration ends at this occurrence (1, 2, ...); Infinity: never. */
  readonly terminalCount: number
  /** Positive: only from negative to positive, along the integration; negative: the reverse; 0: both. */
  readonly direction: number
}

/** Where a terminal event ended the integration. */
export interface Termination<V> {
  readonly t: number
  readonly y: V
}

/** An event in a step, and when. */
interface Found {
  readonly i: number
  readonly root: number
}

/**
 * Watches event functions over successive steps; their zeros are found on the interpolant of the step. A step
 * without an event allocates nothing.
 */
export class EventWatcher<V extends FloatArray> {
  readonly tEvents: number[][]
  readonly yEvents: V[][]
  readonly #events: ReadonlyArray<EventSpec<V>>
  readonly #counts: Float64Array
  readonly #lent: LentState<V>
  readonly #warnings: string[]
  readonly #hasWritten: boolean[]
  /** Values at the end of the last step, and room for the next ones. */
  #g: Float64Array
  #spare: Float64Array

  /** Calls each event function once. @param warnings - an event that writes into its y is named there */
  constructor(events: ReadonlyArray<EventSpec<V>>, t0: number, y0: V, warnings: string[]) {
    this.#events = events
    this.tEvents = events.map(() => [])
    this.yEvents = events.map(() => [])
    this.#counts = new Float64Array(events.length)
    this.#lent = new LentState(y0)
    this.#warnings = warnings
    this.#hasWritten = events.map(() => false)
    this.#g = new Float64Array(events.length)
    this.#spare = new Float64Array(events.length)
    for (let i = 0; i < events.length; i++) this.#evaluate(i, t0, y0, this.#g)
  }

  /** What the following steps depend on: the signs at the last point, and how often each event occurred. */
  save(): Saved {
    return { g: Array.from(this.#g), counts: Array.from(this.#counts) }
  }

  load(saved: Saved): void {
    const { g, counts } = saved as { g: number[]; counts: number[] }
    this.#g.set(g)
    this.#counts.set(counts)
  }

  /**
   * Records the events of the step from tOld to t. Simultaneous ones after the terminal one, along the integration, are not recorded.
   * @param interpolant - called only when an event is in the step
   */
  watch(tOld: number, t: number, y: V, interpolant: () => DenseOutput<V>): Termination<V> | null {
    const before = this.#g
    const after = this.#spare
    this.#g = after
    this.#spare = before
    let isAny = false
    for (let i = 0; i < after.length; i++) {
      this.#evaluate(i, t, y, after)
      if (changesSign(before[i]!, after[i]!, this.#events[i]!.direction)) isAny = true
    }
    return isAny ? this.#take(before, after, tOld, t, interpolant()) : null
  }

  /** Of the events whose values changed their sign in the step. */
  #take(
    before: Float64Array,
    after: Float64Array,
    tOld: number,
    t: number,
    dense: DenseOutput<V>,
  ): Termination<V> | null {
    const direction = t > tOld ? 1 : -1
    const found: Found[] = []
    const value = new Float64Array(after.length)
    this.#events.forEach((event, i) => {
      if (!changesSign(before[i]!, after[i]!, event.direction)) return
      const g = (time: number): number => {
        this.#evaluate(i, time, dense.at(time), value)
        return value[i]!
      }
      found.push({ i, root: findRoot(g, tOld, t) })
    })
    for (const { i } of found) this.#counts[i]!++
    const isTerminal = ({ i }: Found): boolean => this.#counts[i]! >= this.#events[i]!.terminalCount
    const ends = found.some(isTerminal)
    if (ends) {
      found.sort((p, q) => direction * (p.root - q.root))
      found.length = found.findIndex(isTerminal) + 1
    }
    for (const { i, root } of found) {
      this.tEvents[i]!.push(root)
      this.yEvents[i]!.push(dense.at(root))
    }
    if (!ends) return null
    const last = found[found.length - 1]!.root
    return { t: last, y: dense.at(last) }
  }

  /**
   * g of event i at (t, y) to out[i], where V8 does not box it: of a copy of y, since the function may write.
   */
  #evaluate(i: number, t: number, y: V, out: Float64Array): void {
    const { name, g } = this.#events[i]!
    out[i] = g(t, this.#lent.lend(y))
    if (!this.#hasWritten[i]! && this.#lent.wasWritten(y)) {
      this.#hasWritten[i] = true
      tellOnce(this.#warnings, wroteIntoY(name, 'return the number whose sign changes, and nothing else'))
    }
  }
}

/** Inclusive on both sides, so that a zero at the start of the integration counts, as in scipy. */
function changesSign(before: number, after: number, direction: number): boolean {
  const rises = before <= 0 && after >= 0
  const falls = before >= 0 && after <= 0
  return direction > 0 ? rises : direction < 0 ? falls : rises || falls
}
