import { createIntegrator } from './createIntegrator.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { NonFiniteInterpolant } from './nonFiniteInterpolant.ts'
import { EventWatcher, type Termination } from './event/event.ts'
import { MESSAGES, adviceAfter, failureOf } from './failure.ts'
import type { Integrator, Saved, StepFailure } from './integrator.ts'
import type { IvpFailure, IvpResult } from './ivpResult.ts'
import { firstDifference, wroteIntoY } from './lentState.ts'
import { tellOnce } from './noticed.ts'
import type { IvpOptions } from './options.ts'
import { OutputCollector } from './output/observer.ts'
import type { Problem } from './problem.ts'
import { resultOf, type Ending } from './resultOf.ts'
import { WrongLength } from './returnedDerivative.ts'
import type { CountedRhs } from './rhs.ts'
import { demandForm } from './savedForm.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import { TimeLimit } from './timeLimit.ts'
import { unseenComponents, type UnseenComponents } from './unseenComponents.ts'

/** What the caller may do between steps. */
export interface Hooks<V extends FloatArray> extends Pick<
  IvpOptions<V, ReadonlyArray<unknown>>,
  'signal' | 'timeout' | 'onStep'
> {
  /** Interpolants of single steps will be asked for. */
  readonly wantsInterpolants?: boolean
  /** Looks at the state after every accepted step but the last, at a view of it; a failure ends the solve. */
  readonly watch?: (t: number, y: V) => IvpFailure | null
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
  /** Where a terminal event ended the solve; null as long as none did. */
  readonly termination: Saved
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
  private termination: Termination<V> | null = null
  private unseen: UnseenComponents<V> | null = null
  declare private readonly timeLimit: TimeLimit | null
  private accepted = 0
  /** Events and output of the step accepted last are not dealt with yet. */
  private isPending = false
  /** Steps accepted before the snapshot that the solve goes on from. */
  private before = 0
  /** Of the step accepted last, once it was asked for. */
  private made: DenseOutput<V> | null = null
  /** What `onStep` sees. */
  private hasWritten = false
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
    const timeout = hooks.timeout ?? Infinity
    this.timeLimit = timeout === Infinity ? null : new TimeLimit(timeout)
    // A snapshot holds the interpolant of the last step too
    const hasSnapshots =
      onStep !== undefined || signal !== undefined || problem.maxSteps < Infinity || this.timeLimit !== null
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
      return this.endedBy(error)
    }
  }

  /** Takes `count` more steps at most. */
  goOn(count: number): Ending<V> | null {
    try {
      return this.run(count)
    } catch (error) {
      return this.endedBy(error)
    }
  }

  /** Ends a solve between two steps. */
  abort(): Ending<V> {
    return this.fail({ kind: 'aborted', message: MESSAGES.aborted })
  }

  resultOf(ending: Ending<V>): IvpResult<V> {
    const { integrator, output, watcher, nsteps } = this
    this.unseen?.tell(this.problem.warnings)
    this.unseen = null
    output.finish(ending.t, ending.y)
    return resultOf(this.problem, ending, { integrator, output, watcher, nsteps, nfev: this.rhs.count() })
  }

  /** The right-hand side gave what is no derivative, or an interpolant that was needed is not finite. */
  private endedBy(error: unknown): Ending<V> {
    const { integrator } = this
    // A step that could not be interpolated counts as not taken
    const t = this.isPending ? integrator.tOld : integrator.t
    const y = this.isPending ? integrator.yOld : integrator.y
    if (this.isPending) this.accepted--
    this.isPending = false
    if (error instanceof WrongLength) return this.fail({ kind: 'wrongLength', message: error.message }, t, y)
    if (!(error instanceof NonFiniteInterpolant)) throw error
    const { message, component } = error
    return this.fail({ kind: 'nonFinite', message, component }, t, y)
  }

  private start(): void {
    const { t0, y0, events, tolerance, step } = this.problem
    // Before the first call of fun, so that what an event returns is looked at first
    if (events !== null) this.watcher = new EventWatcher(events, t0, y0, this.problem.warnings)
    this.output.begin(t0, y0)
    // Of a backward solve it is said for all its segments at once
    if (step === null && this.hooks.watch === undefined)
      this.unseen = unseenComponents(y0, tolerance, this.problem.warnings)
    this.integrator.start()
  }

  private load(saved: SavedSolve): void {
    const { events } = this.problem
    demandForm(saved as unknown as Saved, this.integrator, events?.length ?? 0)
    this.rhs.setCount(saved.nfev)
    this.before = saved.nsteps
    this.integrator.load(saved.integrator)
    if (events !== null) {
      this.watcher = new EventWatcher(events, this.integrator.t, this.integrator.y, this.problem.warnings)
      if (saved.events !== null) this.watcher.load(saved.events)
    }
    this.output.load(this.integrator.t, saved.output)
    this.termination = saved.termination as Termination<V> | null
  }

  private run(count: number): Ending<V> | null {
    const { integrator, output, watcher, timeLimit } = this
    let { unseen } = this
    if (this.termination !== null) return this.terminated(this.termination)
    const { signal, onStep, watch } = this.hooks
    const { maxSteps } = this.problem
    const pause = Math.min(maxSteps, this.accepted + count)
    // Nobody looks at single steps
    const isBare = watcher === null && onStep === undefined && !output.wantsSteps
    while (integrator.status === 'running') {
      if (signal?.aborted === true) return this.abort()
      if (timeLimit !== null && timeLimit.isOver())
        return this.fail({ kind: 'aborted', message: MESSAGES.timeout })
      if (this.accepted >= pause)
        return this.accepted >= maxSteps ? this.fail({ kind: 'maxSteps', message: MESSAGES.maxSteps }) : null
      integrator.step()
      if (integrator.failure !== null) break
      this.accepted++
      if (unseen !== null) {
        unseen.look(integrator.y)
        if (unseen.isEmpty) unseen = null
      }
      if (watch !== undefined && (integrator.status as string) === 'running') {
        const failure = watch(integrator.t, integrator.y)
        if (failure !== null) return this.fail({ ...failure, message: failure.advice })
      }
      if (isBare) continue
      const { tOld } = integrator
      this.made = null
      this.isPending = true
      const termination =
        watcher === null ? null : watcher.watch(tOld, integrator.t, integrator.y, this.interpolant)
      // Not taken apart together: of two kinds of objects V8 looks up their members by name
      const t = termination === null ? integrator.t : termination.t
      const y = termination === null ? integrator.y : termination.y
      output.record(t, y, this.interpolant)
      this.isPending = false
      this.termination = termination
      if (onStep !== undefined) this.tell(onStep, t, y, tOld)
      if (termination !== null) return this.terminated(termination)
    }
    const { failure } = integrator
    if (failure !== null) return this.fail(failure)
    return { t: integrator.t, y: integrator.y, status: 0, message: MESSAGES.finished }
  }

  private tell(onStep: NonNullable<Hooks<V>['onStep']>, t: number, y: V, tOld: number): void {
    const copy = y.slice() as V
    onStep({ t, y: copy, tOld, nfev: this.rhs.count(), snapshot: () => this.snapshot() })
    if (this.hasWritten || firstDifference(copy, y) < 0) return
    this.hasWritten = true
    const cure = 'to go on from another state, start a new solve there'
    tellOnce(this.problem.warnings, wroteIntoY('`onStep`', cure))
  }

  private terminated(termination: Termination<V>): Ending<V> {
    return { ...termination, status: 1, message: MESSAGES.terminated }
  }

  /** Ends the solve at (t, y); an integrator that failed still stands at the last good state. */
  private fail(
    { kind, message, component, advice }: Pick<StepFailure, 'kind' | 'message'> & Partial<StepFailure>,
    t: number = this.integrator.t,
    y: V = this.integrator.y,
  ): Ending<V> {
    const failure = failureOf(kind, t, component, adviceAfter(this.problem.warnings, kind, advice))
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
      termination: this.termination as unknown as Saved,
    }
    return this.hooks.snapshotOf(this.integrator.t, saved as unknown as Saved)
  }
}
