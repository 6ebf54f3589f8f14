import { Duration } from 'effect'
import type { IvpResult } from '../../ivp/index.ts'

/** A solve was not through when its `timeout` was over. It ended between two steps and carries the partial solution. */
export class SolveTimedOut extends Error {
  override readonly name = 'SolveTimedOut'
  readonly _tag = 'SolveTimedOut'
  readonly timeout: Duration.Duration
  /** Time up to which the solution is good. */
  readonly t: number
  readonly nfev: number
  /** The solution as far as it got, with failure 'aborted'; of a stream, whose steps are gone, the last state. */
  readonly partial: IvpResult<Float32Array>

  constructor(timeout: Duration.Duration, t: number, partial: IvpResult<Float32Array>) {
    super(
      `The solve stood at t = ${t} when its ${Duration.format(timeout)} were over: give it a longer \`timeout\`, loosen the tolerances, or take an implicit method if the problem is stiff.`,
    )
    this.timeout = timeout
    this.t = t
    this.nfev = partial.nfev
    this.partial = partial
  }
}
