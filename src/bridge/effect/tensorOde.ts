import { Context, Effect, Layer, type Stream } from 'effect'
import type { TensorTree } from '../flatten.ts'
import type { TensorFunction } from '../tensorRhs.ts'
import { Backend } from './backend.ts'
import type { TensorStep } from './lentStep.ts'
import { stepStream, type StepsOptions } from './stepStream.ts'
import type { TensorOdeError } from './typedFailure.ts'
import { wholeSolve, type SolveOptions } from './wholeSolve.ts'

/** Identifies the service. */
export interface TensorOde {
  readonly id: 'solve-ivp/TensorOde'
}

/** Solves on tensors with their failures in the error channel; what `f` itself throws is a defect. */
export interface TensorOdeShape {
  /**
   * Solves with the numbers of `odeint`, and pauses between steps: the solve can be interrupted, has a `timeout`, and leaves no tensor behind but
   * its result. Run inside a gradient, in one go by `Effect.runSync`, it is `odeint` itself, differentiable, and does not pause.
   *
   * @param ts - output times, the initial one first; strictly monotone, at least two
   * @returns the solution stacked over time, `[ts.length, ...h.shape]`, in the form of h0; the caller disposes of it
   */
  readonly solve: <H extends TensorTree, P extends TensorTree = []>(
    f: TensorFunction<H, P>,
    h0: H,
    ts: ReadonlyArray<number>,
    options?: SolveOptions<P>,
  ) => Effect.Effect<H, TensorOdeError>
  /**
   * The accepted steps of a solve, the first one from t0 on. A step is computed when it is pulled, none ahead. Its tensors belong to the stream,
   * which disposes of them when the next step is pulled and when it ends: at its end, by a failure, an interruption, or a consumer that has
   * enough. Not differentiable.
   *
   * @param span - [t0, t1]; t1 may be infinite and may lie before t0
   * @returns fails with `SolveFailed` after the steps that were good; its partial solution is the last state
   */
  readonly steps: <H extends TensorTree, P extends TensorTree = []>(
    f: TensorFunction<H, P>,
    h0: H,
    span: readonly [number, number],
    options?: StepsOptions<P>,
  ) => Stream.Stream<TensorStep<H>, TensorOdeError>
}

export const TensorOde: Context.Service<TensorOde, TensorOdeShape> = Context.Service<
  TensorOde,
  TensorOdeShape
>('solve-ivp/TensorOde')

/** Solves on the backend that `Backend` owns, which therefore outlives every solve. */
export const tensorOdeLayer: Layer.Layer<TensorOde, never, Backend> = Layer.effect(
  TensorOde,
  Effect.as(Effect.service(Backend), { solve: wholeSolve, steps: stepStream }),
)
