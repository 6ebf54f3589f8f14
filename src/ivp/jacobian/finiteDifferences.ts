import type { Saved } from '../integrator.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import type { ColumnGroups } from './columnGroups.ts'
import { GroupDifferences, type EvaluateMany } from './groupDifferences.ts'
import type { JacobianSource } from './jacobianSource.ts'
import type { Structure } from './structure.ts'

/** Increments change by this factor from one Jacobian to the next. */
const INCREASE = 10
const DECREASE = 0.1

/**
 * Forward differences with increments that adapt from one Jacobian to the next: h_j = factor_j max(threshold_j, |y_j|) in the
 * direction of f_j. A column whose largest difference drowns in rounding is tried once more with a tenfold increment; columns
 * with a small (large) difference get a larger (smaller) factor next time. Limits are powers of the unit roundoff.
 * @see Salane, "Adaptive routines for forming Jacobians numerically", SAND86-1319 (1986); limits as in scipy's num_jac
 */
export class FiniteDifferences implements JacobianSource {
  readonly isConstant = false
  readonly usesF = true
  count = 0
  declare private readonly structure: Structure
  declare private readonly groups: ColumnGroups
  declare private readonly evaluateMany: EvaluateMany
  declare private readonly threshold: Float64Array
  /** Limits of largest difference / size of f. */
  declare private readonly reject: number
  declare private readonly small: number
  declare private readonly big: number
  declare private readonly leastFactor: number
  declare private readonly factor: Float64Array
  /** Increments in units of `factor`, with their signs. */
  declare private readonly scale: Float64Array
  declare private readonly h: Float64Array
  declare private readonly measured: GroupDifferences
  declare private readonly matrix: JacobianMatrix
  /** For the columns that drowned; made when the first one does. */
  private retry: Retry | null = null

  /** @param threshold - smallest |y_j| that increments are measured by: the absolute tolerance. @param epsilon - unit roundoff */
  constructor(
    structure: Structure,
    evaluateMany: EvaluateMany,
    threshold: number | Float64Array,
    epsilon: number,
  ) {
    const { n } = structure
    this.structure = structure
    this.groups = structure.groups()
    this.evaluateMany = evaluateMany
    this.threshold = typeof threshold === 'number' ? new Float64Array(n).fill(threshold) : threshold
    this.reject = epsilon ** 0.875
    this.small = epsilon ** 0.75
    this.big = epsilon ** 0.25
    this.leastFactor = 1e3 * epsilon
    this.factor = new Float64Array(n).fill(epsilon ** 0.5)
    this.scale = new Float64Array(n)
    this.h = new Float64Array(n)
    this.measured = new GroupDifferences(structure, evaluateMany)
    this.matrix = structure.empty()
  }

  evaluate(t: number, y: Float64Array, f: Float64Array): JacobianMatrix {
    this.count++
    const h = this.h
    const measured = this.measured
    const { largest, size, difference } = measured
    const { n, columnStart, slot } = this.structure
    this.chooseIncrements(y, f)
    measured.take(t, y, f, h, this.groups)
    const reject = this.reject
    let hasDrowned = false
    for (let j = 0; j < n; j++) hasDrowned ||= largest[j]! < reject * size[j]!
    if (hasDrowned) this.takeAgain(t, y, f)
    let hasLeft = false
    for (let j = 0; j < n; j++) hasLeft ||= Number.isNaN(largest[j]!)
    if (hasLeft) this.takeOnTheOtherSide(t, y, f)
    const { values } = this.matrix
    const factor = this.factor
    const small = this.small
    const big = this.big
    const least = this.leastFactor
    for (let j = 0, e = 0; j < n; j++) {
      const step = h[j]!
      for (const end = columnStart[j + 1]!; e < end; e++) values[slot[e]!] = difference[e]! / step
      let next = factor[j]!
      if (largest[j]! < small * size[j]!) next *= INCREASE
      if (largest[j]! > big * size[j]!) next *= DECREASE
      factor[j] = next < least ? least : next
    }
    return this.matrix
  }

  save(): Saved {
    return { count: this.count, factor: this.factor.slice(), values: this.matrix.values.slice() }
  }

