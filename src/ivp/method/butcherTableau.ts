/**
 * Explicit Runge-Kutta methods as data.
 *
 * Symbols (Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1 and II.4):
 * a stage matrix, b weights, c nodes, e error weights (b minus the embedded b; over all stages and f at the new
 * point), p dense-output coefficients: w_j(x) = sum over i of p[j][i] x^(i+1).
 */
export interface ErkTableau {
  /** For messages and snapshots. */
  readonly name: string
  /** Order of the solution that is carried on. */
  readonly order: number
  /** Stage matrix: row i has the i weights of the stages before it. */
  readonly a: Matrix
  /** Weights of the stages in the solution; their sum is 1. */
  readonly b: Vector
  /** Nodes: the times of the stages, in steps; each the sum of its row of a. */
  readonly c: Vector
  /** How the error of a step is estimated. */
  readonly error: ErrorFormula
  /** How the solution is interpolated within a step. */
  readonly dense: DenseFormula
}

type Vector = ReadonlyArray<number>
type Matrix = ReadonlyArray<Vector>

/**
 * How a step's error is estimated. `order` is that of the estimate's solution: the error norm behaves like h^(order + 1).
 *
 * - 'none': fixed steps only.
 * - 'embedded': |h e . k|. `second` weighs the stages in another estimate of that order, which is looked at after the first step: where e can vanish
 *   by accident, at a step that is likely.
 * - 'mixed': E5^2 / sqrt(E5^2 + 0.01 E3^2) of two estimates (DOP853; HNW Sec. II.10, eq. (10.17) ff.).
 */
export type ErrorFormula =
  | { readonly kind: 'none' }
  | { readonly kind: 'embedded'; readonly order: number; readonly e: Vector; readonly second?: Vector }
  | { readonly kind: 'mixed'; readonly order: number; readonly e5: Vector; readonly e3: Vector }

/**
 * How the solution is interpolated within a step.
 *
 * - 'polynomial': p over all stages and f at the new point.
 * - 'hermite': the cubic through both ends and their derivatives.
 * - 'nested': needs further stages (rows of a and c), evaluated when asked for; d weighs all of them (DOP853; HNW Sec. II.6).
 */
export type DenseFormula =
  | { readonly kind: 'polynomial'; readonly p: Matrix }
  | { readonly kind: 'hermite' }
  | { readonly kind: 'nested'; readonly a: Matrix; readonly c: Vector; readonly d: Matrix }

/** The non-zero entries of one row of a tableau. */
export interface SparseRow {
  /** Columns of the entries. */
  readonly index: ReadonlyArray<number>
  /** The entries. */
  readonly weight: Float64Array
}

/** A checked tableau with what follows from it. Rows hold their non-zero entries only. */
export interface ErkMethod {
  /** For messages and snapshots. */
  readonly name: string
  /** Order of the solution that is carried on. */
  readonly order: number
  /** Number of stages, those for interpolation apart. */
  readonly nStages: number
  /** Nodes: the times of the stages, in steps. */
  readonly c: Vector
  /** Rows of the stage matrix. */
  readonly a: ReadonlyArray<SparseRow>
  /** Weights of the stages in the solution. */
  readonly b: SparseRow
  /** How the error of a step is estimated. */
  readonly error: SparseError
  /** How the solution is interpolated within a step. */
  readonly dense: SparseDense
  /** Terms of the longest row, the dense output's included. */
  readonly nTerms: number
  /** What the method was made of. */
  readonly tableau: ErkTableau
}

export type SparseError =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'embedded'
      readonly order: number
      readonly e: SparseRow
      readonly second: SparseRow | null
    }
  | { readonly kind: 'mixed'; readonly order: number; readonly e5: SparseRow; readonly e3: SparseRow }

/** `probe`: all derivatives with weights beyond those of the rows; where their sum is finite, the interpolant is. */
export type SparseDense =
  /** Row i gives the coefficient vector of x^(i+1). */
  | { readonly kind: 'polynomial'; readonly rows: ReadonlyArray<SparseRow>; readonly probe: SparseRow }
  | {
      readonly kind: 'nested'
      readonly a: ReadonlyArray<SparseRow>
      readonly c: Vector
      /** Coefficient vectors of the nested form. */
      readonly rows: ReadonlyArray<SparseRow>
      readonly probe: SparseRow
    }

/** A tableau that contradicts itself; thrown when a method is built, never during a solve. */
export class TableauError extends Error {
  override readonly name = 'TableauError'
}

/** Slack for sums of printed coefficients. */
const ROUNDING = 1e-13

/**
 * Checks a tableau (explicit; row sums of a equal c; b sums to 1; orders are positive integers; error weights sum to 0; the dense formula ends in b) and
 * derives its sparse rows.
 * @throws TableauError naming the condition that does not hold
 */
export function makeErk(tableau: ErkTableau): ErkMethod {
  const { name, a, b, c } = tableau
  const nStages = b.length
  const demand: Demand = (holds, condition) => {
    if (!holds) throw new TableauError(`${name}: ${condition}`)
  }
  demand(a.length === nStages && c.length === nStages, 'a, b and c have one row per stage')
  a.forEach((row, i) => demandStage(demand, row, c[i]!, i))
  demand(Math.abs(sum(b) - 1) < ROUNDING, 'b sums to 1')
  demand(isOrder(tableau.order), 'order is a positive integer')
  const rows = a.map(sparse)
  const solution = sparse(b)
  const error = sparseError(demand, tableau.error, nStages)
  const dense = sparseDense(demand, tableau)
  const errors = error.kind === 'none' ? [] : error.kind === 'mixed' ? [error.e5, error.e3] : [error.e]
  const further = [dense.probe, ...dense.rows, ...(dense.kind === 'nested' ? dense.a : [])]
  const nTerms = Math.max(...[...rows, solution, ...errors, ...further].map(({ index }) => index.length))
  return { name, order: tableau.order, nStages, c, a: rows, b: solution, error, dense, nTerms, tableau }
}

