/**
 * Kernels that do in one pass over memory what takes tfjs's operations many. A backend has them or not: native TensorFlow does as `npm run native` builds it. None has a
 * gradient: whoever calls them gives it.
 */
import { tf, type Scalar, type Tensor, type Tensor1D } from './tensor.ts'

export type FusedKernel =
  'SolveIvpCombination' | 'SolveIvpErrorSquares' | 'SolveIvpGroupNorm' | 'SolveIvpGroupNormGradient'

/** Whether the current backend has it. */
export function hasFused(kernel: FusedKernel): boolean {
  return tf.getKernel(kernel, tf.getBackend()) !== undefined
}

/** y + (w . k), summed in the order of k and the state last, each product and sum rounded to single precision. */
export function fusedCombination(y: Tensor1D, w: Float32Array, k: ReadonlyArray<Tensor1D>): Tensor1D {
  return tf.tidy(() => run('SolveIvpCombination', [y, tf.tensor1d(w), ...k], { m: k.length })) as Tensor1D
}

/** The sum over i of ((w . k)[i] / (atol + rtol max(|y[i]|, |yNew[i]|)))^2. */
export function fusedErrorSquares(
  tolerance: { readonly rtol: number; readonly atol: number },
  w: Float32Array,
  k: ReadonlyArray<Tensor1D>,
  y: Tensor1D,
  yNew: Tensor1D,
): Scalar {
  return tf.tidy(() => {
    const inputs = [y, yNew, tf.tensor1d([tolerance.rtol, tolerance.atol]), tf.tensor1d(w), ...k]
    return run('SolveIvpErrorSquares', inputs, { m: k.length })
  }) as Scalar
}

/**
 * Group normalisation, and mean and 1 / deviation of each image and channel, (batch, 1, channels), equal within a group.
 * @param x - (batch, ..., channels)
 */
export function fusedGroupNorm(
  x: Tensor,
  groups: number,
  gamma: Tensor,
  beta: Tensor,
): [value: Tensor, mean: Tensor, inverse: Tensor] {
  return run('SolveIvpGroupNorm', [x, gamma, beta], { groups }) as [Tensor, Tensor, Tensor]
}

/** The gradients of `fusedGroupNorm`'s value. */
export function fusedGroupNormGradient(
  dy: Tensor,
  x: Tensor,
  groups: number,
  mean: Tensor,
  inverse: Tensor,
  gamma: Tensor,
): [dx: Tensor, dGamma: Tensor, dBeta: Tensor] {
  return run('SolveIvpGroupNormGradient', [dy, x, mean, inverse, gamma], { groups }) as [
    Tensor,
    Tensor,
    Tensor,
  ]
}

function run(kernel: FusedKernel, inputs: Tensor[], attributes: Record<string, number>): Tensor | Tensor[] {
  // A list is what tfjs's own operations on lists pass too
  return tf.engine().runKernel(kernel, inputs as unknown as Record<string, Tensor>, attributes)
}
