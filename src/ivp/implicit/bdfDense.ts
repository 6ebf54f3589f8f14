import type { DenseOutput } from '../dense/denseOutput.ts'

/**
 * The polynomial through the last `order` + 1 points of a mesh of step h that ends in t, by Newton's formula on backward differences.
 * @param differences - differences D[0] .. D[order]; kept
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. III.1, eq. (1.7)
 */
export function bdfDense(
  tOld: number,
  t: number,
  h: number,
  differences: ReadonlyArray<Float64Array>,
): DenseOutput<Float64Array> {
  const isInRange = Math.abs(t) + Math.abs(h) * differences.length < Infinity
  return {
    tOld,
    t,
    at(time) {
      const y = differences[0]!.slice()
      let product = 1
      for (let j = 1; j < differences.length; j++) {
        // The same where products with h are out of range
        product *= isInRange ? (time - (t - h * (j - 1))) / (h * j) : ((time - t) / h + (j - 1)) / j
        const row = differences[j]!
        for (let i = 0; i < y.length; i++) y[i] = y[i]! + row[i]! * product
      }
      return y
    },
  }
}
