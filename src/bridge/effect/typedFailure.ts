import { Effect } from 'effect'
import { IvpInputError } from '../../ivp/index.ts'
import {
  NoBlockingReads,
  ResultMismatch,
  ShapeMismatch,
  SolveFailed,
  UntrackedTensor,
  UntrackedVariable,
} from '../odeErrors.ts'
import { SolveTimedOut } from './solveTimedOut.ts'

/** Why a solve on tensors gave no solution. */
export type TensorOdeError =
  | IvpInputError
  | NoBlockingReads
  | ResultMismatch
  | ShapeMismatch
  | SolveFailed
  | SolveTimedOut
  | UntrackedTensor
  | UntrackedVariable

const KNOWN = [
  IvpInputError,
  NoBlockingReads,
  ResultMismatch,
  ShapeMismatch,
  SolveFailed,
  SolveTimedOut,
  UntrackedTensor,
  UntrackedVariable,
]

/** Runs `body` and puts the errors of solves into the error channel; anything else that it throws, `f` itself for instance, is a defect. */
export function attempt<A>(body: () => A): Effect.Effect<A, TensorOdeError> {
  return Effect.suspend(() => {
    try {
      return Effect.succeed(body())
    } catch (error) {
      if (KNOWN.some((kind) => error instanceof kind)) return Effect.fail(error as TensorOdeError)
      throw error
    }
  })
}
