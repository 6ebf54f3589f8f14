import { createIntegrator } from './createIntegrator.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { EventWatcher } from './event/event.ts'
import { MESSAGES, failureOf } from './failure.ts'
import type { Integrator, Saved } from './integrator.ts'
import type { IvpFailure, IvpResult } from './ivpResult.ts'
import type { IvpOptions } from './options.ts'
import { OutputCollector } from './output/observer.ts'
import type { Problem } from './problem.ts'
import { resultOf, type Ending } from './resultOf.ts'
import { WrongLength, type CountedRhs } from './rhs.ts'
import { demandForm } from './savedForm.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** What the caller may do between steps. */
export interface Hooks<V extends FloatArray> extends Pick<
  IvpOptions<V, ReadonlyArray<unknown>>,
  'signal' | 'onStep'
> {
  /** Interpolants of single steps will be asked for. */
  readonly wantsInterpolants?: boolean
  /** Makes a snapshot of what `Solve.save` gives. */
  readonly snapshotOf: (t: number, saved: Saved) => Snapshot
}

/** The parts of a solve between two steps, for snapshots. */
export interface SavedSolve {
  readonly nfev: number
  readonly nsteps: number
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
  const { integrator } = solve
  try {
    const ending = solve.from(saved, Infinity)
    return solve.resultOf(ending!)
  } finally {
    integrator.release()
  }
}

/** A solve at work. */
export class Solve<V extends FloatArray> {
  declare readonly integrator: Integrator<V>
  declare readonly output: OutputCollector<V>
  watcher: EventWatcher<V> | null = null
  private accepted = 0
  /** Steps accepted before the snapshot that the solve goes on from. */
  private before = 0
  /** Of the step accepted last, once it was asked for. */
  private made: DenseOutput<V> | null = null
  private readonly interpolant = (): DenseOutput<V> => (this.made ??= this.integrator.denseOutput())
  declare private readonly problem: Problem<V>
  declare private readonly rhs: CountedRhs<V>
  declare private readonly hooks: Hooks<V>

  constructor(problem: Problem<V>, rhs: CountedRhs<V>, hooks: Hooks<V>) {
    this.problem = problem
    this.rhs = rhs
    this.hooks = hooks
    const { isDense, tEval, events } = problem
    const { onStep, signal, wantsInterpolants = false } = hooks
    // A snapshot holds the interpolant of the last step too
    const hasSnapshots = onStep !== undefined || signal !== undefined || problem.maxSteps < Infinity
    const needsDense = isDense || tEval !== null || events !== null || hasSnapshots || wantsInterpolants
    this.integrator = createIntegrator(problem, rhs, needsDense, true)
    this.output = new OutputCollector<V>(problem)
  }

  get nsteps(): number {
    return this.before + this.accepted
  }

  /** From the beginning, or from where `saved` stands, over `count` steps at most. Returns how the solve ended, or null. */
  from(saved: Saved | null, count: number): Ending<V> | null {
    try {
      if (saved === null) this.start()
      else this.load(saved as unknown as SavedSolve)
      return this.run(count)
    } catch (error) {
      return this.wrongLength(error)
    }
  }

  /** Takes `count` more steps at most. */
  goOn(count: number): Ending<V> | null {
    try {
      return this.run(count)
    } catch (error) {
      return this.wrongLength(error)
    }
  }

  /** Ends a solve between two steps. */
  abort(): Ending<V> {
    return this.fail(MESSAGES.aborted, 'aborted')
  }

  resultOf(ending: Ending<V>): IvpResult<V> {
    const { integrator, output, watcher, nsteps } = this
    output.finish(ending.t, ending.y)
    return resultOf(this.problem, ending, { integrator, output, watcher, nsteps, nfev: this.rhs.count() })
  }

  private wrongLength(error: unknown): Ending<V> {
    if (!(error instanceof WrongLength)) throw error
    return this.fail(error.message, 'wrongLength')
  }

  private start(): void {
    const { t0, y0, events } = this.problem
    this.output.begin(t0, y0)
    this.integrator.start()
    if (this.integrator.failure === null && events !== null) this.watcher = new EventWatcher(events, t0, y0)
  }

  private load(saved: SavedSolve): void {
    const { events } = this.problem
    demandForm(saved as unknown as Saved, this.integrator, events?.length ?? 0)
    this.rhs.setCount(saved.nfev)
    this.before = saved.nsteps
    this.integrator.load(saved.integrator)
    if (events !== null) {
      this.watcher = new EventWatcher(events, this.integrator.t, this.integrator.y)
      if (saved.events !== null) this.watcher.load(saved.events)
    }
    this.output.load(this.integrator.t, saved.output)
  }

  private run(count: number): Ending<V> | null {
    const { integrator, output, watcher } = this
    const { signal, onStep } = this.hooks
    const { maxSteps } = this.problem
    const pause = Math.min(maxSteps, this.accepted + count)
    // Nobody looks at single steps
    const isBare = watcher === null && onStep === undefined && !output.wantsSteps
    while (integrator.status === 'running') {
      if (signal?.aborted === true) return this.abort()
      if (this.accepted >= pause)
        return this.accepted >= maxSteps ? this.fail(MESSAGES.maxSteps, 'maxSteps') : null
      integrator.step()
      if (integrator.failure !== null) break
      this.accepted++
      if (isBare) continue
      const { t, tOld, y } = integrator
      this.made = null
      const termination = watcher === null ? null : watcher.watch(tOld, t, y, this.interpolant)
      output.record(termination?.t ?? t, termination?.y ?? y, this.interpolant)
      onStep?.({ t, y, tOld, nfev: this.rhs.count(), snapshot: () => this.snapshot() })
      if (termination !== null) return { ...termination, status: 1, message: MESSAGES.terminated }
    }
    const { failure } = integrator
    if (failure !== null) return this.fail(failure.message, failure.kind, failure.component)
    return { t: integrator.t, y: integrator.y, status: 0, message: MESSAGES.finished }
  }

  private fail(message: string, kind: IvpFailure['kind'], component?: number): Ending<V> {
    // An integrator that failed still stands at the last good state
    const { t, y } = this.integrator
    const failure = failureOf(kind, t, component)
    const canResume = kind === 'aborted' || kind === 'maxSteps'
    return {
      t,
      y,
      status: -1,
      message,
      failure: canResume ? { ...failure, snapshot: this.snapshot() } : failure,
    }
  }

  private snapshot(): Snapshot {
    const saved: SavedSolve = {
      nfev: this.rhs.count(),
      nsteps: this.nsteps,
      integrator: this.integrator.save(),
      events: this.watcher?.save() ?? null,
      output: this.output.save(),
    }
    return this.hooks.snapshotOf(this.integrator.t, saved as unknown as Saved)
  }
}
