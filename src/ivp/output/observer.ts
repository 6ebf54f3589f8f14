import { makeOdeSolution, type OdeSolution } from '../dense/odeSolution.ts'
import type { DenseOutput } from '../dense/denseOutput.ts'
import type { Saved } from '../integrator.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'

/** What a solve keeps. */
export type SaveMode = 'steps' | 'last'

/** Collects the output of a solve: every step, the times of tEval, or the end only; and the interpolants, if wanted. */
export class OutputCollector<V extends FloatArray> {
  readonly times: number[] = []
  readonly states: V[] = []
  readonly #tEval: Float64Array | null
  readonly #save: SaveMode
  readonly #isDense: boolean
  readonly #direction: number
  readonly #breakpoints: number[] = []
  readonly #interpolants: DenseOutput<V>[] = []
  /** Whether `record` must be called; otherwise only where the solve ends is kept. */
  readonly wantsSteps: boolean
  #nextTEval = 0
  #isResumed = false

  constructor(what: {
    readonly direction: number
    /** In the order of integration, or null. */
    readonly tEval: Float64Array | null
    readonly isDense: boolean
    readonly save: SaveMode
  }) {
    this.#tEval = what.tEval
    this.#save = what.save
    this.#isDense = what.isDense
    this.#direction = what.direction
    this.wantsSteps = what.save === 'steps' || what.tEval !== null || what.isDense
  }

  /** The initial state, which counts as the first step's output. */
  begin(t0: number, y0: V): void {
    this.#breakpoints.push(t0)
    if (this.#tEval === null && this.#save === 'steps') this.#push(t0, y0.slice() as V)
  }

  save(): Saved {
    return this.#nextTEval
  }

  /** Goes on at t: what was reported before is not repeated. */
  load(t: number, saved: Saved): void {
    this.#breakpoints.push(t)
    this.#nextTEval = saved as number
    this.#isResumed = true
  }

  /**
   * Takes note of an accepted step, or of its part up to a terminal event.
   * @param y - a view: copied if kept
   * @param interpolant - called only if needed
   */
  record(t: number, y: V, interpolant: () => DenseOutput<V>): void {
    const last = this.#breakpoints[this.#breakpoints.length - 1]!
    // A repeated last point (an event at a step's start ends the solve there) drops both point and interpolant
    const isRepeated = this.#isDense && (this.#isResumed || this.#breakpoints.length > 1) && last === t
    if (this.#isDense && !isRepeated) {
      this.#interpolants.push(interpolant())
      this.#breakpoints.push(t)
    }
    if (this.#tEval !== null) this.#recordAtTEval(this.#tEval, t, interpolant)
    else if (this.#save === 'steps' && !isRepeated) this.#push(t, y.slice() as V)
  }

  /** With save 'last': the only state kept. */
  finish(t: number, y: V): void {
    if (this.#save === 'last' && this.#tEval === null) this.#push(t, y.slice() as V)
  }

  /** Null if it is not wanted, and only then: that there is one is part of the type of a result. */
  solution(): OdeSolution<V> | null {
    if (!this.#isDense) return null
    return makeOdeSolution(Float64Array.from(this.#breakpoints), this.#interpolants)
  }

  #recordAtTEval(tEval: Float64Array, reached: number, interpolant: () => DenseOutput<V>): void {
    for (; this.#nextTEval < tEval.length; this.#nextTEval++) {
      const t = tEval[this.#nextTEval]!
      if (this.#direction * (t - reached) > 0) return
      this.#push(t, interpolant().at(t))
    }
  }

  #push(t: number, y: V): void {
    this.times.push(t)
    this.states.push(y)
  }
}
