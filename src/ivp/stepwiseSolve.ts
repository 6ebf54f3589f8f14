import type { DenseOutput } from './dense/denseOutput.ts'
import { Solve, type Hooks } from './integrate.ts'
import type { IvpResult } from './ivpResult.ts'
import type { IvpOptions } from './options.ts'
import { hooksOf, prepare } from './resume.ts'
import type { Ending } from './resultOf.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/**
 * `solveIvp` at the caller's pace: the same options, numbers and result, but it waits after each step. What `OdeSolver` leaves to its user,
 * output times, events, bounds and the result, is part of it. `release` must be called in the end, whatever happened.
 */
export class StepwiseSolve<V extends FloatArray> {
  readonly #solve: Solve<V>
  readonly #count: () => number
  #ending: Ending<V> | null

  /**
   * Evaluates the right-hand side at the start and for the choice of the first step size.
   * @param hooks - whether `interpolant` may be called, and who looks at every step
   * @throws IvpInputError before that
   */
  constructor(
    fun: (t: number, y: V, dydt: V) => void,
    tSpan: readonly [number, number],
    y0: V,
    options: IvpOptions<V> & { readonly inPlace: true },
    hooks: Pick<Hooks<V>, 'wantsInterpolants' | 'watch'> = {},
  ) {
    const { problem, rhs, snapshotOf } = prepare<V>(fun, tSpan, y0, options)
    this.#count = rhs.count
    this.#solve = new Solve(problem, rhs, { ...hooksOf(options, snapshotOf), ...hooks })
    try {
      this.#ending = this.#solve.from(null, 0)
    } catch (error) {
      this.release()
      throw error
    }
  }

  get isRunning(): boolean {
    return this.#ending === null
  }
  get t(): number {
    return this.#solve.integrator.t
  }
  get tOld(): number {
    return this.#solve.integrator.tOld
  }
  /** The state at `t`, a view that is valid until the next step. */
  get y(): V {
    return this.#solve.integrator.y
  }
  get nfev(): number {
    return this.#count()
  }
  get nsteps(): number {
    return this.#solve.nsteps
  }
  get nrejected(): number {
    return this.#solve.integrator.nrejected
  }

  /** The solution within the step taken last. */
  interpolant(): DenseOutput<V> {
    return this.#solve.integrator.denseOutput()
  }

  /** Takes the next step of a solve that is running. */
  step(): void {
    this.#ending = this.#solve.goOn(1)
  }

  /** The result, once; of a solve that is still running the partial one, with failure 'aborted' and a snapshot to go on from. */
  end(): IvpResult<V> {
    this.#ending ??= this.#solve.abort()
    return this.#solve.resultOf(this.#ending)
  }

  /** Gives pooled storage back. */
  release(): void {
    this.#solve.integrator.release()
  }
}
