import { tf, type Tensor4D } from '../../bridge/tensor.ts'
import { CHUNK } from '../evaluation.ts'
import { imageTensor } from '../imageTensor.ts'
import { pick, type ImageSet } from '../imageSet.ts'
import type { ShardShape } from '../shard.ts'
import type { TrainOptions } from '../trainOptions.ts'

/** A net as a training left it. */
export interface TrainedNet {
  readonly options: TrainOptions
  readonly shape: ShardShape
  /** As `odeNetSpec(shape)` lays them out. */
  readonly parameters: Float32Array
}

/** Gives signals and timers a turn between two blocking computations; rejects to stop a study. */
export type Pause = () => Promise<void>

/**
 * Calls `body` with one batch of images after the other, of the size that the tests of a training have: a solver that chooses its steps chooses the same.
 * What `body` leaves of tensors is disposed.
 */
export async function inBatches<T>(
  set: ImageSet,
  pause: Pause,
  body: (images: Tensor4D, labels: Uint8Array) => T,
): Promise<T[]> {
  const results: T[] = []
  for (let from = 0; from < set.n; from += CHUNK) {
    await pause()
    const { pixels, labels } = pick(set, range(from, Math.min(from + CHUNK, set.n)))
    tf.tidy(() => {
      results.push(body(imageTensor(pixels, set), labels))
    })
  }
  return results
}

/** The first images of a set. */
export function firstOf(set: ImageSet, most: number): ImageSet {
  const n = Math.min(most, set.n)
  const size = set.height * set.width * set.channels
  return { ...set, n, images: set.images.subarray(0, n * size), labels: set.labels.subarray(0, n) }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, k) => from + k)
}
