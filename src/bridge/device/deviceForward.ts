import { IvpInputError } from '../../ivp/index.ts'
import type { TensorTree } from '../flatten.ts'
import { SolveFailed } from '../odeErrors.ts'
import type { OdeintOptions } from '../solveOptions.ts'
import type { TensorProblem } from '../tensorProblem.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../tensor.ts'
import { checkedDirection, directionOf, erkOf } from './checkedDirection.ts'
import { integrateOnDevice } from './deviceIntegrate.ts'
import { readResult } from './deviceResult.ts'
import { deviceRhs, joined } from './deviceRhs.ts'
import { deviceSpace } from './deviceSpace.ts'
import { measure, type Reading } from './reading.ts'
import { tell } from '../solveReport.ts'

/** A solution that lives on the device. */
export interface DeviceSolution {
  /** The states one after another, [times, n]; the caller's. */
  readonly value: Tensor2D
  readonly nfev: number
  readonly nsteps: number
  readonly nrejected: number
}

/**
 * Solves forward with the state on the device.
 * @param h0 - leaves of the initial state, not disposed; as `params`
 * @throws SolveFailed, IvpInputError
 */
export function* solveOnDevice<P extends TensorTree>(
  tensors: TensorProblem,
  h0: ReadonlyArray<Tensor>,
  params: ReadonlyArray<Tensor>,
  options: OdeintOptions<P>,
): Reading<DeviceSolution> {
  const { evaluate, times, state } = tensors
  const problem = checkedDirection(directionOf(options), [times[0]!, times.at(-1)!], state.total, times)
  const space = deviceSpace(problem.tolerance, [[0]])
  const rhs = deviceRhs(evaluate, state, params)
  const outputs: Tensor1D[] = []
  try {
    const y0 = space.adopt([tf.tidy(() => joined(h0))])
    if (Number.isNaN(yield* measure(space.finiteness(y0)))) {
      throw new IvpInputError('h0', NaN, 'must be finite in every component')
    }
    const { failure, message, nsteps, nrejected } = yield* integrateOnDevice({
      space,
      rhs: rhs.state(space),
      method: erkOf(problem),
      y0,
      problem,
      signal: options.signal,
      onOutput: ([h]) => void outputs.push(h!),
    })
    const nfev = rhs.count()
    tell(options.onSolve, { phase: 'forward', state: 'device', nfev, warnings: problem.warnings })
    if (failure !== null) {
      const ending = { message, nfev, nsteps, nrejected, failure, warnings: problem.warnings }
      throw new SolveFailed('forward', failure, nfev, yield* readResult(times, outputs, ending))
    }
    return { value: tf.stack(outputs) as Tensor2D, nfev, nsteps, nrejected }
  } finally {
    tf.dispose(outputs)
    space.releaseAll()
  }
}
