import { createIntegrator } from './createIntegrator.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { EventWatcher, type Termination } from './event/event.ts'
import { MESSAGES, failureOf } from './failure.ts'
import type { Integrator, Saved } from './integrator.ts'
import type { IvpFailure, IvpResult } from './ivpResult.ts'
import type { IvpOptions } from './options.ts'
import { OutputCollector } from './output/observer.ts'
import type { Problem } from './problem.ts'
import { resultOf, type Ending } from './resultOf.ts'
import { WrongLength, type CountedRhs } from './rhs.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** What the caller may do between steps. */
export interface Hooks<V extends FloatArray> extends Pick<
  IvpOptions<V, ReadonlyArray<unknown>>,
  'signal' | 'onStep'
> {
  /** Makes a snapshot of what `Solve.save` gives. */
  readonly snapshotOf: (t: number, saved: Saved) => Snapshot
}

/** The parts of a solve between two steps, for snapshots. */
interface SavedSolve {
  readonly nfev: number
  readonly integrator: Saved
  readonly events: Saved
  readonly output: Saved
}

/** Bookkeeping around an integrator: events, output, the ending. No arithmetic on states. */
export function integrate<V extends FloatArray>(
  problem: Problem<V>,
  rhs: CountedRhs<V>,
  hooks: Hooks<V>,
  saved: Saved | null = null,
): IvpResult<V> {
  const solve = new Solve(problem, rhs, hooks)
  const { integrator, output } = solve
  try {
    const ending = solve.from(saved)
    output.finish(ending.t, ending.y)
    return resultOf(problem, ending, { integrator, output, watcher: solve.watcher, nfev: rhs.count() })
  } finally {
    integrator.release()
  }
}

class Solve<V extends FloatArray> {
  readonly integrator: Integrator<V>
  readonly output: OutputCollector<V>
  watcher: EventWatcher<V> | null = null
  /** The last good state. */
  #t: number
  #y: V
  #accepted = 0
  /** Of the step accepted last, once it was asked for. */
  #made: DenseOutput<V> | null = null
  readonly #interpolant = (): DenseOutput<V> => (this.#made ??= this.integrator.denseOutput())
  readonly #problem: Problem<V>
  readonly #rhs: CountedRhs<V>
  readonly #hooks: Hooks<V>

  constructor(problem: Problem<V>, rhs: CountedRhs<V>, hooks: Hooks<V>) {
    this.#problem = problem
    this.#rhs = rhs
    this.#hooks = hooks
    this.#t = problem.t0
    this.#y = problem.y0
    const { isDense, tEval, events } = problem
    this.integrator = createIntegrator(problem, rhs, isDense || tEval !== null || events !== null)
    this.output = new OutputCollector<V>(problem)
  }

  /** From the beginning, or from where `saved` stands, to the end. */
  from(saved: Saved | null): Ending<V> {
    try {
      if (saved === null) this.#start()
      else this.#load(saved as unknown as SavedSolve)
      return this.#run()
    } catch (error) {
      if (!(error instanceof WrongLength)) throw error
      return this.#fail(error.message, 'wrongLength')
    }
  }

  #start(): void {
    const { t0, y0, events } = this.#problem
    this.output.begin(t0, y0)
    this.integrator.start()
    if (this.integrator.failure === null && events !== null) this.watcher = new EventWatcher(events, t0, y0)
  }

  #load(saved: SavedSolve): void {
    const { events } = this.#problem
    this.#rhs.setCount(saved.nfev)
    this.integrator.load(saved.integrator)
    this.#t = this.integrator.t
    this.#y = this.integrator.y
    if (events !== null) {
      this.watcher = new EventWatcher(events, this.#t, this.#y)
      if (saved.events !== null) this.watcher.load(saved.events)
    }
    this.output.load(this.#t, saved.output)
  }

  #run(): Ending<V> {
    const { integrator, output, watcher } = this
    const { signal, onStep } = this.#hooks
    const { maxSteps } = this.#problem
    while (integrator.status === 'running') {
      if (signal?.aborted === true) return this.#fail(MESSAGES.aborted, 'aborted')
      if (this.#accepted >= maxSteps) return this.#fail(MESSAGES.maxSteps, 'maxSteps')
      integrator.step()
      if (integrator.failure !== null) break
      this.#accepted++
      const { t, tOld, y } = integrator
      this.#made = null
      const termination: Termination<V> | null =
        watcher === null ? null : watcher.watch(tOld, t, y, this.#interpolant)
      this.#t = termination === null ? t : termination.t
      this.#y = termination === null ? y : termination.y
      output.record(this.#t, this.#y, this.#interpolant)
      onStep?.({ t, y, tOld, nfev: this.#rhs.count(), snapshot: () => this.#snapshot() })
      if (termination !== null) return this.#end(1, MESSAGES.terminated)
    }
    const { failure } = integrator
    if (failure !== null) return this.#fail(failure.message, failure.kind, failure.component)
    return this.#end(0, MESSAGES.finished)
  }

  #fail(message: string, kind: IvpFailure['kind'], component?: number): Ending<V> {
    const failure = failureOf(kind, this.#t, component)
    const canResume = kind === 'aborted' || kind === 'maxSteps'
    return {
      t: this.#t,
      y: this.#y,
      status: -1,
      message,
      failure: canResume ? { ...failure, snapshot: this.#snapshot() } : failure,
    }
  }

  #end(status: 0 | 1, message: string): Ending<V> {
    return { t: this.#t, y: this.#y, status, message }
  }

  #snapshot(): Snapshot {
    const saved: SavedSolve = {
      nfev: this.#rhs.count(),
      integrator: this.integrator.save(),
      events: this.watcher?.save() ?? null,
      output: this.output.save(),
    }
    return this.#hooks.snapshotOf(this.#t, saved as unknown as Saved)
  }
}
