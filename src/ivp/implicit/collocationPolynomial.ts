import type { DenseOutput } from '../dense/denseOutput.ts'
import { polynomialDense } from '../dense/polynomialDense.ts'
import type { Saved } from '../integrator.ts'
import type { Collocation } from './collocation.ts'
import { DENSE, NODES } from './radauTableau.ts'
import type { ImplicitMethod } from './implicitMethod.ts'

/**
 * The polynomial of degree 3 through the start and the stages of the Radau IIA step accepted last,
 * y(tOld + x h) = yOld + q[0] x + q[1] x^2 + q[2] x^3.
 */
export class CollocationPolynomial {
  declare private readonly n: number
  /** Shape (3, n). */
  declare private readonly q: Float64Array
  private isFitted = false

  constructor(n: number) {
    this.n = n
    this.q = new Float64Array(3 * n)
  }

  /** @param z - increments of the stages of an accepted step, shape (3, n) */
  fit(z: Float64Array): void {
    this.isFitted = true
    const n = this.n
    const q = this.q
    for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
      const z0 = z[i]!
      const z1 = z[i1]!
      const z2 = z[i2]!
      q[i] = z0 * DENSE[0] + z1 * DENSE[3] + z2 * DENSE[6]
      q[i1] = z0 * DENSE[1] + z1 * DENSE[4] + z2 * DENSE[7]
      q[i2] = z0 * DENSE[2] + z1 * DENSE[5] + z2 * DENSE[8]
    }
  }

  /** First guess of the increments z of the next step, by extrapolation from the last one; 0 before there was one. */
  predict({ t, tOld, y, yOld }: ImplicitMethod, { h, z }: Collocation): void {
    if (!this.isFitted) {
      z.fill(0)
      return
    }
    const n = this.n
    const q = this.q
    for (let s = 0, at = 0; s < 3; s++) {
      const x = (t + h * NODES[s]! - tOld) / (t - tOld)
      const x2 = x * x
      const x3 = x2 * x
      for (let i = 0; i < n; i++, at++) {
        z[at] = yOld[i]! + q[i]! * x + q[n + i]! * x2 + q[2 * n + i]! * x3 - y[i]!
      }
    }
  }

  /** Independent of later steps. */
  dense(tOld: number, t: number, yOld: Float64Array): DenseOutput<Float64Array> {
    return polynomialDense(tOld, t, yOld, this.rows())
  }

  save(): SavedPolynomial {
    return { isFitted: this.isFitted, q: this.rows() }
  }

  load(saved: SavedPolynomial): void {
    this.isFitted = saved.isFitted
    saved.q.forEach((row, j) => this.q.set(row, j * this.n))
  }

  private rows(): Float64Array[] {
    const n = this.n
    return [0, n, 2 * n].map((from) => this.q.slice(from, from + n))
  }
}

export type SavedPolynomial = { readonly isFitted: boolean; readonly q: ReadonlyArray<Float64Array> } & {
  readonly [name: string]: Saved
}