  load(saved: Saved): JacobianMatrix {
    const { count, factor, values } = saved as { count: number; factor: Float64Array; values: Float64Array }
    this.count = count
    this.factor.set(factor)
    this.matrix.values.set(values)
    return this.matrix
  }

  private chooseIncrements(y: Float64Array, f: Float64Array): void {
    const threshold = this.threshold
    const factor = this.factor
    const scale = this.scale
    const h = this.h
    for (let j = 0; j < h.length; j++) {
      const value = y[j]!
      const size = Math.abs(value)
      const least = threshold[j]!
      const unit = (f[j]! >= 0 ? 1 : -1) * (least > size ? least : size)
      scale[j] = unit
      // What the addition makes of the increment
      let step = value + factor[j]! * unit - value
      // With a threshold of 0 at y = 0 no factor helps: then the difference is taken over the factor itself
      if (unit === 0) step = factor[j]!
      while (step === 0) {
        factor[j] = factor[j]! * INCREASE
        step = value + factor[j]! * unit - value
      }
      h[j] = step
    }
  }

  /** Takes the drowned columns again with tenfold increments and keeps what stands out more clearly. */
  private takeAgain(t: number, y: Float64Array, f: Float64Array): void {
    const structure = this.structure
    const retry = this.retryOf()
    const h = this.h
    const factor = this.factor
    const scale = this.scale
    const first = this.measured
    const again = retry.measured
    const count = this.chosen(retry.groups, 'drowned')
    const { columns } = retry.groups
    for (let c = 0; c < count; c++) {
      const j = columns[c]!
      retry.h[j] = y[j]! + INCREASE * factor[j]! * scale[j]! - y[j]!
    }
    again.take(t, y, f, retry.h, retry.groups)
    for (let c = 0; c < count; c++) {
      const j = columns[c]!
      if (!(first.largest[j]! * again.size[j]! < again.largest[j]! * first.size[j]!)) continue
      factor[j] = INCREASE * factor[j]!
      h[j] = retry.h[j]!
      first.largest[j] = again.largest[j]!
      first.size[j] = again.size[j]!
      const end = structure.columnStart[j + 1]!
      for (let e = structure.columnStart[j]!; e < end; e++) first.difference[e] = again.difference[e]!
    }
  }

  /** Takes the columns whose increment led out of the domain of f with the opposite one, and keeps what is finite. */
  private takeOnTheOtherSide(t: number, y: Float64Array, f: Float64Array): void {
    const { structure, h, measured: first } = this
    const retry = this.retryOf()
    const again = retry.measured
    const count = this.chosen(retry.groups, 'not finite')
    const { columns } = retry.groups
    for (let c = 0; c < count; c++) {
      const j = columns[c]!
      retry.h[j] = y[j]! - h[j]! - y[j]!
    }
    again.take(t, y, f, retry.h, retry.groups)
    for (let c = 0; c < count; c++) {
      const j = columns[c]!
      if (Number.isNaN(again.largest[j]!)) continue
      h[j] = retry.h[j]!
      first.largest[j] = again.largest[j]!
      first.size[j] = again.size[j]!
      const end = structure.columnStart[j + 1]!
      for (let e = structure.columnStart[j]!; e < end; e++) first.difference[e] = again.difference[e]!
    }
  }

  private retryOf(): Retry {
    const { structure, groups } = this
    return (this.retry ??= {
      h: new Float64Array(structure.n),
      groups: { start: groups.start.slice(), columns: groups.columns.slice() },
      measured: new GroupDifferences(structure, this.evaluateMany),
    })
  }

  /** Writes the groups with such columns only, some of them empty; returns the number of columns. */
  private chosen({ start, columns }: ColumnGroups, which: 'drowned' | 'not finite'): number {
    const all = this.groups
    const { largest, size } = this.measured
    const reject = this.reject
    let count = 0
    for (let g = 0; g + 1 < all.start.length; g++) {
      for (let c = all.start[g]!; c < all.start[g + 1]!; c++) {
        const j = all.columns[c]!
        if (which === 'drowned' ? largest[j]! < reject * size[j]! : Number.isNaN(largest[j]!))
          columns[count++] = j
      }
      start[g + 1] = count
    }
    return count
  }
}

interface Retry {
  readonly h: Float64Array
  readonly groups: ColumnGroups
  readonly measured: GroupDifferences
}
