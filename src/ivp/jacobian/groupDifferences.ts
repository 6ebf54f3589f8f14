import type { Pattern } from '../linalg/minimumDegree.ts'
import type { ColumnGroups } from './columnGroups.ts'

/**
 * f at one time and `count` states; not counted in nfev, as in scipy.
 * @param write - writes state number g, shape (n)
 * @param read - is given f at state number g, in ascending order; the array is valid during the call
 */
export type EvaluateMany = (
  t: number,
  count: number,
  write: (g: number, state: Float64Array) => void,
  read: (g: number, f: Float64Array) => void,
) => void

/** Differences f(y + h) - f(y) of a Jacobian's columns, a group of columns for each evaluation. Allocates nothing per call. */
export class GroupDifferences {
  /** By entries of the pattern. */
  declare readonly difference: Float64Array
  /** Largest |difference| of each column, NaN if one is not finite, and the larger |f| in that row. */
  declare readonly largest: Float64Array
  declare readonly size: Float64Array
  declare private readonly pattern: Pattern
  declare private readonly evaluateMany: EvaluateMany
  /** Numbers of the groups that have columns. */
  declare private readonly present: Int32Array
  // What the two callbacks below work on
  declare private y: Float64Array
  declare private f: Float64Array
  declare private h: Float64Array
  private groups: ColumnGroups | null = null

  constructor(pattern: Pattern, evaluateMany: EvaluateMany) {
    this.pattern = pattern
    this.evaluateMany = evaluateMany
    this.difference = new Float64Array(pattern.rowIndex.length)
    this.largest = new Float64Array(pattern.n)
    this.size = new Float64Array(pattern.n)
    this.present = new Int32Array(pattern.n)
    this.y = this.f = this.h = this.size
  }

  /** @param h - increments of y by columns. @param groups - empty ones are left out, other columns keep their values */
  take(t: number, y: Float64Array, f: Float64Array, h: Float64Array, groups: ColumnGroups): void {
    const { start } = groups
    let count = 0
    for (let g = 0; g + 1 < start.length; g++) if (start[g + 1]! > start[g]!) this.present[count++] = g
    this.y = y
    this.f = f
    this.h = h
    this.groups = groups
    this.evaluateMany(t, count, this.write, this.read)
  }

  private readonly write = (number: number, state: Float64Array): void => {
    const y = this.y
    const h = this.h
    const { start, columns } = this.groups!
    const g = this.present[number]!
    for (let i = 0; i < y.length; i++) state[i] = y[i]!
    for (let c = start[g]!; c < start[g + 1]!; c++) {
      const j = columns[c]!
      state[j] = state[j]! + h[j]!
    }
  }

  private readonly read = (number: number, fNew: Float64Array): void => {
    const f = this.f
    const { columnStart, rowIndex } = this.pattern
    const { start, columns } = this.groups!
    const { difference } = this
    const g = this.present[number]!
    for (let c = start[g]!; c < start[g + 1]!; c++) {
      const j = columns[c]!
      const first = columnStart[j]!
      const end = columnStart[j + 1]!
      let row = first < end ? rowIndex[first]! : 0
      let most = 0
      let zero = 0
      for (let e = first; e < end; e++) {
        const i = rowIndex[e]!
        const change = fNew[i]! - f[i]!
        difference[e] = change
        zero += change - change
        if (Math.abs(change) > most) {
          most = Math.abs(change)
          row = i
        }
      }
      this.largest[j] = most + zero
      this.size[j] = Math.max(Math.abs(f[row]!), Math.abs(fNew[row]!))
    }
  }
}
