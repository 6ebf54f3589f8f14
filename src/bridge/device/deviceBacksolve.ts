import { scaleOfLargest } from '../../adjoint/backwardTolerance.ts'
import { checkpointsUnused } from '../../adjoint/checkpoints.ts'
import { backwardDirection, forwardFacts } from '../../adjoint/backwardOptions.ts'
import { checkBackward, checkOtherwise } from '../../adjoint/checkBackward.ts'
import { replacement } from '../../adjoint/replacedGradient.ts'
import type { IvpFailure } from '../../ivp/index.ts'
import type { TensorGradients } from '../flatSolve.ts'
import type { TensorTree } from '../flatten.ts'
import { SolveFailed } from '../odeErrors.ts'
import type { OdeintOptions } from '../solveOptions.ts'
import type { TensorProblem } from '../tensorProblem.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../tensor.ts'
import { directionOf } from './checkedDirection.ts'
import { adjointOnDevice, type DeviceAdjointResult } from './deviceAdjoint.ts'
import type { DeviceSolution } from './deviceForward.ts'
import { interpolantsOnDevice, type DeviceInterpolants } from './deviceInterpolants.ts'
import { readResult } from './deviceResult.ts'
import { measure, type Reading } from './reading.ts'
import { tell } from '../solveReport.ts'

/**
 * The continuous adjoint by solving backwards (see `backsolve`) with [h, a, b] on the device; where the state is lost on the way, along the
 * interpolants of another forward solve.
 * @param solution - the solution, [times, n], and how it was found
 * @param dy - incoming gradients, [times, n]
 * @throws SolveFailed
 */
export function* pullOnDevice<P extends TensorTree>(
  tensors: TensorProblem,
  solution: DeviceSolution,
  params: ReadonlyArray<Tensor>,
  dy: Tensor2D,
  options: OdeintOptions<P>,
): Reading<TensorGradients> {
  const otherwise = checkDeviceTolerances(tensors, options)
  const { value } = solution
  const forward = directionOf(options)
  const facts = forwardFacts(forward, options.backward, solution)
  const scale = yield* measure({
    tensor: tf.tidy(() => dy.slice([1, 0]).abs().max()),
    of: ({ 0: largest }) => scaleOfLargest(largest!),
  })
  const adjoint = (known: DeviceInterpolants | null): Reading<DeviceAdjointResult> => {
    const direction = backwardDirection(
      known === null ? 'backsolve' : 'interpolating',
      forward,
      options.backward,
      tensors.state.total,
      tensors.paramLayout.total,
      scale,
      known !== null,
    )
    return adjointOnDevice({ tensors, value, params, dy, options: direction, facts, known })
  }
  const found = yield* adjoint(null)
  const by = found.failure === null ? null : replacement(found.failure, otherwise)
  const made = by === null ? found : yield* instead(by.warning)
  const { nfev, warnings, failure, gradients } = made
  tell(options.onSolve, {
    phase: 'backward',
    state: 'device',
    nfev,
    warnings: options.checkpoints === undefined ? warnings : [...warnings, checkpointsUnused('backsolve')],
    ...(by === null ? {} : { replacedBy: by.gradient }),
  })
  if (gradients !== null) return gradients
  const rows = tf.unstack(value) as Tensor1D[]
  try {
    throw new SolveFailed(
      'backward',
      failure!,
      nfev,
      yield* readResult(tensors.times, rows, { ...solution, warnings: [] }),
    )
  } finally {
    tf.dispose(rows)
  }

  /** Of the same solve, h known. */
  function* instead(warning: string): Reading<DeviceAdjointResult> {
    const h0 = tf.tidy(() => value.slice([0, 0], [1, tensors.state.total]).flatten() as Tensor1D)
    const known = yield* interpolantsOnDevice(tensors, h0, params, options)
    try {
      const again = known.failure === null ? yield* adjoint(known) : withoutGradients(known.failure)
      return { ...again, nfev: found.nfev + again.nfev, warnings: [...again.warnings, warning] }
    } finally {
      known.release()
    }
  }
}

function withoutGradients(failure: IvpFailure): DeviceAdjointResult {
  return { gradients: null, failure, nfev: 0, warnings: [] }
}

/**
 * @returns what follows a lost state
 * @throws IvpInputError for tolerances that do not fit [h, a, parameters]
 */
export function checkDeviceTolerances<P extends TensorTree>(
  { state, paramLayout }: TensorProblem,
  options: OdeintOptions<P>,
): 'interpolating' | 'fail' {
  const { backward } = options
  checkBackward('backsolve', directionOf(options), backward, state.total, paramLayout.total)
  return checkOtherwise(backward?.otherwise, ['interpolating', 'fail'], 'interpolating')
}
