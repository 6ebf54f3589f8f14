/// <reference lib="esnext.disposable" preserve="true" />
import { createIntegrator } from './createIntegrator.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { IvpInputError } from './errors.ts'
import { NonFiniteInterpolant } from './nonFiniteInterpolant.ts'
import { adviceAfter, failureOf } from './failure.ts'
import type { SavedSolve } from './integrate.ts'
import type { Integrator, Saved } from './integrator.ts'
import type { IvpFailure } from './ivpResult.ts'
import type { Flag, RightHandSide } from './rightHandSide.ts'
import { UNWATCHED, reopen, type PreparedSolve, type ResumeOptions } from './resume.ts'
import { WrongLength } from './returnedDerivative.ts'
import { demandForm } from './savedForm.ts'
import type { Snapshot } from './snapshot.ts'
import { unseenComponents } from './unseenComponents.ts'
import { copyOf, type FloatArray } from './space/typedArraySpace.ts'

/** One step of a solver object; `y` is a copy. */
export interface SolverStep<V> {
  /** Where the step ended. */
  readonly t: number
  /** Where the step began. */
  readonly tOld: number
  /** The state at t, shape (n), a copy. */
  readonly y: V
}

/** What is known of a solver object without its memory. */
type Standing<V> = Pick<
  Integrator<V>,
  't' | 'tOld' | 'y' | 'status' | 'failure' | 'njev' | 'nlu' | 'nrejected'
>

/**
 * A method at work on a problem, stepped by hand as scipy's `OdeSolver`:
 * @example
 * const solver = new RK45((t, y) => [-y[0]], 0, [1], 10)
 * while (solver.status === 'running') solver.step()
 * for (const { t, y } of new Radau(f, 0, [1], 10)) console.log(t, y)
 *
 * The memory that its steps work in is given back at the end of the solve. A solver that is left before the end gives it back by `dispose()`, or
 * where `using solver = new RK45(...)` goes out of scope; else the garbage collector finds it.
 */
export class OdeSolver<V extends FloatArray = FloatArray> implements Iterable<SolverStep<V>> {
  /** Not of V, so that an `OdeSolver<Float64Array>` is an `OdeSolver`. */
  readonly #prepared: PreparedSolve<FloatArray>
  /** Null when disposed. */
  #integrator: Integrator<V> | null
  /** The integrator, or what was copied of it. */
  #standing: Standing<V>
  #wrongLength: IvpFailure | null = null
  #nsteps = 0

  /**
   * @param fun - as for `solveIvp`; its y is valid during the call only
   * @param y0 - state of length n; its element type is that of every state
   * @throws IvpInputError before the first call of `fun`
   */
  protected constructor(prepared: PreparedSolve<V>, saved: Saved | null) {
    this.#prepared = prepared as unknown as PreparedSolve<FloatArray>
    const integrator = createIntegrator(prepared.problem, prepared.rhs, true, false)
    this.#integrator = integrator
    this.#standing = integrator
    const { y0, tolerance, step, warnings } = prepared.problem
    // Named where they start; nobody says when the steps are over
    if (saved === null && step === null) unseenComponents(y0, tolerance, warnings)
    try {
      if (saved === null) this.#guard(() => integrator.start())
      else {
        demandForm(saved, integrator, prepared.problem.events?.length ?? 0)
        const { nfev, nsteps, integrator: from } = saved as unknown as SavedSolve
        prepared.rhs.setCount(nfev)
        this.#nsteps = nsteps
        integrator.load(from)
      }
    } catch (error) {
      integrator.release()
      throw error
    }
    if (this.status !== 'running') integrator.settle()
  }

  /**
   * Goes on from a snapshot of any solver object or solve, bit for bit.
   * @param options - as for `resume`; a solver object watches no events
   * @throws IvpInputError as `resume`
   */
  static resume<
    V extends FloatArray = Float64Array,
    A extends ReadonlyArray<unknown> = [],
    P extends Flag = false,
    W extends Flag = false,
  >(
    fun: RightHandSide<V, A, P, W>,
    snapshot: Snapshot,
    options: ResumeOptions<V, A, P, W> = {},
  ): OdeSolver<V> {
    const { prepared, solve } = reopen<V>(fun as never, snapshot, options as never)
    return new OdeSolver(prepared, solve)
  }

