import type { FloatArray, IvpFailure } from '../ivp/index.ts'
import { failureOf } from '../ivp/failure.ts'
import { RTOL_FLOOR } from '../ivp/check/tolerance.ts'
import { largestOf, largestTolerance, zerosLike } from '../ivp/space/typedArraySpace.ts'
import { toleranceAt } from '../ivp/space/vectorSpace.ts'
import type { DirectionOptions } from './continuousAdjoint.ts'

/** Tolerances of the state h, each one number or one per component. */
export type StateTolerance<V extends FloatArray> = Pick<DirectionOptions<V>, 'rtol' | 'atol'>

/** Most tolerances that a state solved backwards may be off, and most of its own size; with tolerances so loose that this is less, `LEAST`. */
const MOST = 100
const SHARE = 0.1
const LEAST = 10
/** A state this many times as large as at both ends of a segment is not that of the forward solve. */
const GROWTH = 1e6

/** Steps between two looks at the size of the state. */
const PERIOD = 4

const CAUSE = ": what decays forwards grows backwards: give gradient 'interpolating' or 'discrete'."

/**
 * Most that the state solved backwards may be off by default, in tolerances: a hundred of them, but no more than a tenth of its size, unless ten
 * tolerances are more. The error of the gradient goes with that of the state.
 */
export function defaultBound<V extends FloatArray>({ rtol = 1e-3 }: StateTolerance<V>): number {
  return Math.max(LEAST, Math.min(MOST, SHARE / largestTolerance(rtol)))
}

/** The state solved backwards came `off` tolerances from the stored one. */
export function lostState(t: number, off: number, bound: number): IvpFailure {
  const text = `The state solved backwards is ${off.toPrecision(2)} tolerances off (bound ${bound})${CAUSE}`
  return failureOf('lostState', t, undefined, text)
}

/** What happened, of a failure by one of these two, without its advice. */
export function lossInWords({ advice }: IvpFailure): string {
  return advice.replace(CAUSE, '')
}

/** The state solved backwards grew out of all proportion within a segment. */
export function runawayState(t: number): IvpFailure {
  return failureOf('lostState', t, undefined, `The state solved backwards grows without bound${CAUSE}`)
}

/** The size that h certainly does not have between two outputs of these sizes. */
export function runawaySize(from: number, to: number, { atol = 1e-6 }: StateTolerance<FloatArray>): number {
  return GROWTH * Math.max(from, to, largestTolerance(atol))
}

/** Holds the state h that is solved backwards against what is stored of the forward solve. */
export class StateWatch<V extends FloatArray> {
  /** The largest |h_back - h| at an output time so far, in tolerances. */
  worst = 0
  readonly #bound: number
  readonly #tolerance: StateTolerance<V>
  /** Where the step that is being taken began. */
  readonly #before: V
  #limit = Infinity
  #steps = 0

  /**
   * @param like - any state
   * @param tolerance - of the forward solve
   * @param bound - most that h may be off at an output time, in tolerances; Infinity lets everything pass
   */
  constructor(like: V, tolerance: StateTolerance<V>, bound: number = defaultBound(tolerance)) {
    this.#tolerance = tolerance
    this.#bound = bound
    this.#before = zerosLike(like)
  }

  /** Of a segment between two outputs. */
  begin(from: V, to: V): void {
    this.#before.set(from)
    this.#limit =
      this.#bound === Infinity ? Infinity : runawaySize(largestOf(from), largestOf(to), this.#tolerance)
  }

  /**
   * After a step that is not the last.
   * @param y - a state that begins with h
   * @returns whether h has left the solution for certain; NaN is for the solver to name
   */
  isRunaway(y: V): boolean {
    const before = this.#before
    before.set(y.length === before.length ? y : y.subarray(0, before.length))
    // A state that grows by e^3 in a step is far from overflow after this many
    return this.#steps++ % PERIOD === 0 && largestOf(before) > this.#limit
  }

  /** At the end of a segment. @returns the failure, or null */
  compare(t: number, h: V, stored: V): IvpFailure | null {
    const off = this.#inTolerances(h, stored)
    // NaN must win
    if (!(off <= this.worst)) this.worst = off
    return off <= this.#bound || this.#bound === Infinity ? null : lostState(t, off, this.#bound)
  }

  /**
   * Root mean square of (h - stored) / (atol + rtol |h|), |h| over the last step, as in its error: a component that is 0 at the start, as a speed
   * may be, is not measured by its atol alone.
   */
  #inTolerances(h: V, stored: V): number {
    const { rtol = 1e-3, atol = 1e-6 } = this.#tolerance
    const floor = stored instanceof Float32Array ? RTOL_FLOOR.float32 : RTOL_FLOOR.float64
    // Nothing is lost of no components
    if (stored.length === 0) return 0
    let sum = 0
    for (let i = 0; i < stored.length; i++) {
      if (h[i] === stored[i]) continue
      const size = Math.max(Math.abs(stored[i]!), Math.abs(this.#before[i]!))
      const allowed = toleranceAt(atol, i) + Math.max(floor, toleranceAt(rtol, i)) * size
      sum += ((h[i]! - stored[i]!) / allowed) ** 2
    }
    return Math.sqrt(sum / stored.length)
  }
}
