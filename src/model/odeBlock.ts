import { odeint, type OdeintOptions, type TensorFunction } from '../bridge/index.ts'
import type { Tensor4D } from '../bridge/tensor.ts'
import type { Parameters } from './parameters.ts'

/** How the ODE of a block is solved. */
export type BlockSolve = Omit<OdeintOptions<Parameters>, 'params'>

/** The state at time 1 of dh/dt = f(t, h) from h(0) = x; same shape as x. */
export function odeBlock(
  f: TensorFunction<Tensor4D, Parameters>,
  x: Tensor4D,
  params: Parameters,
  solve: BlockSolve,
): Tensor4D {
  const [batch, height, width, channels] = x.shape
  return odeint(f, x, [0, 1], { ...solve, params })
    .slice([1], [1])
    .reshape([batch, height, width, channels]) as unknown as Tensor4D
}
