/** The bridge as Effect services: the backend, and solves on it that can be interrupted, streamed, retried and watched. */
export { Backend, backendLayer } from './backend.ts'
export { TensorOde, tensorOdeLayer, type TensorOdeShape } from './tensorOde.ts'
export type { TensorOdeError } from './typedFailure.ts'
export { SolveTimedOut } from './solveTimedOut.ts'
export type { SolveOptions } from './wholeSolve.ts'
export type { StepsOptions } from './stepStream.ts'
export type { TensorStep } from './lentStep.ts'
export type { SolveProgress } from './progress.ts'
export { solveMetrics } from './solveMetrics.ts'
export {
  looserTolerances,
  type LooserTolerancesOptions,
  type SolvedWithin,
  type Tolerances,
} from './looserTolerances.ts'
