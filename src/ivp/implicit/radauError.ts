import type { Rhs } from '../stepper/erkStepper.ts'
import type { RadauFactors } from './radauFactors.ts'
import { ERROR_WEIGHTS } from './radauTableau.ts'
import type { ScaledNorm } from './scaledNorm.ts'

/**
 * The embedded error estimate of Radau IIA, filtered by the factors of the real Newton matrix so that it stays small for stiff components.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.19) and (8.20)
 */
export class RadauError {
  /** The estimate made last, shape (n). */
  readonly vector: Float64Array
  readonly #weighted: Float64Array
  readonly #corrected: Float64Array

  constructor(n: number) {
    this.vector = new Float64Array(n)
    this.#weighted = new Float64Array(n)
    this.#corrected = new Float64Array(n)
  }

  /** The estimate (MU_REAL / h I - J)^-1 (f(t, y) + Z e / h) to `vector`; returns its norm. */
  estimate(
    h: number,
    f: Float64Array,
    [z0, z1, z2]: readonly [Float64Array, Float64Array, Float64Array],
    factors: RadauFactors,
    norm: ScaledNorm,
  ): number {
    const [e0, e1, e2] = ERROR_WEIGHTS
    const { vector } = this
    const weighted = this.#weighted
    for (let i = 0; i < f.length; i++) {
      weighted[i] = (e0 * z0[i]! + e1 * z1[i]! + e2 * z2[i]!) / h
      vector[i] = f[i]! + weighted[i]!
    }
    factors.solveReal(vector)
    return norm.of(1, vector)
  }

  /** Once more, with f at the state that the estimate corrects: for a step tried after a rejection. */
  refine(
    t: number,
    y: Float64Array,
    rhs: Rhs<Float64Array>,
    factors: RadauFactors,
    norm: ScaledNorm,
  ): number {
    const { vector } = this
    const corrected = this.#corrected
    for (let i = 0; i < y.length; i++) corrected[i] = y[i]! + vector[i]!
    rhs(t, corrected, vector)
    for (let i = 0; i < y.length; i++) vector[i] = vector[i]! + this.#weighted[i]!
    factors.solveReal(vector)
    return norm.of(1, vector)
  }
}
