import { augmented } from './augmentation.ts'
import { pick, type ImageSet } from './imageSet.ts'
import type { Rng } from './rng.ts'
import type { TrainingShard } from './shard.ts'
import type { TrainOptions } from './trainOptions.ts'

/**
 * The batch of every training step: a fresh order of the images in each epoch, every image once, so that the last batch may be smaller. Any step can be asked
 * for, in any order: all that is random comes from a stream of its own for each epoch or step.
 */
export class Batches {
  readonly perEpoch: number
  readonly #train: ImageSet
  readonly #rng: Rng
  readonly #options: TrainOptions
  /** The order of one epoch, kept while steps of that epoch are asked for. */
  #order: { readonly epoch: number; readonly indices: Uint32Array } | null = null

  constructor(train: ImageSet, rng: Rng, options: TrainOptions) {
    this.perEpoch = Math.ceil(train.n / options.batch)
    this.#train = train
    this.#rng = rng
    this.#options = options
  }

  at(step: number): TrainingShard {
    const { batch } = this.#options
    const from = (step % this.perEpoch) * batch
    const indices = this.#orderOf(this.epochOf(step)).subarray(from, from + batch)
    const { pixels, labels } = pick(this.#train, indices)
    const { augmentation } = this.#options
    const rng = (): Rng => this.#rng.fork(`augmentation ${step}`)
    return {
      pixels: augmentation === null ? pixels : augmented(pixels, this.#train, augmentation, rng()),
      labels,
      mask: this.#maskOf(step, indices.length),
    }
  }

  /** Steps until at least so many images have been seen. */
  stepsFor(images: number): number {
    const { n } = this.#train
    const epochs = Math.floor(images / n)
    return epochs * this.perEpoch + Math.ceil((images - epochs * n) / this.#options.batch)
  }

  /** Images seen in the first steps. */
  imagesAfter(steps: number): number {
    const epochs = Math.floor(steps / this.perEpoch)
    return epochs * this.#train.n + (steps - epochs * this.perEpoch) * this.#options.batch
  }

  epochOf(step: number): number {
    return Math.floor(step / this.perEpoch)
  }

  #orderOf(epoch: number): Uint32Array {
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: this.#rng.fork(`epoch ${epoch}`).permutation(this.#train.n) }
    }
    return this.#order.indices
  }

  /** Dropout of the pooled features, shape (n, dim): 0, or 1 / (1 - p) so that the mean is kept. Null without dropout. */
  #maskOf(step: number, n: number): Float32Array | null {
    const { dropout, dim } = this.#options
    if (dropout === 0) return null
    const stream = this.#rng.fork(`dropout ${step}`)
    const kept = 1 / (1 - dropout)
    return Float32Array.from({ length: n * dim }, () => (stream.uniform() < dropout ? 0 : kept))
  }
}
