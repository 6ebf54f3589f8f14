import { createIntegrator } from './createIntegrator.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { IvpInputError } from './errors.ts'
import { failureOf } from './failure.ts'
import type { SavedSolve } from './integrate.ts'
import type { Integrator, Saved } from './integrator.ts'
import type { IvpFailure } from './ivpResult.ts'
import type { IvpOptions } from './options.ts'
import { UNWATCHED, reopen, type PreparedSolve, type ResumeOptions } from './resume.ts'
import { WrongLength } from './rhs.ts'
import { demandForm } from './savedForm.ts'
import type { Snapshot } from './snapshot.ts'
import { copyOf, type FloatArray } from './space/typedArraySpace.ts'

/** Options of a solver object: those of `solveIvp` that steps depend on. */
export type SolverOptions<V extends FloatArray, A extends ReadonlyArray<unknown> = []> = Omit<
  IvpOptions<V, A>,
  'method' | 'tEval' | 'denseOutput' | 'events' | 'save' | 'maxSteps' | 'signal' | 'onStep'
>

/** One step of a solver object; `y` is a copy. */
export interface SolverStep<V> {
  readonly t: number
  readonly tOld: number
  readonly y: V
}

/**
 * A method at work on a problem, stepped by hand as scipy's `OdeSolver`:
 * @example
 * const solver = new RK45((t, y) => [-y[0]], 0, [1], 10)
 * while (solver.status === 'running') solver.step()
 * for (const { t, y } of new Radau(f, 0, [1], 10)) console.log(t, y)
 */
export class OdeSolver<V extends FloatArray = FloatArray> implements Iterable<SolverStep<V>> {
  readonly #prepared: PreparedSolve<V>
  readonly #integrator: Integrator<V>
  #wrongLength: IvpFailure | null = null
  #nsteps = 0

  /**
   * @param fun - as for `solveIvp`
   * @param y0 - state of length n; its element type is that of every state
   * @throws IvpInputError before the first call of `fun`
   */
  protected constructor(prepared: PreparedSolve<V>, saved: Saved | null) {
    this.#prepared = prepared
    this.#integrator = createIntegrator(prepared.problem, prepared.rhs, true, false)
    if (saved === null) this.#guard(() => this.#integrator.start())
    else {
      demandForm(saved, this.#integrator, prepared.problem.events?.length ?? 0)
      const { nfev, nsteps, integrator } = saved as unknown as SavedSolve
      prepared.rhs.setCount(nfev)
      this.#nsteps = nsteps
      this.#integrator.load(integrator)
    }
  }

  /**
   * Goes on from a snapshot of any solver object or solve, bit for bit.
   * @param options - as for `resume`; a solver object watches no events
   * @throws IvpInputError as `resume`
   */
  static resume<V extends FloatArray = Float64Array, A extends ReadonlyArray<unknown> = []>(
    fun: (t: number, y: V, ...args: [...A]) => unknown,
    snapshot: Snapshot,
    options: ResumeOptions<V, A> = {},
  ): OdeSolver<V> {
    const { prepared, solve } = reopen<V>(fun, snapshot, options as never)
    return new OdeSolver(prepared, solve)
  }

  get n(): number {
    return this.#prepared.problem.y0.length
  }
  get t(): number {
    return this.#integrator.t
  }
  /** The state at `t`, a copy of shape (n). */
  get y(): V {
    return copyOf(this.#integrator.y)
  }
  /** Start of the last step; null before the first one. */
  get tOld(): number | null {
    const { t, tOld } = this.#integrator
    return tOld === t && this.status !== 'finished' ? null : tOld
  }
  get tBound(): number {
    return this.#prepared.problem.t1
  }
  /** 1 or -1. */
  get direction(): number {
    return this.#prepared.problem.direction
  }
  /** Length of the last step; null before the first one. */
  get stepSize(): number | null {
    const { tOld } = this
    return tOld === null ? null : Math.abs(this.t - tOld)
  }
  get status(): 'running' | 'finished' | 'failed' {
    return this.#wrongLength === null ? this.#integrator.status : 'failed'
  }
  get nfev(): number {
    return this.#prepared.rhs.count()
  }
  get njev(): number {
    return this.#integrator.njev
  }
  get nlu(): number {
    return this.#integrator.nlu
  }
  /** Steps accepted. */
  get nsteps(): number {
    return this.#nsteps
  }
  /** Attempts of a step that were not accepted. */
  get nrejected(): number {
    return this.#integrator.nrejected
  }
  /** Why `status` is 'failed'; null otherwise. */
  get failure(): IvpFailure | null {
    const { failure, t } = this.#integrator
    return this.#wrongLength ?? (failure === null ? null : failureOf(failure.kind, t, failure.component))
  }
  get warnings(): ReadonlyArray<string> {
    return this.#prepared.problem.warnings
  }

  /**
   * Takes one step.
   * @returns why the solver failed, or null
   * @throws IvpInputError when the status is not 'running'
   */
  step(): string | null {
    if (this.status !== 'running') {
      throw new IvpInputError(
        'status',
        this.status,
        "must be 'running' when `step()` is called: ask it before",
      )
    }
    this.#guard(() => this.#integrator.step())
    const { failure } = this
    if (failure === null) this.#nsteps++
    return failure === null ? null : (this.#integrator.failure?.message ?? failure.advice)
  }

  /** The interpolant of the last step; it stays valid. */
  denseOutput(): DenseOutput<V> {
    if (this.tOld === null) {
      throw new IvpInputError(
        'tOld',
        null,
        'must be known when `denseOutput()` is called: call `step()` first',
      )
    }
    return this.#integrator.denseOutput()
  }

  /** Steps until the end or a failure. */
  *[Symbol.iterator](): Iterator<SolverStep<V>> {
    while (this.status === 'running') {
      if (this.step() !== null) return
      yield { t: this.t, tOld: this.#integrator.tOld, y: this.y }
    }
  }

  /** Where the solver stands, as plain JSON. */
  snapshot(): Snapshot {
    const { nfev, nsteps } = this
    const saved: SavedSolve = {
      nfev,
      nsteps,
      integrator: this.#integrator.save(),
      events: UNWATCHED,
      output: 0,
    }
    return this.#prepared.snapshotOf(this.t, saved as unknown as Saved)
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
