import { IvpInputError, type FloatArray, type NormBlocks } from '../ivp/index.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** The parameters of a right-hand side: how many, and the arrays that they form. */
export type ParamShape = Pick<DifferentiableRhs<FloatArray>, 'nParams' | 'paramSizes'>

/**
 * One block of the error norm for each array of parameters, as they lie in a state that holds theta's gradient from component `from` on.
 *
 * Why each for itself: in one mean over all of them a large array with small errors hides a bias with large ones.
 */
export function paramBlocks({ nParams, paramSizes = [nParams] }: ParamShape, from: number): NormBlocks {
  let at = from
  // An empty array has no error
  return paramSizes.filter((size) => size > 0).map((size) => [at, (at += size)] as const)
}

/** @throws IvpInputError where the sizes are not those of arrays that make up the p parameters */
export function checkParamSizes({ nParams, paramSizes = [nParams] }: ParamShape): void {
  const isSizes = Array.isArray(paramSizes) && paramSizes.every((size) => Number.isInteger(size) && size >= 0)
  if (!isSizes || paramSizes.reduce((sum, size) => sum + size, 0) !== nParams) {
    throw new IvpInputError(
      'paramSizes',
      paramSizes,
      `must be whole numbers whose sum is nParams, ${nParams}`,
    )
  }
}
