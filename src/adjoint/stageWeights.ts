import type { ErkMethod, SparseRow } from '../ivp/index.ts'

/**
 * All stages that a step and its interpolant may need, as one explicit tableau: the s stages of the method, then f at the new point (whose
 * row is b), then the further stages of a nested interpolant. Hence every one of them is differentiated alike.
 *
 * Symbols: a stage matrix (rows, non-zero entries), c nodes, w interpolation weights, x = (t - tOld) / h.
 */
export interface AllStages {
  readonly rows: ReadonlyArray<SparseRow>
  readonly c: ReadonlyArray<number>
  /** Number of stages of the step itself. */
  readonly nStages: number
}

export function allStages({ a, b, c, nStages, dense }: ErkMethod): AllStages {
  const further = dense.kind === 'nested' ? dense : { a: [], c: [] }
  return { rows: [...a, b, ...further.a], c: [...c, 1, ...further.c], nStages }
}

/** Weights of an output at x: its value is y + h sum of w[j] k[j], its derivative in t is the sum of dw[j] k[j]. */
export interface OutputWeights {
  readonly w: Float64Array
  readonly dw: Float64Array
}

/**
 * The interpolant as weights of the stages. Its vectors q_i (rows of the dense formula) are multiplied by x^(i+1), or in the nested form by
 * x, x (1 - x), x^2 (1 - x), ... (see `rkDense` and `nestedDense`); here the sums are taken the other way round, over the stages.
 *
 * At x = 1 every dense formula gives b (`makeErk` checks it); for the methods of this package without rounding, so that no further stage is
 * in play there.
 * @param length - number of `allStages`
 */
export function outputWeights({ dense }: ErkMethod, x: number, length: number): OutputWeights {
  const w = new Float64Array(length)
  const dw = new Float64Array(length)
  const isNested = dense.kind === 'nested'
  let product = 1
  let slope = 0
  dense.rows.forEach((row, i) => {
    const isFlipped = isNested && i % 2 === 1
    const factor = isFlipped ? 1 - x : x
    slope = slope * factor + product * (isFlipped ? -1 : 1)
    product *= factor
    scatter(w, product, row)
    scatter(dw, slope, row)
  })
  return { w, dw }
}

function scatter(target: Float64Array, factor: number, { index, weight }: SparseRow): void {
  index.forEach((j, q) => {
    target[j] = target[j]! + factor * weight[q]!
  })
}
