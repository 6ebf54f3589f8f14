/** Initial value problems on flat arrays: the pure solver. Imports nothing outside this folder. */
export { solveIvp } from './solveIvp.ts'
export type { InitialState, State, StateOf, StateView } from './stateTypes.ts'
export type { RightHandSide } from './rightHandSide.ts'
export { IvpInputError } from './errors.ts'
export { linspace } from './linspace.ts'
export type {
  AdaptiveMethod,
  EventFunction,
  EventObject,
  EventOption,
  EventsOption,
  FixedStepMethod,
  IvpOptions,
  JacobianOption,
  MatrixLike,
  MethodName,
  SolverOptions,
  StepInfo,
} from './options.ts'
export type {
  FailedIvpResult,
  FailureKind,
  IvpFailure,
  IvpResult,
  IvpResultFields,
  SuccessfulIvpResult,
} from './ivpResult.ts'
export type { OdeSolution } from './dense/odeSolution.ts'
export type { DenseOutput } from './dense/denseOutput.ts'
export {
  makeErk,
  TableauError,
  type ErkMethod,
  type ErkTableau,
  type SparseRow,
} from './method/butcherTableau.ts'
export type { JudgedAttempt, StepController, Verdict } from './control/stepController.ts'
export type { SaveMode } from './output/observer.ts'
export type { NormBlocks } from './space/norm.ts'
export type { FloatArray } from './space/typedArraySpace.ts'
export { resume, type ResumeOptions } from './resume.ts'
export type { Snapshot } from './snapshot.ts'
export { OdeSolver, type SolverStep } from './odeSolver.ts'
export { BDF, DOP853, LSODA, RK23, RK45, Radau } from './solvers.ts'
