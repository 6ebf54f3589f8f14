import type { Clock } from 'effect'
import type { DirectionOptions } from '../../adjoint/index.ts'
import type { IvpOptions, IvpResult } from '../../ivp/index.ts'
import { StepwiseSolve } from '../../ivp/stepwiseSolve.ts'
import { layoutOf, leavesOf, readLeaves, type TensorTree, type TreeLayout } from '../flatten.ts'
import { checkFinite } from '../inputLeaves.ts'
import { SolveFailed } from '../odeErrors.ts'
import { evaluationOf, tensorRhs, type TensorFunction } from '../tensorRhs.ts'
import { tf, type Tensor } from '../tensor.ts'
import { Pace, type PaceOptions } from './pace.ts'
import { shareOf, type SolveProgress } from './progress.ts'
import { SolveTimedOut } from './solveTimedOut.ts'

/** Options of a solve that goes forward only. */
export interface RunOptions<P extends TensorTree> extends DirectionOptions<Float32Array>, PaceOptions {
  /** What `f` gets as its third argument, at its values when the solve began. */
  readonly params?: P
}

/** What is kept of a run: states at times, or the last one only. */
export type Kept = Pick<IvpOptions<Float32Array>, 'tEval' | 'save'>

/** A solve on tensors at work, one or several steps at a time. Throws what belongs into the error channel. Between its calls, its only tensors are copies of the parameters. */
export class TensorRun {
  readonly state: TreeLayout
  /** How it ended: 'finished', the kind of failure, 'timedOut', 'threw'; 'stopped' if it was ended from outside, or has not ended. */
  outcome = 'stopped'
  readonly #span: readonly [number, number]
  readonly #solve: StepwiseSolve<Float32Array>
  readonly #pace: Pace
  readonly #params: Tensor[] = []
  #result: IvpResult<Float32Array> | null = null

  /**
   * @param h0 - alive, as the parameters
   * @throws IvpInputError, ShapeMismatch
   */
  constructor(
    f: TensorFunction<TensorTree, TensorTree>,
    h0: TensorTree,
    span: readonly [number, number],
    options: RunOptions<TensorTree> & Kept,
    clock: Clock.Clock,
  ) {
    const { params = [], timeout, pauseEvery, ...forward } = options
    this.#span = span
    this.#pace = new Pace(clock, { timeout, pauseEvery })
    this.state = layoutOf(h0)
    const start = new Float32Array(this.state.total)
    readLeaves(leavesOf(h0), this.state, start)
    checkFinite(start)
    // Copies: over the run the caller may train the parameters or dispose of them. Kept: a `tf.tidy` around the consumer must not take them
    for (const leaf of leavesOf(params)) this.#params.push(tf.keep(tf.clone(leaf)))
    try {
      const paramLayout = layoutOf(params)
      const rhs = tensorRhs(
        evaluationOf(f, this.state, paramLayout),
        this.state,
        () => this.#params,
        paramLayout,
      )
      this.#solve = new StepwiseSolve<Float32Array>(rhs.f, span, start, { ...forward, inPlace: true })
    } catch (error) {
      this.#releaseParams()
      throw error
    }
  }

  get isRunning(): boolean {
    return this.#solve.isRunning
  }
  get isPauseDue(): boolean {
    return this.#pace.isPauseDue()
  }
  get t(): number {
    return this.#solve.t
  }
  get tOld(): number {
    return this.#solve.tOld
  }
  /** The state at `t`, a view that is valid until the next step. */
  get flat(): Float32Array {
    return this.#solve.y
  }
  get progress(): SolveProgress {
    const { t, nfev, nsteps, nrejected } = this.#solve
    return { t, share: shareOf(t, this.#span), nfev, nsteps, nrejected }
  }

  /** Takes steps: `count` of them, until a pause is due, or until the end. @throws SolveTimedOut, ShapeMismatch */
  advance(count: number): void {
    for (let i = 0; i < count && this.#solve.isRunning; i++) {
      if (this.#pace.isTimedOut()) {
        this.outcome = 'timedOut'
        throw new SolveTimedOut(this.#pace.timeout, this.#solve.t, this.#solve.end())
      }
      this.outcome = 'threw'
      this.#solve.step()
      this.outcome = 'stopped'
      if (this.#pace.isPauseDue()) return
    }
  }

  /** After a pause. */
  goOn(): void {
    this.#pace.goOn()
  }

  /** The result, at the end. */
  end(): IvpResult<Float32Array> {
    this.#result ??= this.#solve.end()
    this.outcome = this.#result.failure?.kind ?? 'finished'
    return this.#result
  }

  release(): void {
    this.#solve.release()
    this.#releaseParams()
  }

  #releaseParams(): void {
    tf.dispose(this.#params)
  }
}

/** The failure of a result as an error. @throws SolveFailed */
export function throwFailure(result: IvpResult<Float32Array>): void {
  if (result.failure !== undefined) throw new SolveFailed('forward', result.failure, result.nfev, result)
}
