import { endsOf, type NormBlocks } from '../space/norm.ts'
import { uniformTolerance } from '../space/uniformTolerance.ts'
import type { Tolerance } from '../space/vectorSpace.ts'

/** Error norms of an implicit method: the RMS of v[i] / (atol[i] + rtol[i] |y[i]|), largest of the blocks. */
export class ScaledNorm {
  /** The norm measured last. */
  value: number = NaN
  /** What vectors are multiplied by before they are measured. */
  declare factor: number
  declare private readonly n: number
  /** First component and end of each block. */
  declare private readonly from: Int32Array
  declare private readonly to: Int32Array
  /** Where there is a number for each component of one tolerance, the other is made so too. */
  declare private readonly rtol: number | Float64Array
  declare private readonly atol: number | Float64Array
  /** atol + rtol |y| of the state given last, shape (n). */
  declare private readonly scale: Float64Array

  constructor(n: number, tolerance: Tolerance, blocks: NormBlocks) {
    const { rtol, atol } = uniformTolerance(tolerance, n)
    const { from, to } = endsOf(blocks)
    this.n = n
    this.rtol = rtol
    this.atol = atol
    this.from = from
    this.to = to
    this.scale = new Float64Array(n)
    this.factor = 1
  }

  /** Measures in the tolerances of max(|y|, |other|) from now on. */
  setState(y: Float64Array, other: Float64Array): void {
    const rtol = this.rtol
    const atol = this.atol
    const scale = this.scale
    if (typeof rtol === 'number') {
      const least = atol as number
      for (let i = 0; i < scale.length; i++) {
        const s = least + rtol * Math.max(Math.abs(y[i]!), Math.abs(other[i]!))
        // NaN where the state is infinite: no error of it is small
        scale[i] = s + (s - s)
      }
    } else {
      const least = atol as Float64Array
      for (let i = 0; i < scale.length; i++) {
        const s = least[i]! + rtol[i]! * Math.max(Math.abs(y[i]!), Math.abs(other[i]!))
        scale[i] = s + (s - s)
      }
    }
  }

  /**
   * Norm of `factor` v to `value`, v being `rows` vectors of n components from v[offset] on, taken as one. NaN if an entry is. Numbers go
   * through fields: V8 boxes those that it passes or returns.
   */
  measure(v: Float64Array, offset: number, rows: number): void {
    const { factor } = this
    const n = this.n
    const scale = this.scale
    const start = this.from
    const end = this.to
    let largest = 0
    for (let b = 0; b < start.length; b++) {
      const from = start[b]!
      const to = end[b]!
      let sum = 0
      for (let row = 0, at = offset; row < rows; row++, at += n) {
        for (let i = from; i < to; i++) {
          const scaled = (factor * v[at + i]!) / scale[i]!
          sum += scaled * scaled
        }
      }
      const norm = Math.sqrt(sum) / Math.sqrt(rows * (to - from))
      if (Number.isNaN(norm)) {
        this.value = norm
        return
      }
      if (norm > largest) largest = norm
    }
    this.value = largest
  }

  /** Component of the largest entry of v, shape (n), in tolerances, or the first that is not finite. */
  worst(v: Float64Array): number {
    const scale = this.scale
    let worst = 0
    for (let i = 0; i < v.length; i++) {
      if (!Number.isFinite(v[i]!)) return i
      if (Math.abs(v[i]! / scale[i]!) > Math.abs(v[worst]! / scale[worst]!)) worst = i
    }
    return worst
  }
}
