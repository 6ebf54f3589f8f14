import { largestOf } from '../space/typedArraySpace.ts'
import type { Saved } from '../integrator.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import { WRONG_JACOBIAN, tellOnce } from '../noticed.ts'
import type { Rhs } from '../space/workspace.ts'
import type { Structure } from './structure.ts'

/** Where the Jacobian comes from, in the words of the options. */
export type JacobianOrigin = 'jac' | 'jacSparsity' | 'lband and uband'

/**
 * Failed iterations with a Jacobian that is up to date, less a tenth of the steps accepted between them: from so many on it is compared with
 * differences, and again from ten times as many on. A right Jacobian fails once in a while, a wrong one in every few steps.
 */
const FIRST = 8
const FORGIVEN = 0.1
const MORE = 10
/** Up to this length the entry that is wrong is looked for. */
const MOST_COLUMNS = 200
/** How rough differences and products are. */
interface Roughness {
  /** Share by which they may disagree. */
  readonly share: number
  /** Rounding of f, in unit roundoffs of its largest component. */
  readonly noise: number
}

/** Where iterations fail. */
const FAILING: Roughness = { share: 0.2, noise: 100 }
/** Where nothing has failed yet, and only what is certain is said. */
const UNSUSPECTED: Roughness = { share: 0.5, noise: 1000 }

/**
 * Asks, where iterations keep failing, whether a given Jacobian (or its pattern) is that of the right-hand side: a product with it is compared
 * with a difference along the same direction. A wrong one costs steps without end.
 *
 * A pattern is asked about at the first Jacobian too: entries outside it spoil those in it, which may become so large that iterations seem to
 * converge at once, wherever they are.
 */
export class JacobianCheck {
  declare private readonly structure: Structure
  declare readonly origin: JacobianOrigin
  declare private readonly f: Rhs<Float64Array>
  declare private readonly uncounted: Rhs<Float64Array>
  private isFirst = true
  declare private readonly epsilon: number
  declare private readonly warnings: string[]
  private failures = 0
  private next = FIRST
  /** Where the Jacobian at hand was evaluated. */
  private t: number = NaN
  private readonly y: Float64Array

  /** @param f - its calls count. @param uncounted - the same, for what belongs to finite differences. @param epsilon - unit roundoff of its numbers */
  constructor(
    structure: Structure,
    origin: JacobianOrigin,
    f: Rhs<Float64Array>,
    uncounted: Rhs<Float64Array>,
    epsilon: number,
    warnings: string[],
  ) {
    this.structure = structure
    this.origin = origin
    this.f = f
    this.uncounted = uncounted
    this.epsilon = epsilon
    this.warnings = warnings
    this.y = new Float64Array(structure.n)
  }

  /** The Jacobian at hand is that at (t, y). */
  setPoint(t: number, y: Float64Array): void {
    this.t = t
    this.y.set(y)
  }

  /** Looks at the first Jacobian of a pattern, where it was evaluated. @param f0 - f there */
  lookAtFirst(matrix: JacobianMatrix, f0: Float64Array): void {
    if (!this.isFirst) return
    this.isFirst = false
    if (this.origin !== 'jac') this.tell(this.difference(matrix, f0.slice(), this.uncounted, UNSUSPECTED))
  }

  save(): Saved {
    return { isFirst: this.isFirst, failures: this.failures, next: this.next, t: this.t, y: this.y.slice() }
  }

  load(saved: Saved): void {
    const { isFirst, failures, next, t, y } = saved as unknown as SavedCheck
    this.isFirst = isFirst
    this.failures = failures
    this.next = next
    this.t = t
    this.y.set(y)
  }

  /** After a step that was accepted. */
  countStep(): void {
    if (this.failures > 0) this.failures -= FORGIVEN
  }

  /** After iterations that failed with a Jacobian which is up to date. */
  countFailure(matrix: JacobianMatrix): void {
    this.failures++
    if (this.failures < this.next) return
    this.next = this.failures * MORE
    const f0 = this.f(this.t, this.y, new Float64Array(this.y.length)).slice()
    this.tell(this.difference(matrix, f0, this.f, FAILING))
  }

  private tell(text: string | null): void {
    if (text === null) return
    this.next = Infinity
    tellOnce(this.warnings, text, WRONG_JACOBIAN)
  }

