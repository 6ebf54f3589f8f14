/**
 * Embedded explicit Runge-Kutta methods as data.
 *
 * Symbols (Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1 and II.4):
 * a stage matrix, b weights, c nodes, e error weights (b minus the embedded b; over all stages and f at the new
 * point), p dense-output coefficients: w_j(x) = sum over i of p[j][i] x^(i+1).
 */
export interface ErkTableau {
  readonly name: string
  /** Order of the solution that is carried on. */
  readonly order: number
  /** Order of the embedded solution: the error norm behaves like h^(errorOrder + 1). */
  readonly errorOrder: number
  readonly a: ReadonlyArray<ReadonlyArray<number>>
  readonly b: ReadonlyArray<number>
  readonly c: ReadonlyArray<number>
  readonly e: ReadonlyArray<number>
  readonly p: ReadonlyArray<ReadonlyArray<number>>
}

/** The non-zero entries of one row of a tableau. */
export interface SparseRow {
  readonly index: ReadonlyArray<number>
  readonly weight: Float64Array
}

/** A checked tableau with what follows from it. Rows hold their non-zero entries only. */
export interface ErkMethod {
  readonly name: string
  readonly order: number
  readonly errorOrder: number
  readonly nStages: number
  readonly c: ReadonlyArray<number>
  readonly a: ReadonlyArray<SparseRow>
  readonly b: SparseRow
  readonly e: SparseRow
  /** Row i gives the coefficient vector of x^(i+1) of the interpolant. */
  readonly dense: ReadonlyArray<SparseRow>
  readonly tableau: ErkTableau
}

/** A tableau that contradicts itself; thrown when a method is built, never during a solve. */
export class TableauError extends Error {
  override readonly name = 'TableauError'
}

/** Slack for sums of printed coefficients. */
const ROUNDING = 1e-13

/**
 * Checks a tableau (explicit; row sums of a equal c; b sums to 1; e sums to 0; the dense formula ends in b) and
 * derives its sparse rows.
 * @throws TableauError naming the condition that does not hold
 */
export function makeErk(tableau: ErkTableau): ErkMethod {
  const { name, a, b, c, e, p } = tableau
  const nStages = b.length
  const demand = (holds: boolean, condition: string): void => {
    if (!holds) throw new TableauError(`${name}: ${condition}`)
  }
  demand(a.length === nStages && c.length === nStages, 'a, b and c have one row per stage')
  demand(
    e.length === nStages + 1 && p.length === nStages + 1,
    'e and p cover all stages and f at the new point',
  )
  a.forEach((row, i) => {
    demand(row.length === i, `row ${i} of a has ${i} entries (explicit)`)
    demand(Math.abs(sum(row) - c[i]!) < ROUNDING, `row ${i} of a sums to c[${i}]`)
  })
  demand(Math.abs(sum(b) - 1) < ROUNDING, 'b sums to 1')
  demand(Math.abs(sum(e)) < ROUNDING, 'e sums to 0')
  p.forEach((row, j) => {
    demand(Math.abs(sum(row) - (b[j] ?? 0)) < ROUNDING, `row ${j} of p sums to b[${j}]`)
  })
  const degree = p[0]?.length ?? 0
  return {
    name,
    order: tableau.order,
    errorOrder: tableau.errorOrder,
    nStages,
    c,
    a: a.map(sparse),
    b: sparse(b),
    e: sparse(e),
    dense: Array.from({ length: degree }, (_, i) => sparse(p.map((row) => row[i]!))),
    tableau,
  }
}

function sparse(row: ReadonlyArray<number>): SparseRow {
  const index = row.flatMap((value, j) => (value === 0 ? [] : [j]))
  return { index, weight: Float64Array.from(index, (j) => row[j]!) }
}

function sum(row: ReadonlyArray<number>): number {
  return row.reduce((total, value) => total + value, 0)
}
