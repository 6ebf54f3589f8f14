import type { DenseOutput } from '../dense/denseOutput.ts'

/**
 * The polynomial of a Nordsieck array: y(t + x h) = z_0 + z_1 x + ... + z_q x^q, x = -1 at the other end of the step.
 * @param h - the step size in which the columns are scaled. @param columns - z_0 .. z_q; kept
 */
export function nordsieckDense(
  tOld: number,
  t: number,
  h: number,
  columns: ReadonlyArray<Float64Array>,
): DenseOutput<Float64Array> {
  return {
    tOld,
    t,
    at(time) {
      const x = (time - t) / h
      const y = columns.at(-1)!.slice()
      for (let j = columns.length - 2; j >= 0; j--) {
        const column = columns[j]!
        for (let i = 0; i < y.length; i++) y[i] = y[i]! * x + column[i]!
      }
      return y
    },
  }
}
