import type * as layersEntry from '../../src/model/layers/index.ts'
import type { Tensor, tf as tfjs } from '../../src/bridge/tensor.ts'

/**
 * Losses of two epochs of `fit` on a model with an ODE block, and its predictions. Runs in Node and in a page: takes the libraries from the
 * caller, on whose backend it runs.
 */
export async function fitTwoEpochs(
  tf: typeof tfjs,
  { groupNormLayer, odeBlockLayer }: typeof layersEntry,
): Promise<{ losses: number[]; predictions: number[] }> {
  const layers = [
    odeBlockLayer({ groups: 2, seed: 3, method: 'RK4', step: 0.5, inputShape: [3, 3, 4] }),
    groupNormLayer({ groups: 2 }),
  ]
  const model = tf.sequential({ layers })
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' })
  const images = tf.tensor4d(
    Array.from({ length: 144 }, (_, i) => Math.sin(12.9898 * (i + 1))),
    [4, 3, 3, 4],
  )
  const { history } = await model.fit(images, images, { epochs: 2, batchSize: 2, shuffle: false })
  const prediction = model.predict(images) as Tensor
  const predictions = Array.from(prediction.dataSync())
  tf.dispose([images, prediction])
  model.dispose()
  return { losses: history['loss'] as number[], predictions }
}
