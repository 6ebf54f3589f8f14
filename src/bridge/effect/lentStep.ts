import { IvpInputError } from '../../ivp/index.ts'
import { toLeaves, type TensorTree } from '../flatten.ts'
import { tf, type Tensor } from '../tensor.ts'
import type { SolveProgress } from './progress.ts'
import type { TensorRun } from './tensorRun.ts'

/** One accepted step of a solve on tensors. */
export interface TensorStep<H extends TensorTree> extends SolveProgress {
  /** Where the step began; `t` is where it ended. */
  readonly tOld: number
  /**
   * The state at `t`, in the form of h0. Its tensors belong to the stream, which makes them when they are first read, and disposes of them when
   * the next step is pulled or the stream ends; keep a `tf.clone`.
   */
  readonly h: H
}

/** A step on loan: its tensors are made on demand and taken back. */
export class LentStep<H extends TensorTree> implements TensorStep<H> {
  readonly t: number
  readonly tOld: number
  readonly share: number
  readonly nfev: number
  readonly nsteps: number
  readonly nrejected: number
  readonly #run: TensorRun
  #leaves: Tensor[] | null = null
  #isOver = false

  constructor(run: TensorRun) {
    const { t, share, nfev, nsteps, nrejected } = run.progress
    this.t = t
    this.tOld = run.tOld
    this.share = share
    this.nfev = nfev
    this.nsteps = nsteps
    this.nrejected = nrejected
    this.#run = run
  }

  get h(): H {
    if (this.#isOver) {
      throw new IvpInputError(
        'h',
        `the state at t = ${this.t}`,
        'must be read before the next step is pulled and before the stream ends; take a `tf.clone` of it there',
      )
    }
    // Kept: read inside a `tf.tidy`, they must outlive it
    this.#leaves ??= toLeaves(this.#run.flat, this.#run.state).map((leaf) => tf.keep(leaf))
    return this.#run.state.rebuild(this.#leaves) as H
  }

  /** Takes the tensors back. */
  takeBack(): void {
    this.#isOver = true
    if (this.#leaves !== null) tf.dispose(this.#leaves)
    this.#leaves = null
  }
}
