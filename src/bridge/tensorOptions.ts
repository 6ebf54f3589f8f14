import { checkCheckpoints } from '../adjoint/checkpoints.ts'
import { checkBackwardNames } from '../adjoint/checkBackward.ts'
import { checkCertify } from '../adjoint/certificate.ts'
import {
  DIRECTION_OPTIONS,
  INSTEAD_OF_SOLVE_OPTIONS,
  type BesideDirection,
} from '../adjoint/directionOptions.ts'
import { oneOf } from '../ivp/check/oneOf.ts'
import { IvpInputError } from '../ivp/index.ts'
import { checkOptionNames, optionNames, type OptionPlace } from '../ivp/check/optionNames.ts'
import { STATE_LOCATIONS, TENSOR_GRADIENTS, type OdeintOptions } from './solveOptions.ts'
import type { TensorTree } from './flatten.ts'

/** The options of `odeint`. */
export const ODEINT_OPTIONS: ReadonlyArray<string> = [
  ...DIRECTION_OPTIONS,
  ...optionNames<BesideDirection<OdeintOptions<TensorTree>>>({
    params: true,
    gradient: true,
    checkpoints: true,
    certify: true,
    backward: true,
    state: true,
    onSolve: true,
  }),
]

/** For those who expect all options of `solveIvp` on tensors. */
export const INSTEAD_ON_TENSORS: Readonly<Record<string, string>> = {
  ...INSTEAD_OF_SOLVE_OPTIONS,
  events: 'an event that ends a solve has gradients by `solveToEvent` of solve-ivp/adjoint',
  args: 'let `f` close over them; tensors that get gradients go into `params`',
  timeout: '`TensorOde.solve` of solve-ivp/bridge/effect has one; here `maxSteps` bounds the work',
  onStep: '`TensorOde.steps` of solve-ivp/bridge/effect gives every step',
}

const ODEINT: OptionPlace = { of: 'odeint', instead: INSTEAD_ON_TENSORS }

/**
 * Checks options of a solve on tensors, names and what does not depend on its input, whether or not a gradient is taken.
 * @param place - which function takes them. @param known - their names
 * @throws IvpInputError
 */
export function checkTensorOptions(
  options: OdeintOptions<TensorTree>,
  place: OptionPlace = ODEINT,
  known: ReadonlyArray<string> = ODEINT_OPTIONS,
): void {
  checkOptionNames(options, known, place)
  const { gradient, state, backward, certify, checkpoints, onSolve } = options
  if (gradient !== undefined) oneOf('gradient', gradient, TENSOR_GRADIENTS)
  if (state !== undefined) oneOf('state', state, STATE_LOCATIONS)
  // Whether the times get gradients is seen from what they are
  checkBackwardNames(backward, false)
  checkCertify(certify)
  checkCheckpoints(checkpoints)
  if (onSolve !== undefined && typeof onSolve !== 'function') {
    throw new IvpInputError('onSolve', onSolve, 'must be a function, called with a report after each solve')
  }
}
