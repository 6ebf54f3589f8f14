import type { SpaceDense } from '../../ivp/dense/denseOutput.ts'
import type { IvpFailure } from '../../ivp/index.ts'
import type { TensorTree } from '../flatten.ts'
import type { OdeintOptions } from '../solveOptions.ts'
import type { TensorProblem } from '../tensorProblem.ts'
import type { Tensor, Tensor1D } from '../tensor.ts'
import { checkedDirection, directionOf, erkOf } from './checkedDirection.ts'
import { integrateOnDevice } from './deviceIntegrate.ts'
import { deviceRhs } from './deviceRhs.ts'
import { deviceSpace, type DeviceVector } from './deviceSpace.ts'
import type { Reading } from './reading.ts'

/** A solution on the device at every time, not only at the output times. */
export interface DeviceInterpolants {
  /** The state at t, in a new tensor, which is the caller's. */
  at(t: number): Tensor1D
  readonly failure: IvpFailure | null
  release(): void
}

/**
 * Solves forward once more, with the same steps, and keeps the interpolant of each.
 * @param h0 - the state at the first time, which is taken over
 */
export function* interpolantsOnDevice<P extends TensorTree>(
  { evaluate, times, state }: TensorProblem,
  h0: Tensor1D,
  params: ReadonlyArray<Tensor>,
  options: OdeintOptions<P>,
): Reading<DeviceInterpolants> {
  const span = [times[0]!, times.at(-1)!] as const
  const problem = checkedDirection(directionOf(options), span, state.total)
  const space = deviceSpace(problem.tolerance, [[0]])
  const steps: SpaceDense<DeviceVector>[] = []
  try {
    const { failure } = yield* integrateOnDevice({
      space,
      rhs: deviceRhs(evaluate, state, params).state(space),
      method: erkOf(problem),
      y0: space.adopt([h0]),
      problem,
      signal: options.signal,
      onOutput: () => {},
      onInterpolant: (step) => void steps.push(step),
    })
    return { at: (t) => space.handOver(stepOf(t).at(t))[0]!, failure, release: () => space.releaseAll() }
  } catch (error) {
    space.releaseAll()
    throw error
  }

  /** At the end of a step it answers itself, and the first and the last extrapolate. */
  function stepOf(t: number): SpaceDense<DeviceVector> {
    let low = 0
    let high = steps.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (problem.direction * (t - steps[middle]!.t) > 0) low = middle + 1
      else high = middle
    }
    return steps[low]!
  }
}
