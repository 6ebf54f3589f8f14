import type { Tensor2D } from '../bridge/tensor.ts'

/** Index of the largest logit of each image. @param logits - shape (batch, classes) */
export function predictedClasses(logits: Tensor2D): Uint8Array {
  const [n, classes] = logits.shape
  const values = logits.dataSync()
  return Uint8Array.from({ length: n }, (_, i) => {
    const row = values.subarray(i * classes, (i + 1) * classes)
    return row.indexOf(Math.max(...row))
  })
}

export function countCorrect(predicted: Uint8Array, labels: Uint8Array): number {
  return predicted.reduce((sum, label, i) => sum + (label === labels[i] ? 1 : 0), 0)
}