  /** What is wrong with the matrix; null if nothing is. */
  private difference(
    matrix: JacobianMatrix,
    f0: Float64Array,
    f: Rhs<Float64Array>,
    rough: Roughness,
  ): string | null {
    const { t, y } = this
    const n = y.length
    const relative = Math.sqrt(this.epsilon)
    const moved = y.slice()
    const direction = new Float64Array(n)
    for (let j = 0; j < n; j++) {
      // Signs without a pattern that a matrix may have
      const sign = Math.sin(12.9898 * (j + 1)) < 0 ? -1 : 1
      moved[j] = y[j]! + sign * relative * Math.max(Math.abs(y[j]!), relative)
      direction[j] = moved[j]! - y[j]!
    }
    const row = this.wrongRow(f(t, moved, new Float64Array(n)), f0, this.product(matrix, direction), rough)
    if (row < 0) return null
    const at = `at t = ${t}`
    const cure = `Steps may stay short with it, and numbers be wrong: correct ${this.origin === 'jac' ? '`jac`' : `\`${this.origin}\``}, or leave it out.`
    const entry = n <= MOST_COLUMNS ? this.wrongEntry(matrix, row, f0, f) : null
    if (entry === null) return `${WRONG_JACOBIAN}: row ${row} is wrong ${at}. ${cure}`
    const { column, wanted, given } = entry
    const name = `df_${row}/dy_${column}`
    const said = given === null ? 'which is outside the pattern' : `and ${short(given)} as given`
    return `${WRONG_JACOBIAN}: ${name} is ${short(wanted)} by differences, ${said} (${at}). ${cure}`
  }

  /** The first row where difference and product disagree; -1 if none does or the differences are not finite. */
  private wrongRow(
    f1: Float64Array,
    f0: Float64Array,
    product: Float64Array,
    { share, noise }: Roughness,
  ): number {
    const rounding = noise * this.epsilon * Math.max(largestOf(f0), largestOf(f1))
    return f0.findIndex((value, i) => {
      const difference = f1[i]! - value
      const gap = Math.abs(difference - product[i]!)
      return gap > share * Math.max(Math.abs(difference), Math.abs(product[i]!)) + rounding
    })
  }

  /** The entry of the row that is most wrong. */
  private wrongEntry(
    matrix: JacobianMatrix,
    row: number,
    f0: Float64Array,
    f: Rhs<Float64Array>,
  ): { readonly column: number; readonly wanted: number; readonly given: number | null } | null {
    const { t, y } = this
    const { columnStart, rowIndex, slot } = this.structure
    const relative = Math.sqrt(this.epsilon)
    const moved = y.slice()
    const out = new Float64Array(y.length)
    let found: { column: number; wanted: number; given: number | null } | null = null
    let worst = 0
    const isPattern = this.origin !== 'jac'
    for (let j = 0; j < y.length; j++) {
      moved[j] = y[j]! + relative * Math.max(Math.abs(y[j]!), relative)
      const wanted = (f(t, moved, out)[row]! - f0[row]!) / (moved[j]! - y[j]!)
      moved[j] = y[j]!
      let given: number | null = null
      for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++)
        if (rowIndex[e] === row) given = matrix.values[slot[e]!]!
      const gap = Math.abs(wanted - (given ?? 0)) * Math.max(Math.abs(y[j]!), relative)
      // Entries outside a pattern spoil those in it, which are made by common differences
      const isCause = isPattern && given === null && wanted !== 0
      if (isCause ? found?.given === null && !(gap > worst) : found?.given === null || !(gap > worst))
        continue
      worst = gap
      found = { column: j, wanted, given }
    }
    return found
  }

  private product({ values }: JacobianMatrix, v: Float64Array): Float64Array {
    const { n, columnStart, rowIndex, slot } = this.structure
    const sum = new Float64Array(n)
    for (let j = 0; j < n; j++)
      for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++)
        sum[rowIndex[e]!] = sum[rowIndex[e]!]! + values[slot[e]!]! * v[j]!
    return sum
  }
}

interface SavedCheck {
  readonly isFirst: boolean
  readonly failures: number
  readonly next: number
  readonly t: number
  readonly y: Float64Array
}

function short(x: number): string {
  return String(Number(x.toPrecision(3)))
}
