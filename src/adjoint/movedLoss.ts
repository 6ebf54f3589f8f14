import { solveIvp, type FloatArray, type IvpResult, type StepController } from '../ivp/index.ts'
import { checkMethod } from '../ivp/check/method.ts'
import type { DirectionOptions } from './continuousAdjoint.ts'
import type { MovableParams } from './movableParams.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** A forward solve that succeeded, and what is needed to do it again from elsewhere. */
export interface CertifiedSolve<V extends FloatArray> {
  readonly rhs: DifferentiableRhs<V>
  /** Output times. */
  readonly ts: ArrayLike<number>
  readonly h0: V
  readonly forward: DirectionOptions<V>
  /** The solution at `ts`. */
  readonly states: ReadonlyArray<V>
  /** Ends of the steps taken, t0 first. */
  readonly stepTimes: ReadonlyArray<number>
  /** Null where the parameters cannot be moved. */
  readonly params: MovableParams<V> | null
}

/** Where a solve begins and with what parameters: null leaves the parameters as they are. */
export interface Moved<V extends FloatArray> {
  readonly h0: V
  readonly theta: V | null
}

export function isImplicit({ method = 'RK45' }: DirectionOptions<FloatArray>): boolean {
  return checkMethod(method).kind === 'implicit'
}

export function hasEqualSteps({ method = 'RK45' }: DirectionOptions<FloatArray>): boolean {
  return checkMethod(method).kind === 'fixedStep'
}

/**
 * How much L = sum_j incoming_j . h(t_j) changes when the solve begins elsewhere or has other parameters, by one more solve; NaN where that fails.
 * @param isReplay - takes the steps of the solve again. Else the method chooses its steps anew.
 */
export function changeOfLoss<V extends FloatArray>(
  solve: CertifiedSolve<V>,
  incoming: ReadonlyArray<V>,
  moved: Moved<V>,
  isReplay: boolean,
): number {
  const { rhs, ts, forward, states, stepTimes, params } = solve
  const { f } = moved.theta === null || params === null ? rhs : params.withParams(moved.theta)
  const replay = isReplay && !hasEqualSteps(forward) ? new Replay(stepTimes) : null
  const steps =
    replay === null ? {} : { controller: replay, firstStep: Math.abs(stepTimes[1]! - stepTimes[0]!) }
  const result = solveIvp(
    f as (t: number, h: FloatArray, dh: FloatArray) => void,
    [ts[0]!, ts[ts.length - 1]!],
    moved.h0 as FloatArray,
    { ...(forward as DirectionOptions<FloatArray>), ...steps, tEval: ts, inPlace: true },
  ) as IvpResult<V>
  if (result.failure !== undefined || replay?.isLost === true) return NaN
  let change = 0
  // Difference by difference: the sums themselves may be large
  result.states.forEach((h, j) => {
    const [a, h0] = [incoming[j]!, states[j]!]
    for (let i = 0; i < h.length; i++) change += a[i]! * (h[i]! - h0[i]!)
  })
  return change
}

/** Takes given steps, whatever the errors. */
class Replay implements StepController {
  /** Whether an attempt was not finite, so that the steps are not those given any more. */
  isLost = false
  readonly #times: ReadonlyArray<number>
  #step = 0

  constructor(times: ReadonlyArray<number>) {
    this.#times = times
  }

  judge({ errorNorm }: { readonly errorNorm: number }): { accept: boolean; factor: number } {
    // Shrinking steps end the solve soon
    if (this.isLost || Number.isNaN(errorNorm)) {
      this.isLost = true
      return { accept: false, factor: 0.2 }
    }
    const k = ++this.#step
    const times = this.#times
    // The last step ends on the last time, whatever rounding made of those before
    if (k + 2 >= times.length)
      return { accept: true, factor: k + 2 === times.length ? 2 * this.#ratio(k) : 1 }
    return { accept: true, factor: this.#ratio(k) }
  }

  /** Of step k to the one before. */
  #ratio(k: number): number {
    const times = this.#times
    return (times[k + 1]! - times[k]!) / (times[k]! - times[k - 1]!)
  }
}
