import { tf, type Tensor } from '../../../src/bridge/tensor.ts'

/** A model through its file and back: topology as JSON text and weights as bytes, as a `file://` handler keeps them. */
export async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let artifacts: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler((given) => {
      artifacts = given
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } })
    }),
  )
  const { weightData, ...rest } = artifacts!
  const file = { ...(JSON.parse(JSON.stringify(rest)) as tf.io.ModelArtifacts), weightData: weightData! }
  return tf.loadLayersModel(tf.io.fromMemory(file))
}

/** Whether two tensors hold the same numbers. */
export const sameNumbers = (a: Tensor, b: Tensor): boolean =>
  a.shape.join() === b.shape.join() && a.dataSync().every((value, i) => value === b.dataSync()[i])

/** Tensors of different numbers, none of them random. */
export const wave = (shape: number[], seed: number): Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(12.9898 * (i + 1) + seed)),
    shape,
  )

/** Releases a model and the optimizer it was compiled with. */
export function release(model: tf.LayersModel): void {
  model.dispose()
  if (model.optimizer !== undefined) model.optimizer.dispose()
}
