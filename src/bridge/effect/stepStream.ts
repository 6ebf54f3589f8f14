import { Cause, Effect, Stream } from 'effect'
import { DIRECTION_OPTIONS } from '../../adjoint/directionOptions.ts'
import { checkSpan } from '../../ivp/check/span.ts'
import { checkOptionNames } from '../../ivp/check/optionNames.ts'
import type { TensorTree } from '../flatten.ts'
import { INSTEAD_ON_TENSORS } from '../tensorOptions.ts'
import { PACE_OPTIONS } from './pace.ts'
import type { TensorFunction } from '../tensorRhs.ts'
import { LentStep, type TensorStep } from './lentStep.ts'
import { openRun } from './scopedRun.ts'
import { throwFailure, type RunOptions } from './tensorRun.ts'
import { attempt, type TensorOdeError } from './typedFailure.ts'

/** Options of a stream of steps. */
export type StepsOptions<P extends TensorTree> = RunOptions<P>

const STEPS_OPTIONS: ReadonlyArray<string> = [
  ...DIRECTION_OPTIONS,
  ...PACE_OPTIONS,
  'params' satisfies keyof StepsOptions<TensorTree>,
]

const NOT_DIFFERENTIABLE = 'a stream has no gradient; `TensorOde.solve` has'
const PLACE = {
  of: 'TensorOde.steps',
  instead: {
    ...INSTEAD_ON_TENSORS,
    tEval: 'every accepted step comes; `TensorOde.solve` gives the states at times',
    gradient: NOT_DIFFERENTIABLE,
    backward: NOT_DIFFERENTIABLE,
    certify: NOT_DIFFERENTIABLE,
    checkpoints: NOT_DIFFERENTIABLE,
    onSolve: 'every step says how far the solve has got, by `nfev`, `nsteps` and `nrejected`',
    onProgress: 'every step says how far the solve has got, by `share`',
  },
}

/** The accepted steps of a solve, each computed when it is pulled. See `TensorOdeShape.steps`. */
export function stepStream<H extends TensorTree, P extends TensorTree = []>(
  f: TensorFunction<H, P>,
  h0: H,
  span: readonly [number, number],
  options: StepsOptions<P> = {},
): Stream.Stream<TensorStep<H>, TensorOdeError> {
  return Stream.unwrap(
    Effect.gen(function* () {
      yield* attempt(() => {
        checkOptionNames(options, STEPS_OPTIONS, PLACE)
        checkSpan(span)
      })
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
