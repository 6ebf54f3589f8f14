import type { DenseOutput } from '../dense/denseOutput.ts'
import { polynomialDense } from '../dense/polynomialDense.ts'
import type { Saved } from '../integrator.ts'
import { DENSE, NODES } from './radauTableau.ts'

type Three = readonly [Float64Array, Float64Array, Float64Array]

/**
 * The polynomial of degree 3 through the start and the stages of the Radau IIA step accepted last,
 * y(tOld + x h) = yOld + q[0] x + q[1] x^2 + q[2] x^3.
 */
export class CollocationPolynomial {
  readonly #q: Three
  #isFitted = false

  constructor(n: number) {
    this.#q = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  }

  /** @param z - increments of the stages of an accepted step */
  fit([z0, z1, z2]: Three): void {
    this.#isFitted = true
    for (let power = 0; power < 3; power++) {
      const q = this.#q[power]!
      const p0 = DENSE[0]![power]!
      const p1 = DENSE[1]![power]!
      const p2 = DENSE[2]![power]!
      for (let i = 0; i < q.length; i++) q[i] = z0[i]! * p0 + z1[i]! * p1 + z2[i]! * p2
    }
  }

  /** First guess of the increments z of a step of size h from (t, y), by extrapolation; 0 before there was a step. */
  predict(tOld: number, yOld: Float64Array, t: number, y: Float64Array, h: number, z: Three): void {
    const [q0, q1, q2] = this.#q
    for (let s = 0; s < 3; s++) {
      const target = z[s]!
      if (!this.#isFitted) {
        target.fill(0)
        continue
      }
      const x = (t + h * NODES[s]! - tOld) / (t - tOld)
      const x2 = x * x
      const x3 = x2 * x
      for (let i = 0; i < y.length; i++) {
        target[i] = yOld[i]! + q0[i]! * x + q1[i]! * x2 + q2[i]! * x3 - y[i]!
      }
    }
  }

  /** Independent of later steps. */
  dense(tOld: number, t: number, yOld: Float64Array): DenseOutput<Float64Array> {
    return polynomialDense(
      tOld,
      t,
      yOld,
      this.#q.map((q) => q.slice()),
    )
  }

  save(): SavedPolynomial {
    return { isFitted: this.#isFitted, q: this.#q.map((q) => q.slice()) }
  }

  load(saved: SavedPolynomial): void {
    this.#isFitted = saved.isFitted
    this.#q.forEach((q, j) => q.set(saved.q[j]!))
  }
}

export type SavedPolynomial = { readonly isFitted: boolean; readonly q: ReadonlyArray<Float64Array> } & {
  readonly [name: string]: Saved
}
