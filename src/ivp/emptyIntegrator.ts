import type { DenseOutput } from './dense/denseOutput.ts'
import { constantDense } from './dense/rkDense.ts'
import { TIME_OVERFLOW, firstNonFinite, notFiniteAtStart } from './failure.ts'
import type { Integrator, Saved, StepFailure } from './integrator.ts'
import type { JacobianSource } from './jacobian/jacobianSource.ts'
import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import type { VectorSpace } from './space/vectorSpace.ts'
import type { Rhs } from './space/workspace.ts'

/** A state without components, or an interval without length: one step that goes straight to the end, whatever the method, as in scipy. */
export class EmptyIntegrator<V extends FloatArray> implements Integrator<V> {
  t: number
  tOld: number
  readonly y: V
  readonly nlu = 0
  readonly nrejected = 0
  status: Integrator<V>['status'] = 'running'
  failure: StepFailure | null = null
  readonly #space: VectorSpace<V>
  readonly #rhs: Rhs<V>
  readonly #tBound: number
  readonly #jacobian: JacobianSource | null

  /** @param jacobian - of an implicit method, which evaluates it before the first step */
  constructor(
    space: VectorSpace<V>,
    rhs: Rhs<V>,
    t0: number,
    y0: V,
    tBound: number,
    jacobian: JacobianSource | null,
  ) {
    this.#space = space
    this.#rhs = rhs
    this.#tBound = tBound
    this.#jacobian = jacobian
    this.t = t0
    this.tOld = t0
    this.y = y0
  }

  get yOld(): V {
    return this.y
  }

  get njev(): number {
    return this.#jacobian?.count ?? 0
  }

  start(): void {
    const f0 = this.#rhs(this.t, this.y, zerosLike(this.y))
    const bad = firstNonFinite(f0)
    if (bad >= 0) {
      this.failure = notFiniteAtStart(this.t, bad)
      this.status = 'failed'
    } else if (this.#jacobian !== null && this.y.length > 0) {
      this.#jacobian.evaluate(this.t, Float64Array.from(this.y), Float64Array.from(f0))
    }
  }

  step(): void {
    if (!Number.isFinite(this.#tBound)) {
      this.failure = TIME_OVERFLOW
      this.status = 'failed'
      return
    }
    this.tOld = this.t
    this.t = this.#tBound
    this.status = 'finished'
  }

  denseOutput(): DenseOutput<V> {
    return constantDense(this.#space, this.t, this.y)
  }

  settle(): void {}

  release(): void {}

  save(): Saved {
    const { t, tOld, status } = this
    return { t, tOld, status, jacobian: this.#jacobian?.save() ?? null }
  }

  load(saved: Saved): void {
    const { t, tOld, status, jacobian } = saved as unknown as SavedEmpty
    this.t = t
    this.tOld = tOld
    this.status = status
    if (jacobian !== null) this.#jacobian?.load(jacobian)
  }
}

interface SavedEmpty {
  readonly t: number
  readonly tOld: number
  readonly status: 'running' | 'finished' | 'failed'
  readonly jacobian: Saved
}
