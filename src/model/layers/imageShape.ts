import { IvpInputError } from '../../bridge/index.ts'
import { tf, type Tensor } from '../../bridge/tensor.ts'

/** The only shape of a layer with one input. */
export function oneShape(shape: tf.Shape | tf.Shape[]): tf.Shape {
  return Array.isArray(shape[0]) ? shape[0] : (shape as tf.Shape)
}

/** The only input of a layer. */
export function oneTensor(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs
}

/** The number of channels of images (batch, height, width, channels). @throws IvpInputError */
export function channelsOf(shape: tf.Shape): number {
  const expected = 'must be (batch, height, width, channels) with a known number of channels'
  const channels = shape[3]
  if (shape.length !== 4 || typeof channels !== 'number') {
    throw new IvpInputError('inputShape', JSON.stringify(shape), expected)
  }
  return channels
}

/** @throws IvpInputError where `channels` are not divisible into `groups` */
export function checkGroups(groups: number, channels: number): void {
  if (channels % groups === 0) return
  throw new IvpInputError('groups', groups, `must divide the number of channels, ${channels}`)
}

/** @throws IvpInputError */
export function checkCount(option: string, count: unknown): asserts count is number {
  if (Number.isInteger(count) && (count as number) > 0) return
  throw new IvpInputError(option, count, 'must be a whole number above 0')
}

/** @throws IvpInputError */
export function checkSeed(seed: unknown): void {
  if (seed === undefined || seed === null || Number.isFinite(seed)) return
  throw new IvpInputError('seed', seed, 'must be a finite number')
}

/** What tfjs checks of every input from now on. */
export function imageSpec(channels: number): tf.InputSpec {
  return new tf.InputSpec({ ndim: 4, axes: { 3: channels } })
}
