import type { EventWatcher } from './event/event.ts'
import type { Integrator } from './integrator.ts'
import type { IvpFailure, IvpResult } from './ivpResult.ts'
import type { OutputCollector } from './output/observer.ts'
import { toRows } from './output/rows.ts'
import type { Problem } from './problem.ts'
import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'

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
}

/** Gathers the result of a solve in scipy's shape. */
export function resultOf<V extends FloatArray>(
  problem: Problem<V>,
  ending: Ending<V>,
  { integrator, output, watcher, nfev }: Parts<V>,
): IvpResult<V> {
  const { y0, events, warnings } = problem
  const { status, message, failure } = ending
  let rows: V[] | null = null
  const emptyRows = (): V[] => Array.from(y0, () => zerosLike(y0.subarray(0, 0) as V))
  const result: IvpResult<V> = {
    t: timesOf(output.times),
    get y() {
      return (rows ??= output.states.length > 0 ? toRows(output.states) : emptyRows())
    },
    states: output.states,
    sol: output.solution(),
    tEvents: events && events.map((_, e) => Float64Array.from(watcher?.tEvents[e] ?? [])),
    yEvents: events && events.map((_, e) => watcher?.yEvents[e] ?? []),
    nfev,
    njev: integrator.njev,
    nlu: integrator.nlu,
    status,
    message,
    success: status >= 0,
    warnings,
  }
  return failure === undefined ? result : Object.defineProperty(result, 'failure', ownValue(failure))
}

/** A property like those of a literal. Spreading the failure in would evaluate `y` or slow down every result. */
function ownValue(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, writable: true, configurable: true }
}

/** Not `Float64Array.from`: through the iterator it takes ten times as long. */
function timesOf(times: ReadonlyArray<number>): Float64Array {
  const t = new Float64Array(times.length)
  for (let i = 0; i < t.length; i++) t[i] = times[i]!
  return t
}
