import { Cause, Effect, Stream } from 'effect'
import type { TensorTree } from '../flatten.ts'
import type { TensorFunction } from '../tensorRhs.ts'
import { LentStep, type TensorStep } from './lentStep.ts'
import { openRun } from './scopedRun.ts'
import { throwFailure, type RunOptions } from './tensorRun.ts'
import { attempt, type TensorOdeError } from './typedFailure.ts'

/** Options of a stream of steps. */
export type StepsOptions<P extends TensorTree> = RunOptions<P>

/** The accepted steps of a solve, each computed when it is pulled. See `TensorOdeShape.steps`. */
export function stepStream<H extends TensorTree, P extends TensorTree = []>(
  f: TensorFunction<H, P>,
  h0: H,
  span: readonly [number, number],
  options: StepsOptions<P> = {},
): Stream.Stream<TensorStep<H>, TensorOdeError> {
  return Stream.unwrap(
    Effect.gen(function* () {
      const { run, pause } = yield* openRun('TensorOde.steps', f, h0, span, { ...options, save: 'last' })
      let lent: LentStep<H> | null = null
      const takeBack = (): void => {
        lent?.takeBack()
        lent = null
      }
      yield* Effect.addFinalizer(() => Effect.sync(takeBack))
      const next = attempt(() => {
        const { nsteps } = run.progress
        run.advance(1)
        if (run.progress.nsteps === nsteps) {
          throwFailure(run.end())
          return null
        }
        if (!run.isRunning) run.end()
        return (lent = new LentStep<H>(run))
      })
      const pull = Effect.sync(takeBack).pipe(
        Effect.andThen(pause),
        Effect.andThen(next),
        Effect.flatMap((step) => (step === null ? Cause.done() : Effect.succeed([step] as const))),
      )
      return Stream.fromPull(Effect.succeed(pull))
    }),
  )
}
