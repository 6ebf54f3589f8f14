import { checkProblem } from '../../ivp/check/problem.ts'
import { IvpInputError } from '../../ivp/index.ts'
import type { ErkMethod } from '../../ivp/method/butcherTableau.ts'
import type { Problem } from '../../ivp/problem.ts'
import type { TensorTree } from '../flatten.ts'
import type { Direction, OdeintOptions } from '../solveOptions.ts'

/** The options that `solveIvp` knows. */
export function directionOf<P extends TensorTree>(options: OdeintOptions<P>): Direction {
  const {
    params: _p,
    gradient: _g,
    checkpoints: _k,
    certify: _c,
    backward: _b,
    state: _s,
    onSolve: _o,
    ...direction
  } = options
  return direction
}

/** The options of a solve, checked as those of `solveIvp` in single precision for a state of `size` numbers. */
export function checkedDirection(
  direction: Direction,
  span: readonly [number, number],
  size: number,
  tEval?: ReadonlyArray<number>,
): Problem<Float32Array> {
  const options = tEval === undefined ? direction : { ...direction, tEval }
  // Only lists with an entry for each number need as many zeros
  const hasLists = Object.values(direction).some((value) => Array.isArray(value) || ArrayBuffer.isView(value))
  return checkProblem(() => {}, span, new Float32Array(hasLists ? size : Math.min(size, 1)), options as never)
}

/** @throws IvpInputError for an implicit method, which `stateLocationOf` does not let pass */
export function erkOf({ method }: Problem<Float32Array>): ErkMethod {
  if (method.kind === 'implicit') {
    throw new IvpInputError('method', method.name, 'must be an explicit method for a state on the device')
  }
  return method.erk
}
