import { tf, type Scalar, type Tensor2D } from '../bridge/tensor.ts'

/** Mean over the batch of -log softmax(logits)[label]. Both arguments have shape (batch, classes). */
export function crossEntropy(logits: Tensor2D, oneHot: Tensor2D): Scalar {
  return tf.tidy(() => tf.logSoftmax(logits).mul(oneHot).sum().div(-logits.shape[0]) as Scalar)
}
