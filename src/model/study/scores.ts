import { tf, type Tensor2D } from '../../bridge/tensor.ts'

/** What logits say about a batch. */
export interface Scores {
  readonly predicted: Uint8Array
  readonly correct: number
  /** Sum over the batch of the cross-entropy, in nats. */
  readonly lossSum: number
}

/** @param logits - shape (batch, classes) */
export function scoresOf(logits: Tensor2D, labels: Uint8Array): Scores {
  const [n, classes] = logits.shape
  const logLikelihood = tf.tidy(() => tf.logSoftmax(logits).dataSync())
  const predicted = new Uint8Array(n)
  let [correct, lossSum] = [0, 0]
  for (let i = 0; i < n; i++) {
    const row = logLikelihood.subarray(i * classes, (i + 1) * classes)
    predicted[i] = row.indexOf(Math.max(...row))
    lossSum -= row[labels[i]!]!
    if (predicted[i] === labels[i]) correct++
  }
  return { predicted, correct, lossSum }
}
