import type { Rhs } from '../space/workspace.ts'
import type { Collocation } from './collocation.ts'
import type { RadauFactors } from './radauFactors.ts'
import { ERROR_WEIGHTS } from './radauTableau.ts'
import type { ScaledNorm } from './scaledNorm.ts'

/**
 * The embedded error estimate of Radau IIA, filtered by the factors of the real Newton matrix so that it stays small for stiff components.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.19) and (8.20)
 */
export class RadauError {
  /** The estimate made last, shape (n). */
  declare readonly vector: Float64Array
  declare private readonly weighted: Float64Array
  declare private readonly corrected: Float64Array

  constructor(n: number) {
    this.vector = new Float64Array(n)
    this.weighted = new Float64Array(n)
    this.corrected = new Float64Array(n)
  }

  /** The estimate (MU_REAL / h I - J)^-1 (f(t, y) + Z e / h) to `vector`, and its norm to `norm`. */
  estimate({ h, z }: Collocation, f: Float64Array, factors: RadauFactors, norm: ScaledNorm): void {
    const { vector } = this
    const weighted = this.weighted
    const n = vector.length
    for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
      const sum = (ERROR_WEIGHTS[0] * z[i]! + ERROR_WEIGHTS[1] * z[i1]! + ERROR_WEIGHTS[2] * z[i2]!) / h
      weighted[i] = sum
      vector[i] = f[i]! + sum
    }
    factors.solveReal(vector, 0)
    norm.measure(vector, 0, 1)
  }

  /** Once more, with f at the state that the estimate corrects: for a step tried after a rejection. */
  refine(t: number, y: Float64Array, rhs: Rhs<Float64Array>, factors: RadauFactors, norm: ScaledNorm): void {
    const { vector } = this
    const weighted = this.weighted
    const corrected = this.corrected
    for (let i = 0; i < corrected.length; i++) corrected[i] = y[i]! + vector[i]!
    rhs(t, corrected, vector)
    for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! + weighted[i]!
    factors.solveReal(vector, 0)
    norm.measure(vector, 0, 1)
  }
}
