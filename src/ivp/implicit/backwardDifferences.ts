/**
 * Backward differences of the solution on an equidistant mesh: D[j] is the j-th difference, shape (n).
 *
 * Formulas: Shampine, Reichelt, "The MATLAB ODE suite", SIAM J. Sci. Comput. 18 (1997), Sec. 2; Hairer, Norsett, Wanner,
 * "Solving Ordinary Differential Equations I", Sec. III.1.
 */
export const MAX_ORDER = 5

/** D[0] .. D[MAX_ORDER + 2]: two more than the order are kept to compare with the next order. */
const ROWS = MAX_ORDER + 3
/** Size of the matrices below, of which a method of order k uses the first k + 1 rows and columns. */
const SIZE = MAX_ORDER + 1

export class BackwardDifferences {
  /** D, shape (ROWS, n). */
  declare readonly d: Float64Array
  /** Of the next change of the step. A field: V8 boxes numbers that it passes to a function. */
  ratio: number = NaN
  declare private readonly n: number
  private readonly stepMatrix: Float64Array = new Float64Array(SIZE * SIZE)
  private readonly change: Float64Array = new Float64Array(SIZE * SIZE)
  private readonly row: Float64Array = new Float64Array(SIZE)

  constructor(n: number) {
    this.n = n
    this.d = new Float64Array(ROWS * n)
  }

  /** The differences of the same polynomial on a mesh whose step is `ratio` times as large. Shampine, Reichelt, Sec. 2.2. */
  rescale(order: number): void {
    this.setChange(order)
    const change = this.change
    const row = this.row
    const { d } = this
    const n = this.n
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= order; j++) {
        let sum = 0
        for (let k = 0, at = i; k <= order; k++, at += n) sum += change[k * SIZE + j]! * d[at]!
        row[j] = sum
      }
      for (let j = 0, at = i; j <= order; j++, at += n) d[at] = row[j]!
    }
  }

  /** Moves on by one step, whose corrected value differs from the predicted one by `correction` = D^(order + 1). */
  advance(order: number, correction: Float64Array): void {
    const { d } = this
    const n = this.n
    for (let i = 0; i < n; i++) {
      const next = (order + 1) * n + i
      let above = correction[i]!
      d[next + n] = above - d[next]!
      d[next] = above
      for (let at = next - n; at >= 0; at -= n) {
        above += d[at]!
        d[at] = above
      }
    }
  }

  /**
   * The value that the polynomial of the given order takes one step ahead, and the sum of gamma_j D[j], j >= 1, over the order's alpha.
   * Written to `predicted` and `psi`, shape (n).
   */
  predict(
    order: number,
    gamma: Float64Array,
    alphas: Float64Array,
    predicted: Float64Array,
    psi: Float64Array,
  ): void {
    const { d } = this
    const n = this.n
    const alpha = alphas[order]!
    for (let i = 0; i < n; i++) {
      let value = d[i]!
      let sum = 0
      for (let j = 1, at = i + n; j <= order; j++, at += n) {
        const difference = d[at]!
        value += difference
        sum += gamma[j]! * difference
      }
      predicted[i] = value
      psi[i] = sum / alpha
    }
  }

  /** Copies of D[0] .. D[count - 1]. */
  rows(count: number = ROWS): Float64Array[] {
    const n = this.n
    return Array.from({ length: count }, (_, j) => this.d.slice(j * n, (j + 1) * n))
  }

  load(rows: ReadonlyArray<Float64Array>): void {
    rows.forEach((row, j) => this.d.set(row, j * this.n))
  }

  /** R(ratio) R(1), row after row. */
  private setChange(order: number): void {
    const r = this.stepMatrix
    const change = this.change
    setStepMatrix(r, order, this.ratio)
    for (let i = 0; i <= order; i++) {
      for (let j = 0; j <= order; j++) {
        let sum = 0
        for (let k = 0; k <= order; k++) sum += r[i * SIZE + k]! * EQUAL_STEPS[k * SIZE + j]!
        change[i * SIZE + j] = sum
      }
    }
  }
}

/** Matrix R(factor) of Shampine, Reichelt, Sec. 2.2: its columns are products of (i - 1 - factor j) / i. */
function setStepMatrix(r: Float64Array, order: number, factor: number): void {
  for (let j = 0; j <= order; j++) {
    let value = 1
    r[j] = value
    for (let i = 1; i <= order; i++) {
      value = j === 0 ? 0 : value * ((i - 1 - factor * j) / i)
      r[i * SIZE + j] = value
    }
  }
}

/** R(1); that of a lower order is its upper left part. */
const EQUAL_STEPS = new Float64Array(SIZE * SIZE)
setStepMatrix(EQUAL_STEPS, MAX_ORDER, 1)
