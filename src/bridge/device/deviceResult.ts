import type { IvpFailure, IvpResult } from '../../ivp/index.ts'
import { MESSAGES } from '../../ivp/failure.ts'
import { toRows } from '../../ivp/output/rows.ts'
import type { Tensor } from '../tensor.ts'
import type { Reading } from './reading.ts'

/** What a solve on a device reached, read to the host in the shape of `solveIvp`'s result. */
export function* readResult(
  times: ReadonlyArray<number>,
  outputs: ReadonlyArray<Tensor>,
  ending: {
    readonly nfev: number
    readonly nsteps: number
    readonly nrejected: number
    readonly warnings: ReadonlyArray<string>
    readonly message?: string
    readonly failure?: IvpFailure
  },
): Reading<IvpResult<Float32Array>> {
  const states: Float32Array[] = []
  for (const output of outputs) states.push(Float32Array.from(yield output))
  const { failure, message = MESSAGES.finished, nfev, nsteps, nrejected, warnings } = ending
  const ended =
    failure === undefined
      ? ({ success: true, status: 0 } as const)
      : ({ success: false, status: -1, failure } as const)
  return {
    t: Float64Array.from(times.slice(0, states.length)),
    y: toRows(states),
    states,
    // A solve that failed ended after its last output, in a state that is not read
    tEnd: times[states.length - 1]!,
    yEnd: states[states.length - 1]!,
    sol: null,
    tEvents: null,
    yEvents: null,
    nfev,
    nsteps,
    nrejected,
    njev: 0,
    nlu: 0,
    message,
    warnings,
    ...ended,
  }
}
