/** Gradients of solves on flat arrays: vector-Jacobian products over `ivp`. Knows nothing of tensors. */
export type { DifferentiableRhs, Vjp, VjpOutput } from './vjp.ts'
export type { AdjointNorm } from './adjointNorm.ts'
export type { Gradients } from './gradients.ts'
export type { CertifyOptions, GradientCertificate } from './certificate.ts'
export { backsolve } from './backsolve.ts'
export type { BackwardOptions, DirectionOptions } from './continuousAdjoint.ts'
export { interpolating } from './interpolating.ts'
export {
  solveWithPullback,
  type GradientMethod,
  type PullbackOptions,
  type SolveWithPullback,
} from './pullback.ts'
export {
  solveWithSensitivities,
  type Sensitivities,
  type SensitivityNorm,
  type SensitivityOptions,
} from './sensitivities.ts'
export {
  solveToEvent,
  type DifferentiableEvent,
  type EventPullbackOptions,
  type EventSolve,
} from './eventPullback.ts'
