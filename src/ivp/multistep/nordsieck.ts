import type { StepRatio } from './stepRatio.ts'

/**
 * The scaled derivatives h^j y^(j) / j! of the solution at one time, j = 0 .. order: its history in a form that changes step size by
 * multiplication.
 * @see Nordsieck, "On numerical integration of ordinary differential equations", Math. Comp. 16 (1962), 22-49
 */
export class Nordsieck {
  /** Column after column, each of n components. */
  declare readonly z: Float64Array
  /** Column 0: the state. Column 1: its derivative, times h. Views. */
  declare readonly state: Float64Array
  declare readonly slope: Float64Array
  declare private readonly n: number

  constructor(n: number, highestOrder: number) {
    this.n = n
    this.z = new Float64Array((highestOrder + 1) * n)
    this.state = this.z.subarray(0, n)
    this.slope = this.z.subarray(n, 2 * n)
  }

  /** Taylor's theorem over one step: multiplication by Pascal's triangle. */
  predict(order: number): void {
    const { z } = this
    const n = this.n
    const end = order * n
    for (let first = end - n; first >= 0; first -= n) {
      for (let e = first; e < end; e++) z[e] = z[e]! + z[e + n]!
    }
  }

  /** Takes `predict` back, up to rounding. */
  retract(order: number): void {
    const { z } = this
    const n = this.n
    const end = order * n
    for (let first = end - n; first >= 0; first -= n) {
      for (let e = first; e < end; e++) z[e] = z[e]! - z[e + n]!
    }
  }

  /** Adds l_j e to column j. */
  correct(corrector: Float64Array, e: Float64Array): void {
    const { z } = this
    const n = this.n
    for (let j = 0, at = 0; j < corrector.length; j++) {
      const l = corrector[j]!
      for (let i = 0; i < n; i++, at++) z[at] = z[at]! + l * e[i]!
    }
  }

  /** Changes the step size by a factor. */
  rescale(order: number, { value: ratio }: StepRatio): void {
    const { z } = this
    const n = this.n
    let power = 1
    for (let j = 1, at = n; j <= order; j++) {
      power *= ratio
      for (const end = at + n; at < end; at++) z[at] = z[at]! * power
    }
  }

  /** Copies of columns 0 .. count - 1. */
  columns(count: number): Float64Array[] {
    const n = this.n
    return Array.from({ length: count }, (_, j) => this.z.slice(j * n, (j + 1) * n))
  }

  load(columns: ReadonlyArray<Float64Array>): void {
    columns.forEach((column, j) => this.z.set(column, j * this.n))
  }
}
