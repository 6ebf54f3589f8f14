import type { BlockSolve } from './odeBlock.ts'
import type { TrainOptions } from './trainOptions.ts'

/** How a training solves its ODE: only what has an effect with the method and the gradient chosen. */
export function solveOf(options: TrainOptions): BlockSolve {
  const { method, step, gradient, rtol, atol, firstStep, adjointNorm } = options
  const first = firstStep > 0 ? { firstStep } : {}
  const forward = step === null ? { method, rtol, atol, ...first } : { method, step }
  const isContinuous = gradient === 'adjoint' || gradient === 'interpolating'
  const backward = isContinuous && step === null ? { backward: { norm: adjointNorm } } : {}
  return { ...forward, gradient, ...backward }
}
