import { tf, type Tensor2D } from '../../bridge/tensor.ts'
import { countCorrect, predictedClasses } from '../predictedClasses.ts'

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
  let lossSum = 0
  for (let i = 0; i < n; i++) lossSum -= logLikelihood[i * classes + labels[i]!]!
  const predicted = predictedClasses(logits)
  return { predicted, correct: countCorrect(predicted, labels), lossSum }
}