  /** Number of components. */
  get n(): number {
    return this.#prepared.problem.y0.length
  }
  /** Where the solver stands. */
  get t(): number {
    return this.#standing.t
  }
  /** The state at `t`, a copy of shape (n). */
  get y(): V {
    return copyOf(this.#standing.y)
  }
  /** Start of the last step; null before the first one. */
  get tOld(): number | null {
    const { t, tOld } = this.#standing
    return tOld === t && this.status !== 'finished' ? null : tOld
  }
  /** Where it ends. */
  get tBound(): number {
    return this.#prepared.problem.t1
  }
  /** Of the integration: 1, or -1 backwards. */
  get direction(): number {
    return this.#prepared.problem.direction
  }
  /** Length of the last step; null before the first one. */
  get stepSize(): number | null {
    const { tOld } = this
    return tOld === null ? null : Math.abs(this.t - tOld)
  }
  /** 'running' as long as `step()` may be called; 'finished' at `tBound`; 'failed' as `failure` says. */
  get status(): 'running' | 'finished' | 'failed' {
    return this.#wrongLength === null ? this.#standing.status : 'failed'
  }
  /** Evaluations of `fun`; as in scipy without those for Jacobians by finite differences. */
  get nfev(): number {
    return this.#prepared.rhs.count()
  }
  /** Evaluations of the Jacobian; 0 for explicit methods. */
  get njev(): number {
    return this.#standing.njev
  }
  /** LU decompositions; 0 for explicit methods. */
  get nlu(): number {
    return this.#standing.nlu
  }
  /** Steps accepted. */
  get nsteps(): number {
    return this.#nsteps
  }
  /** Attempts of a step that were not accepted. */
  get nrejected(): number {
    return this.#standing.nrejected
  }
  /** Why `status` is 'failed'; null otherwise. */
  get failure(): IvpFailure | null {
    const { failure, t } = this.#standing
    if (this.#wrongLength !== null || failure === null) return this.#wrongLength
    const { kind, component, advice } = failure
    return failureOf(kind, t, component, adviceAfter(this.warnings, kind, advice))
  }
  /** What the caller should know but did not ask for; nothing prints by itself. */
  get warnings(): ReadonlyArray<string> {
    return this.#prepared.problem.warnings
  }

  /**
   * Takes one step.
   * @returns why the solver failed, or null
   * @throws IvpInputError when the status is not 'running', or the solver is disposed
   */
  step(): string | null {
    const integrator = this.#atWork('step')
    if (this.status !== 'running') {
      throw new IvpInputError(
        'status',
        this.status,
        "must be 'running' when `step()` is called: ask it before",
      )
    }
    this.#guard(() => integrator.step())
    if (this.status !== 'running') integrator.settle()
    const { failure } = this
    if (failure === null) this.#nsteps++
    return failure === null ? null : (integrator.failure?.message ?? failure.advice)
  }

  /**
   * The interpolant of the last step; it stays valid.
   * @throws IvpInputError before the first step, when the solver is disposed, or where `fun` is not finite at a time that only the interpolant needs
   */
  denseOutput(): DenseOutput<V> {
    const integrator = this.#atWork('denseOutput')
    if (this.tOld === null) {
      throw new IvpInputError(
        'tOld',
        null,
        'must be known when `denseOutput()` is called: call `step()` first',
      )
    }
    try {
      return integrator.denseOutput()
    } catch (error) {
      if (!(error instanceof NonFiniteInterpolant)) throw error
      throw new IvpInputError('fun', NaN, `must be finite for \`denseOutput()\`: ${error.message}`)
    }
  }

  /**
   * Steps until the end or a failure. A loop that is left by `break` leaves the solver where it stands, to be stepped on or asked for
   * `denseOutput()`: it is not disposed.
   */
  *[Symbol.iterator](): Iterator<SolverStep<V>> {
    while (this.status === 'running') {
      if (this.step() !== null) return
      yield { t: this.t, tOld: this.#standing.tOld, y: this.y }
    }
  }

  /**
   * Where the solver stands, as plain JSON.
   * @throws IvpInputError when the solver is disposed
   */
  snapshot(): Snapshot {
    const integrator = this.#atWork('snapshot')
    const { nfev, nsteps } = this
    const saved: SavedSolve = {
      nfev,
      nsteps,
      integrator: integrator.save(),
      events: UNWATCHED,
      output: 0,
      termination: null,
    }
    return this.#prepared.snapshotOf(this.t, saved as unknown as Saved)
  }

  /**
   * Gives all memory back but that of `y`. Afterwards `t`, `y`, `status` and the counters answer as before; `step()`, `denseOutput()` and
   * `snapshot()` throw. Idempotent. `using` calls it where the runtime knows `Symbol.dispose`.
   */
  dispose(): void {
    const integrator = this.#integrator
    if (integrator === null) return
    const { t, tOld, y, status, failure, njev, nlu, nrejected } = integrator
    this.#standing = { t, tOld, y: copyOf(y), status, failure, njev, nlu, nrejected }
    this.#integrator = null
    integrator.release()
  }

  /** For `using`. An older browser, without that symbol, gets a method named 'undefined', which nothing calls. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  #atWork(call: string): Integrator<V> {
    if (this.#integrator !== null) return this.#integrator
    throw new IvpInputError(call, 'disposed', 'must be called before `dispose()`')
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof WrongLength)) throw error
      this.#wrongLength = failureOf('wrongLength', this.t)
    }
  }
}
