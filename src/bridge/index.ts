/** Tensors <-> flat arrays: differentiable solves on tfjs tensors. */
export { odeint } from './odeint.ts'
export { odeintAsync, type AwaitedGradients, type AwaitedSolution } from './odeintAsync.ts'
export type { OdeintOptions, SolveReport, StateLocation } from './solveOptions.ts'
export type { TensorFunction } from './tensorRhs.ts'
export type { TensorTree } from './flatten.ts'
export {
  BackendUnavailable,
  chooseBackend,
  type BackendAttempt,
  type BackendChoice,
  type BackendWish,
} from './backend.ts'
export { TFJS_VERSION } from './tensor.ts'
export { IvpInputError } from '../ivp/index.ts'
export { releaseAbandonedTape } from './abandonedTape.ts'
export {
  NoBlockingReads,
  ResultMismatch,
  SecondOrderGradient,
  ShapeMismatch,
  SolveFailed,
  UntrackedTensor,
  UntrackedVariable,
} from './odeErrors.ts'
