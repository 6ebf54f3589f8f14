import type { GradientPool } from './gradientPool.ts'
import { pick, type ImageSet } from './imageSet.ts'

/** How a net does on a set of images. */
export interface Evaluation {
  readonly accuracy: number
  readonly loss: number
  readonly nfeForward: number
  /** `confusion[label][predicted]` counts. */
  readonly confusion: number[][]
  readonly mistakes: ReadonlyArray<{
    readonly index: number
    readonly label: number
    readonly predicted: number
  }>
}

/** Images per chunk; fixed, so that predictions do not depend on the number of workers. */
export const CHUNK = 250

/**
 * Predicts the class of every image of the set; several chunks at once where the pool has several members.
 * @param isStopped - asked between chunks; once it says true there is no evaluation
 */
export async function evaluateOn(
  pool: GradientPool,
  set: ImageSet,
  isStopped: () => boolean = () => false,
): Promise<Evaluation | null> {
  const classes = set.classNames.length
  const starts = Array.from({ length: Math.ceil(set.n / CHUNK) }, (_, c) => c * CHUNK)
  const confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  const mistakes: { index: number; label: number; predicted: number }[] = []
  let lossSum = 0
  let nfe = 0
  for (let from = 0; from < starts.length; from += pool.size) {
    if (isStopped()) return null
    const group = starts.slice(from, from + pool.size)
    const ranges = group.map((start) =>
      Array.from({ length: Math.min(CHUNK, set.n - start) }, (_, k) => start + k),
    )
    const predictions = await pool.predict(ranges.map((range) => pick(set, range)))
    predictions.forEach((prediction, g) => {
      lossSum += prediction.lossSum
      nfe += prediction.nfeForward
      prediction.predicted.forEach((predicted, k) => {
        const index = ranges[g]![k]!
        const label = set.labels[index]!
        confusion[label]![predicted]!++
        if (label !== predicted) mistakes.push({ index, label, predicted })
      })
    })
  }
  return {
    accuracy: 1 - mistakes.length / set.n,
    loss: lossSum / set.n,
    nfeForward: nfe / starts.length,
    confusion,
    mistakes,
  }
}
