import type { DenseOutput } from '../dense/denseOutput.ts'
import { rkDense } from '../dense/rkDense.ts'
import type { ErkMethod, SparseRow } from '../method/butcherTableau.ts'
import type { VectorSpace } from '../space/vectorSpace.ts'
import type { Stepper } from './stepper.ts'

/** f(t, y) written to `out`; only the returned value is valid afterwards. */
export type Rhs<V> = (t: number, y: V, out: V) => V

/**
 * Every explicit Runge-Kutta method over every vector space. k[0..s-1] are the stage derivatives, k[s] is f at the new point, which
 * becomes k[0] of the next step (scipy evaluates it for every method, since the dense output uses it).
 *
 * Allocates its vectors once; a step allocates nothing.
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1, eq. (1.8)
 */
export class ErkStepper<V, S = number> implements Stepper<V, S> {
  t: number
  tOld: number
  y: V
  yOld: V
  readonly errorOrder: number
  readonly #space: VectorSpace<V, S>
  readonly #rhs: Rhs<V>
  readonly #method: ErkMethod
  readonly #k: V[]
  readonly #terms: V[]
  #candidate: V
  #stage: V
  #isAccepted = false

  /** @param y0 - taken over: the stepper writes to it. @param f0 - f(t0, y0), taken over too. */
  constructor(space: VectorSpace<V, S>, rhs: Rhs<V>, method: ErkMethod, t0: number, y0: V, f0: V) {
    this.#space = space
    this.#rhs = rhs
    this.#method = method
    this.errorOrder = method.errorOrder
    this.t = t0
    this.tOld = t0
    this.y = y0
    this.yOld = y0
    this.#candidate = space.zerosLike(y0)
    this.#stage = space.zerosLike(y0)
    this.#k = [f0]
    for (let j = 1; j <= method.nStages; j++) this.#k.push(space.zerosLike(y0))
    this.#terms = this.#k.slice()
  }

  /** The candidate of the last attempt; for reports of what went wrong. */
  get candidate(): V {
    return this.#isAccepted ? this.y : this.#candidate
  }

  attempt(h: number): S {
    this.#rotate()
    const space = this.#space
    const { nStages, a, b, c, e } = this.#method
    const k = this.#k
    const t = this.t
    for (let i = 1; i < nStages; i++) {
      this.#stage = this.#combine(this.#stage, this.y, h, a[i]!)
      k[i] = this.#rhs(t + c[i]! * h, this.#stage, k[i]!)
    }
    this.#candidate = this.#combine(this.#candidate, this.y, h, b)
    k[nStages] = this.#rhs(t + h, this.#candidate, k[nStages]!)
    this.#gather(e)
    return space.errorNorm(h, e.weight, this.#terms, e.index.length, this.y, this.#candidate)
  }

  accept(tNew: number): void {
    this.tOld = this.t
    this.t = tNew
    const freed = this.yOld === this.y ? this.#space.zerosLike(this.y) : this.yOld
    this.yOld = this.y
    this.y = this.#candidate
    this.#candidate = freed
    this.#isAccepted = true
  }

  /** Weight of the local error of the step accepted last: h (e . k), written to a new vector. */
  errorVector(h: number): V {
    const zero = this.#space.zerosLike(this.y)
    const { e } = this.#method
    this.#gather(e)
    return this.#space.combine(this.#space.zerosLike(this.y), zero, h, e.weight, this.#terms, e.index.length)
  }

  denseOutput(): DenseOutput<V> {
    const rows = this.#method.dense.map((row) => {
      const zero = this.#space.zerosLike(this.y)
      const q = this.#combine(this.#space.zerosLike(this.y), zero, 1, row)
      this.#space.release(zero)
      return q
    })
    return rkDense(this.#space, this.tOld, this.t, this.yOld, rows)
  }

  /** Makes f at the new point the first stage of the next step. Deferred to here so that the dense output still finds all of k. */
  #rotate(): void {
    if (!this.#isAccepted) return
    const k = this.#k
    const last = this.#method.nStages
    const first = k[0]!
    k[0] = k[last]!
    k[last] = first
    this.#isAccepted = false
  }

  #combine(out: V, y: V, h: number, row: SparseRow): V {
    this.#gather(row)
    return this.#space.combine(out, y, h, row.weight, this.#terms, row.index.length)
  }

  #gather(row: SparseRow): void {
    const { index } = row
    for (let j = 0; j < index.length; j++) this.#terms[j] = this.#k[index[j]!]!
  }
}
