import { Clock, Effect, Metric, type Scope } from 'effect'
import type { TensorTree } from '../flatten.ts'
import { inputLeaves } from '../inputLeaves.ts'
import { NoBlockingReads } from '../odeErrors.ts'
import { tf } from '../tensor.ts'
import type { TensorFunction } from '../tensorRhs.ts'
import type { SolveProgress } from './progress.ts'
import { solveMetrics, Tally } from './solveMetrics.ts'
import { TensorRun, type Kept, type RunOptions } from './tensorRun.ts'
import { attempt, type TensorOdeError } from './typedFailure.ts'

/** A run with what happens around it. */
export interface ScopedRun {
  readonly run: TensorRun
  /** If a pause is due: counts go to the metrics, progress is told, and other fibers and interruptions get their turn. */
  readonly pause: Effect.Effect<void>
}

/** What a caller adds to a run. */
export interface RunHooks {
  /** Looks at the input before anything is evaluated. */
  readonly check?: () => void
  readonly onProgress?: ((progress: SolveProgress) => Effect.Effect<void>) | undefined
}

/** Opens a run that is released with its scope. The span, of the given name, lasts as long and says what was done. */
export function openRun<H extends TensorTree, P extends TensorTree>(
  name: string,
  f: TensorFunction<H, P>,
  h0: H,
  span: readonly [number, number],
  options: RunOptions<P> & Kept,
  { check, onProgress }: RunHooks = {},
): Effect.Effect<ScopedRun, TensorOdeError, Scope.Scope> {
  return Effect.gen(function* () {
    const traced = yield* Effect.makeSpanScoped(name, { attributes: described(options, span) })
    const clock = yield* Clock.Clock
    const tally = new Tally()
    const run = yield* Effect.acquireRelease(
      attempt(() => {
        if (tf.getBackend() === 'webgpu') throw new NoBlockingReads('webgpu')
        inputLeaves('h0', h0)
        inputLeaves('params', options.params ?? [])
        check?.()
        return new TensorRun(f as unknown as TensorFunction<TensorTree, TensorTree>, h0, span, options, clock)
      }),
      (opened) =>
        Effect.suspend(() => {
          const { progress, outcome } = opened
          opened.release()
          const { nfev, nsteps: steps, nrejected: rejected } = progress
          const done = { nfev, steps, rejected, status: outcome }
          for (const [key, value] of Object.entries(done)) traced.attribute(key, value)
          return Effect.andThen(tally.add(progress), Metric.update(solveMetrics.outcomes, outcome))
        }),
    )
    traced.attribute('n', run.state.total)
    const pause = Effect.suspend(() => {
      if (!run.isPauseDue) return Effect.void
      const { progress } = run
      return tally
        .add(progress)
        .pipe(
          Effect.andThen(onProgress?.(progress) ?? Effect.void),
          Effect.andThen(Effect.yieldNow),
          Effect.andThen(Effect.sync(() => run.goOn())),
        )
    })
    return { run, pause }
  })
}

function described<P extends TensorTree>(
  { method = 'RK45', rtol = 1e-3, atol = 1e-6 }: RunOptions<P>,
  [t0, t1]: readonly [number, number],
): Record<string, unknown> {
  return { method: typeof method === 'string' ? method : method.name, rtol, atol, t0, t1 }
}
