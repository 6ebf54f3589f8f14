import type { DenseOutput } from './dense/denseOutput.ts'
import { constantDense } from './dense/rkDense.ts'
import { drive } from './drive.ts'
import { EventWatcher, type Termination } from './event/event.ts'
import { MESSAGES, failureOf, worstComponent } from './failure.ts'
import type { IvpFailure, IvpResult } from './ivpResult.ts'
import type { IvpOptions, Problem } from './options.ts'
import { OutputCollector } from './output/observer.ts'
import { toRows } from './output/rows.ts'
import { WrongLength, type CountedRhs } from './rhs.ts'
import { copyOf, typedArraySpace, zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import type { VectorSpace } from './space/vectorSpace.ts'
import { StepPlan } from './stepPlan.ts'
import { ErkStepper } from './stepper/erkStepper.ts'
import { initialStep } from './stepper/initialStep.ts'

/** What the caller may do between steps. */
type Hooks = Pick<IvpOptions<FloatArray, ReadonlyArray<unknown>>, 'signal' | 'onStep' | 'controller'>

/** How a solve ended. */
interface Ending<V> {
  readonly t: number
  readonly y: V
  readonly status: 0 | 1 | -1
  readonly message: string
  readonly failure?: IvpFailure
}

/** Bookkeeping around stepper and plan: events, output, the ending. No arithmetic on states. */
export function integrate<V extends FloatArray>(
  problem: Problem<V>,
  rhs: CountedRhs<V>,
  hooks: Hooks,
): IvpResult<V> {
  const { t0, y0 } = problem
  const output = new OutputCollector<V>(
    t0,
    y0,
    problem.direction,
    problem.tEval,
    problem.isDense,
    problem.save,
  )
  const solve: Solve<V> = { problem, rhs, hooks, output, watcher: null, t: t0, y: y0 }
  let ending: Ending<V>
  try {
    ending = run(solve)
  } catch (error) {
    if (!(error instanceof WrongLength)) throw error
    ending = fail(solve, error.message, failureOf('wrongLength', solve.t))
  }
  output.finish(ending.t, ending.y)
  return resultOf(solve, ending)
}

/** The parts of a running solve; `t` and `y` are the last good state. */
interface Solve<V extends FloatArray> {
  readonly problem: Problem<V>
  readonly rhs: CountedRhs<V>
  readonly hooks: Hooks
  readonly output: OutputCollector<V>
  watcher: EventWatcher<V> | null
  t: number
  y: V
}

function run<V extends FloatArray>(solve: Solve<V>): Ending<V> {
  const { problem, rhs } = solve
  const { t0, t1, y0, method } = problem
  const f0 = rhs.call(t0, y0, zerosLike(y0))
  const bad = f0.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) {
    return fail(solve, `fun is not finite at the initial state (t = ${t0}).`, failureOf('nonFinite', t0, bad))
  }
  const space = typedArraySpace(y0, problem.tolerance, problem.norm)
  const span = { tBound: t1, maxStep: problem.maxStep, isEmpty: y0.length === 0 }
  const firstStep = problem.firstStep ?? initialStep(space, rhs.call, t0, y0, f0, span, method.errorOrder)
  if (problem.events !== null) solve.watcher = new EventWatcher(problem.events, t0, y0)
  if (t1 === t0 || y0.length === 0) return passWithoutSteps(solve, space)
  const stepper = new ErkStepper<V>(space, rhs.call, method, t0, copyOf(y0), f0)
  const plan = new StepPlan(t0, t1, firstStep, method.errorOrder, problem, solve.hooks.controller)
  return steps(solve, stepper, plan)
}

function steps<V extends FloatArray>(solve: Solve<V>, stepper: ErkStepper<V>, plan: StepPlan): Ending<V> {
  const { problem, rhs, hooks, output, watcher } = solve
  let termination: Termination<V> | null = null
  const afterStep = (): void => {
    const { t, tOld, y } = stepper
    let made: DenseOutput<V> | null = null
    const interpolant = (): DenseOutput<V> => (made ??= stepper.denseOutput())
    termination = watcher === null ? null : watcher.watch(tOld, t, y, interpolant)
    solve.t = termination === null ? t : termination.t
    solve.y = termination === null ? y : termination.y
    output.record({ t: solve.t, y: solve.y, interpolant })
    hooks.onStep?.({ t, y, tOld, nfev: rhs.count() })
    const isInterrupted = hooks.signal?.aborted === true || plan.accepted >= problem.maxSteps
    if (termination !== null || (isInterrupted && plan.status === 'running')) plan.halt()
  }
  if (hooks.signal?.aborted === true) plan.halt()
  drive(stepper, plan, afterStep)

  const { t, y } = solve
  if (termination !== null) return { t, y, status: 1, message: MESSAGES.terminated }
  switch (plan.status) {
    case 'halted': {
      const isAborted = hooks.signal?.aborted === true
      const kind = isAborted ? 'aborted' : 'maxSteps'
      return fail(solve, isAborted ? MESSAGES.aborted : MESSAGES.maxSteps, failureOf(kind, t))
    }
    case 'stepTooSmall': {
      const kind = Number.isFinite(plan.errorNorm) ? 'stepTooSmall' : 'nonFinite'
      const component = worstComponent(stepper.candidate, stepper.errorVector(plan.h), y, problem.tolerance)
      return fail(solve, MESSAGES.stepTooSmall, failureOf(kind, t, component))
    }
    default:
      return { t, y, status: 0, message: MESSAGES.finished }
  }
}

/** An empty interval, or an empty state: one step that goes straight to the end, as in scipy. */
function passWithoutSteps<V extends FloatArray>(solve: Solve<V>, space: VectorSpace<V>): Ending<V> {
  const { problem, output, watcher } = solve
  const { t0, t1, y0 } = problem
  const interpolant = (): DenseOutput<V> => constantDense(space, t1, y0)
  const termination = watcher === null ? null : watcher.watch(t0, t1, y0, interpolant)
  const t = termination === null ? t1 : termination.t
  output.record({ t, y: y0, interpolant })
  const isTerminated = termination !== null
  return {
    t,
    y: y0,
    status: isTerminated ? 1 : 0,
    message: isTerminated ? MESSAGES.terminated : MESSAGES.finished,
  }
}

function fail<V extends FloatArray>(solve: Solve<V>, message: string, failure: IvpFailure): Ending<V> {
  return { t: solve.t, y: solve.y, status: -1, message, failure }
}

function resultOf<V extends FloatArray>(solve: Solve<V>, ending: Ending<V>): IvpResult<V> {
  const { problem, output, rhs } = solve
  const n = problem.y0.length
  let rows: V[] | null = null
  const watcher = solve.watcher
  return {
    t: Float64Array.from(output.times),
    get y() {
      return (rows ??=
        output.states.length > 0
          ? toRows(output.states)
          : Array.from({ length: n }, () => zerosLike(problem.y0.subarray(0, 0) as V)))
    },
    states: output.states,
    sol: output.solution(),
    tEvents:
      problem.events === null
        ? null
        : problem.events.map((_, e) => Float64Array.from(watcher?.tEvents[e] ?? [])),
    yEvents: problem.events === null ? null : problem.events.map((_, e) => watcher?.yEvents[e] ?? []),
    nfev: rhs.count(),
    njev: 0,
    nlu: 0,
    status: ending.status,
    message: ending.message,
    success: ending.status >= 0,
    warnings: problem.warnings,
    ...(ending.failure === undefined ? {} : { failure: ending.failure }),
  }
}
