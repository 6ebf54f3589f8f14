/**
 * The scaled derivatives h^j y^(j) / j! of the solution at one time, j = 0 .. order: its history in a form that changes step size by
 * multiplication.
 * @see Nordsieck, "On numerical integration of ordinary differential equations", Math. Comp. 16 (1962), 22-49
 */
export class Nordsieck {
  /** Column j, shape (n). */
  readonly columns: ReadonlyArray<Float64Array>

  constructor(n: number, highestOrder: number) {
    this.columns = Array.from({ length: highestOrder + 1 }, () => new Float64Array(n))
  }

  /** Taylor's theorem over one step: multiplication by Pascal's triangle. */
  predict(order: number): void {
    this.#pascal(order, 1)
  }

  /** Takes `predict` back, up to rounding. */
  retract(order: number): void {
    this.#pascal(order, -1)
  }

  /** Adds l_j e to column j. */
  correct(corrector: Float64Array, e: Float64Array): void {
    for (let j = 0; j < corrector.length; j++) {
      const column = this.columns[j]!
      const l = corrector[j]!
      for (let i = 0; i < e.length; i++) column[i] = column[i]! + l * e[i]!
    }
  }

  /** Changes the step size by the factor `ratio`. */
  rescale(order: number, ratio: number): void {
    let power = 1
    for (let j = 1; j <= order; j++) {
      power *= ratio
      const column = this.columns[j]!
      for (let i = 0; i < column.length; i++) column[i] = column[i]! * power
    }
  }

  #pascal(order: number, sign: 1 | -1): void {
    const { columns } = this
    for (let first = order - 1; first >= 0; first--) {
      for (let j = first; j < order; j++) {
        const column = columns[j]!
        const next = columns[j + 1]!
        for (let i = 0; i < column.length; i++) column[i] = column[i]! + sign * next[i]!
      }
    }
  }
}
