import { Effect } from 'effect'
import { IvpInputError, type IvpResult } from '../../ivp/index.ts'
import { toLeaves, type TensorTree, type TreeLayout } from '../flatten.ts'
import { odeint } from '../odeint.ts'
import { checkTimesForm } from '../outputTimes.ts'
import type { OdeintOptions } from '../solveOptions.ts'
import { isRecording } from '../abandonedTape.ts'
import { checkTensorOptions, INSTEAD_ON_TENSORS, ODEINT_OPTIONS } from '../tensorOptions.ts'
import { tensorProblem } from '../tensorProblem.ts'
import type { TensorFunction } from '../tensorRhs.ts'
import { tf, type Tensor } from '../tensor.ts'
import { PACE_OPTIONS, type PaceOptions } from './pace.ts'
import type { SolveProgress } from './progress.ts'
import { openRun } from './scopedRun.ts'
import { throwFailure } from './tensorRun.ts'
import { attempt, type TensorOdeError } from './typedFailure.ts'

/** Options of a solve: those of `odeint` (the state is on the host), and what happens between steps. */
export interface SolveOptions<P extends TensorTree> extends Omit<OdeintOptions<P>, 'state'>, PaceOptions {
  /** Told how far the solve has got: in every pause (`pauseEvery`) and at the end. */
  readonly onProgress?: ((progress: SolveProgress) => Effect.Effect<void>) | undefined
}

const SOLVE_OPTIONS: ReadonlyArray<string> = [
  ...ODEINT_OPTIONS.filter((name) => name !== 'state'),
  ...PACE_OPTIONS,
  'onProgress' satisfies keyof SolveOptions<TensorTree>,
]

const PLACE = {
  of: 'TensorOde.solve',
  instead: {
    ...INSTEAD_ON_TENSORS,
    state: 'between pauses the state is on the host; `odeint` has the choice',
  },
}

/** @throws IvpInputError */
function checkInput(ts: unknown, options: SolveOptions<TensorTree>): void {
  checkTensorOptions(options, PLACE, SOLVE_OPTIONS)
  if (ts instanceof tf.Tensor) {
    throw new IvpInputError(
      'ts',
      'a tensor',
      'must be numbers; `odeint` takes a tensor, and gives its gradient',
    )
  }
  checkTimesForm(ts, false)
}

/** A solve that pauses between steps, with the numbers of `odeint`. See `TensorOdeShape.solve`. */
export function wholeSolve<H extends TensorTree, P extends TensorTree = []>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number>,
  options: SolveOptions<P> = {},
): Effect.Effect<H, TensorOdeError> {
  return Effect.flatMap(
    attempt(() => checkInput(ts, options)),
    () =>
      isRecording() ? onTape(f, h0, ts, options) : Effect.flatMap(inPauses(f, h0, ts, options), stacked<H>),
  )
}

/** A gradient is being recorded: only the solve in one go is differentiable. */
function onTape<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number>,
  { timeout: _t, pauseEvery: _p, onProgress: _o, ...options }: SolveOptions<P>,
): Effect.Effect<H, TensorOdeError> {
  return Effect.withSpan(
    attempt(() => odeint(f, h0, ts, options)),
    'TensorOde.solve',
  )
}

interface Solved {
  readonly result: IvpResult<Float32Array>
  readonly state: TreeLayout
}

function inPauses<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number>,
  options: SolveOptions<P>,
): Effect.Effect<Solved, TensorOdeError> {
  const { gradient: _g, checkpoints: _c, certify: _y, backward: _b, onSolve, onProgress, ...rest } = options
  const { params = [] as unknown as P } = rest
  return Effect.scoped(
    Effect.gen(function* () {
      const span = [ts[0]!, ts[ts.length - 1]!] as const
      const check = (): void => {
        tensorProblem(f, h0, ts, ts, params)
      }
      const opened = openRun('TensorOde.solve', f, h0, span, { ...rest, tEval: ts }, { check, onProgress })
      const { run, pause } = yield* opened
      while (run.isRunning) {
        yield* attempt(() => run.advance(Infinity))
        if (run.isRunning) yield* pause
      }
      const result = yield* attempt(() => {
        const ended = run.end()
        onSolve?.({ phase: 'forward', state: 'flat', nfev: ended.nfev, warnings: ended.warnings })
        throwFailure(ended)
        return ended
      })
      if (onProgress !== undefined) yield* onProgress(run.progress)
      return { result, state: run.state }
    }),
  )
}

/** Makes the tensors last of all, in one operation: an interruption has no place between making them and handing them over. */
function stacked<H extends TensorTree>({ result, state }: Solved): Effect.Effect<H> {
  return Effect.sync(() => {
    const count = result.states.length
    const flat = new Float32Array(count * state.total)
    let from = 0
    for (const size of state.sizes) {
      result.states.forEach((h, j) => flat.set(h.subarray(from, from + size), count * from + j * size))
      from += size
    }
    const layout: TreeLayout = {
      ...state,
      shapes: state.shapes.map((shape) => [count, ...shape]),
      sizes: state.sizes.map((size) => count * size),
      total: count * state.total,
    }
    return tf.tidy(() => state.rebuild(toLeaves(flat, layout)) as unknown as Tensor) as unknown as H
  })
}
