import type { DenseOutput, FloatArray } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { NODES, WEIGHTS } from './gaussLegendre.ts'

/**
 * The parameter gradient as an integral instead of a part of the state: b is the sum over the steps taken of 4-point Gauss rules for
 * integral of a df/dtheta dt, at the interpolated state.
 *
 * When to use it: with implicit methods, whose matrices then have no rows for parameters; and where p is large beside n, since a state with b in it is
 * held several times over. Cost: 4 products for each step. The rule's error is not controlled; with equal steps of RK4 the gradient keeps order 4.
 * @see Norcliffe, Deisenroth, "Faster training of neural ODEs using Gauss-Legendre quadrature" (TMLR 2023), Sec. 3
 */
export class ParameterQuadrature<V extends FloatArray> {
  /** Products so far. */
  nfev = 0
  /** A sum of many terms: in double for both element types. */
  readonly #sum: Float64Array
  /** d/dt of the state at a node, which nobody reads. */
  readonly #slope: V
  /** a df/dtheta where `evaluate` was called last, length p. */
  readonly #atheta: V
  readonly #evaluate: (t: number, y: V, dydt: V) => void

  /** @param evaluate - the right-hand side of the state, which leaves a df/dtheta in `atheta`. @param like - any state: length and element type */
  constructor(evaluate: (t: number, y: V, dydt: V) => void, atheta: V, like: V) {
    this.#evaluate = evaluate
    this.#atheta = atheta
    this.#sum = new Float64Array(atheta.length)
    this.#slope = zerosLike(like)
  }

  /** The gradient so far, in a new vector. */
  get b(): V {
    const b = zerosLike(this.#atheta)
    b.set(this.#sum)
    return b
  }

  /** Adds a step's part; backwards in time db/dt = -a df/dtheta. */
  add(step: DenseOutput<V>): void {
    const h = step.t - step.tOld
    NODES.forEach((c, g) => {
      const t = step.tOld + c * h
      this.#evaluate(t, step.at(t), this.#slope)
      this.nfev++
      const weight = -h * WEIGHTS[g]!
      for (let i = 0; i < this.#sum.length; i++) this.#sum[i] = this.#sum[i]! + weight * this.#atheta[i]!
    })
  }
}