function isOrder(order: number): boolean {
  return Number.isInteger(order) && order >= 1
}

type Demand = (holds: boolean, condition: string) => void

function demandStage(demand: Demand, row: Vector, c: number, i: number): void {
  demand(row.length === i, `row ${i} of a has ${i} entries (explicit)`)
  demand(
    Math.abs(sum(row) - c) < ROUNDING * Math.max(1, ...row.map(Math.abs)),
    `row ${i} of a sums to c[${i}]`,
  )
}

function sparseError(demand: Demand, error: ErrorFormula, nStages: number): SparseError {
  const weights = (label: string, e: Vector): SparseRow => {
    demand(e.length === nStages + 1, `${label} covers all stages and f at the new point`)
    demand(Math.abs(sum(e)) < ROUNDING * Math.max(1, ...e.map(Math.abs)), `${label} sums to 0`)
    return sparse(e)
  }
  if (error.kind === 'none') return error
  // The step-size controllers take roots of it
  demand(isOrder(error.order), 'error.order is a positive integer')
  switch (error.kind) {
    case 'embedded':
      return {
        ...error,
        e: weights('e', error.e),
        second: error.second === undefined ? null : weights('second', error.second),
      }
    case 'mixed':
      return { ...error, e5: weights('e5', error.e5), e3: weights('e3', error.e3) }
  }
}

function sparseDense(demand: Demand, { dense, a, b }: ErkTableau): SparseDense {
  const nStages = a.length
  switch (dense.kind) {
    case 'hermite':
      return polynomial(hermiteRows(b))
    case 'polynomial': {
      const { p } = dense
      demand(p.length === nStages + 1, 'p covers all stages and f at the new point')
      p.forEach((row, j) => {
        demand(Math.abs(sum(row) - (b[j] ?? 0)) < ROUNDING, `row ${j} of p sums to b[${j}]`)
      })
      const degree = p[0]?.length ?? 0
      return polynomial(Array.from({ length: degree }, (_, i) => p.map((row) => row[i]!)))
    }
    case 'nested': {
      dense.a.forEach((row, i) => demandStage(demand, row, dense.c[i]!, nStages + 1 + i))
      dense.d.forEach((row, i) => {
        demand(Math.abs(sum(row)) < ROUNDING * Math.max(...row.map(Math.abs)), `row ${i} of d sums to 0`)
      })
      const rows = nestedRows(b, dense.d).map(sparse)
      return { kind: 'nested', c: dense.c, a: dense.a.map(sparse), rows, probe: probeOf(rows) }
    }
  }
}

function polynomial(matrix: Matrix): SparseDense {
  const rows = matrix.map(sparse)
  return { kind: 'polynomial', rows, probe: probeOf(rows) }
}

function probeOf(rows: ReadonlyArray<SparseRow>): SparseRow {
  const index = [...new Set(rows.flatMap((row) => row.index))].sort((a, b) => a - b)
  const most = Math.max(0, ...rows.flatMap((row) => Array.from(row.weight, Math.abs)))
  // Different ones, so that equal derivatives do not cancel
  return { index, weight: Float64Array.from(index, (_, j) => most * rows.length * (1 + j / 7)) }
}

/**
 * Cubic Hermite interpolation as weights of the stages: k_0 x + (3 b - 2 delta_0 - delta_s) x^2 + (delta_0 + delta_s - 2 b) x^3.
 * @see Hairer, Norsett, Wanner I, Sec. II.6, eq. (6.7)
 */
function hermiteRows(b: Vector): Matrix {
  const s = b.length
  const each = (of: (b: number, isFirst: number, isLast: number) => number): Vector =>
    Array.from({ length: s + 1 }, (_, j) => of(b[j] ?? 0, Number(j === 0), Number(j === s)))
  return [
    each((_, first) => first),
    each((bj, first, last) => 3 * bj - 2 * first - last),
    each((bj, first, last) => first + last - 2 * bj),
  ]
}

/** Weights of the vectors of the nested form: y_1 - y_0, h f_0 minus it, twice it minus h (f_0 + f_1), then the rows of d; all divided by h. */
function nestedRows(b: Vector, d: Matrix): Matrix {
  const s = b.length
  const each = (of: (b: number, isFirst: number, isLast: number) => number): Vector =>
    Array.from({ length: s + 1 }, (_, j) => of(b[j] ?? 0, Number(j === 0), Number(j === s)))
  return [
    each((bj) => bj),
    each((bj, first) => first - bj),
    each((bj, first, last) => 2 * bj - first - last),
    ...d,
  ]
}

function sparse(row: Vector): SparseRow {
  const index = row.flatMap((value, j) => (value === 0 ? [] : [j]))
  return { index, weight: Float64Array.from(index, (j) => row[j]!) }
}

function sum(row: Vector): number {
  return row.reduce((total, value) => total + value, 0)
}
