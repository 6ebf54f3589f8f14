import { Context, Effect, Layer } from 'effect'
import { IvpInputError } from '../../ivp/index.ts'
import type { TensorTree } from '../flatten.ts'
import { ResultMismatch, ShapeMismatch, SolveFailed, UntrackedVariable } from '../odeErrors.ts'
import { odeint } from '../odeint.ts'
import type { OdeintOptions } from '../solveOptions.ts'
import type { TensorFunction } from '../tensorRhs.ts'
import { Backend } from './backend.ts'

/** Why a solve on tensors gave no solution. */
export type TensorOdeError = IvpInputError | ResultMismatch | ShapeMismatch | SolveFailed | UntrackedVariable

/** Identifies the service. */
export interface TensorOde {
  readonly id: 'solve-ivp/TensorOde'
}

/** Solves on tensors with their failures in the error channel. */
export interface TensorOdeShape {
  /** `odeint`; what `f` itself throws is a defect. */
  readonly solve: <H extends TensorTree, P extends TensorTree = []>(
    f: TensorFunction<H, P>,
    h0: H,
    ts: ReadonlyArray<number>,
    options?: OdeintOptions<P>,
  ) => Effect.Effect<H, TensorOdeError>
}

export const TensorOde: Context.Service<TensorOde, TensorOdeShape> = Context.Service<
  TensorOde,
  TensorOdeShape
>('solve-ivp/TensorOde')

const KNOWN = [IvpInputError, ResultMismatch, ShapeMismatch, SolveFailed, UntrackedVariable]

const solve: TensorOdeShape['solve'] = (f, h0, ts, options) =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(odeint(f, h0, ts, options))
    } catch (error) {
      if (KNOWN.some((kind) => error instanceof kind)) return Effect.fail(error as TensorOdeError)
      throw error
    }
  }).pipe(Effect.withSpan('TensorOde.solve'))

/** Solves on the backend that `Backend` owns, which therefore outlives every solve. */
export const tensorOdeLayer: Layer.Layer<TensorOde, never, Backend> = Layer.effect(
  TensorOde,
  Effect.as(Effect.service(Backend), { solve }),
)
