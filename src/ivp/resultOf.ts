import type { OdeSolution } from './dense/odeSolution.ts'
import type { EventWatcher } from './event/event.ts'
import type { Integrator } from './integrator.ts'
import type { IvpFailure, IvpResult } from './ivpResult.ts'
import type { OutputCollector } from './output/observer.ts'
import { toRows } from './output/rows.ts'
import { summaryOf } from './output/summary.ts'
import type { Problem } from './problem.ts'
import { copyOf, zerosLike, type FloatArray } from './space/typedArraySpace.ts'

/** How a solve ended: the last good state, and scipy's status. */
export interface Ending<V> {
  readonly t: number
  readonly y: V
  readonly status: 0 | 1 | -1
  readonly message: string
  readonly failure?: IvpFailure
}

/** The parts of a finished solve. */
interface Parts<V extends FloatArray> {
  readonly integrator: Integrator<V>
  readonly output: OutputCollector<V>
  readonly watcher: EventWatcher<V> | null
  readonly nfev: number
  readonly nsteps: number
}

/** Gathers the result of a solve in scipy's shape. */
export function resultOf<V extends FloatArray>(
  problem: Problem<V>,
  ending: Ending<V>,
  parts: Parts<V>,
): IvpResult<V> {
  const result = new Result(problem, ending, parts)
  return ending.failure === undefined
    ? (result as unknown as IvpResult<V>)
    : Object.defineProperty(result as unknown as IvpResult<V>, 'failure', {
        value: ending.failure,
        enumerable: true,
        writable: true,
        configurable: true,
      })
}

/** Node's name of the method by which an object describes itself. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/**
 * An `IvpResult`. Its `y` is an own property, so that it survives spreading, with one accessor for all results: of an accessor for each result V8
 * would keep a map, and with it the result, until the next full collection.
 */
class Result<V extends FloatArray> {
  declare readonly t: Float64Array
  declare readonly states: ReadonlyArray<V>
  declare readonly tEnd: number
  declare readonly yEnd: V
  declare readonly sol: OdeSolution<V> | null
  declare readonly tEvents: ReadonlyArray<Float64Array> | null
  declare readonly yEvents: ReadonlyArray<ReadonlyArray<V>> | null
  declare readonly nfev: number
  declare readonly njev: number
  declare readonly nlu: number
  declare readonly nsteps: number
  declare readonly nrejected: number
  declare readonly status: Ending<V>['status']
  declare readonly message: string
  declare readonly success: boolean
  declare readonly warnings: ReadonlyArray<string>
  readonly #y0: V
  #rows: V[] | null = null

  constructor(
    { y0, tEval, events, warnings }: Problem<V>,
    { t, y, status, message }: Ending<V>,
    { integrator, output, watcher, nfev, nsteps }: Parts<V>,
  ) {
    this.#y0 = y0
    this.t = timesOf(output.times)
    Object.defineProperty(this, 'y', Y)
    this.states = output.states
    this.tEnd = t
    const last = output.times.length - 1
    // At a time of tEval the interpolant answered, which may differ from the step's end by rounding
    const isKept = tEval === null && output.times[last] === t
    this.yEnd = isKept ? output.states[last]! : copyOf(y)
    this.sol = output.solution()
    this.tEvents = events && events.map((_, e) => Float64Array.from(watcher?.tEvents[e] ?? []))
    this.yEvents = events && events.map((_, e) => watcher?.yEvents[e] ?? [])
    this.nfev = nfev
    this.njev = integrator.njev
    this.nlu = integrator.nlu
    this.nsteps = nsteps
    this.nrejected = integrator.nrejected
    this.status = status
    this.message = message
    this.success = status >= 0
    this.warnings = warnings
  }

  /**
   * What `console.log` shows in Node. On the prototype, so that it is no part of a spread or compared result.
   */
  [INSPECT](depth: number): string {
    return depth < 0 ? '[IvpResult]' : summaryOf(this, this.#y0.length)
  }

  static rowsOf<V extends FloatArray>(result: Result<V>): V[] {
    return (result.#rows ??=
      result.states.length > 0
        ? toRows(result.states)
        : Array.from(result.#y0, () => zerosLike(result.#y0.subarray(0, 0) as V)))
  }
}

const Y: PropertyDescriptor & ThisType<Result<FloatArray>> = {
  get() {
    return Result.rowsOf(this)
  },
  enumerable: true,
  configurable: true,
}

/** Not `Float64Array.from`: through the iterator it takes ten times as long. */
function timesOf(times: ReadonlyArray<number>): Float64Array {
  const t = new Float64Array(times.length)
  for (let i = 0; i < t.length; i++) t[i] = times[i]!
  return t
}
