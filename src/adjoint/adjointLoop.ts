import type { IvpFailure } from '../ivp/index.ts'

/**
 * What a continuous adjoint does at the output times, on flat arrays or on a device. The adjoint state is [.. | a | b]: the adjoint a = dL/dh and the
 * accumulated parameter gradient b.
 */
export interface AdjointSegments {
  /** Puts the stored output j in the place of the state solved backwards. */
  restore(j: number): void
  /** Moving an output time moves its state along f: dL/dt_j = incoming_j . f(t_j, h_j). */
  timeGradient(j: number): void
  /** a += incoming_j. */
  jump(j: number): void
  /** Starting later shortens the solve: dL/dt_0 = -a(t_0) . f(t_0, h_0), before the direct gradient of the first output is added. */
  startTimeGradient(): void
}

/**
 * The loop of the continuous adjoints: from output time to output time backwards, with the incoming gradient added to a (a jump) at each. Yields j where
 * the state is to be solved from t_j back to t_(j-1), and is told why that failed, or null: who solves at once and who waits for a device both drive it.
 * @param nTimes - number of output times, the initial one included
 * @see Chen et al., "Neural Ordinary Differential Equations" (NeurIPS 2018), Sec. 2, Algorithm 1, and Appendix C (several output times)
 */
export function* adjointLoop(
  segments: AdjointSegments,
  nTimes: number,
): Generator<number, IvpFailure | null, IvpFailure | null> {
  for (let j = nTimes - 1; j >= 1; j--) {
    segments.restore(j)
    segments.timeGradient(j)
    segments.jump(j)
    const failure = yield j
    if (failure !== null) return failure
  }
  segments.startTimeGradient()
  segments.jump(0)
  return null
}
