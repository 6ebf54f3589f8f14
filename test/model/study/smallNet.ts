import { makeRng } from '../../../src/model/rng.ts'
import type { ImageSet } from '../../../src/model/imageSet.ts'
import { shapeOf } from '../../../src/model/netShape.ts'
import { odeNetSpec } from '../../../src/model/odeNet.ts'
import { initialParameters } from '../../../src/model/parameters.ts'
import { presets } from '../../../src/model/presets.ts'
import type { TrainOptions } from '../../../src/model/trainOptions.ts'
import type { TrainedNet } from '../../../src/model/study/trainedNet.ts'

export const options: TrainOptions = {
  ...presets.quick,
  net: 'odenet',
  dim: 4,
  groups: 2,
  batch: 16,
  rtol: 0.05,
  atol: 0.05,
  seed: 3,
  workers: 1,
  backend: 'wasm',
}

/** Random grey images of ten classes. */
export function someImages(n: number): ImageSet {
  const rng = makeRng(1)
  return {
    images: Uint8Array.from({ length: n * 784 }, () => rng.int(256)),
    labels: Uint8Array.from({ length: n }, (_, i) => i % 10),
    n,
    height: 28,
    width: 28,
    channels: 1,
    normalisation: { mean: [0.5], deviation: [0.29] },
    classNames: Array.from('0123456789'),
  }
}

/** A net with its starting parameters. */
export function startingNet(images: ImageSet, changes: Partial<TrainOptions> = {}): TrainedNet {
  const all = { ...options, ...changes }
  const shape = shapeOf(all, images)
  const parameters = initialParameters(odeNetSpec(shape), makeRng(all.seed).fork('parameters'))
  return { options: all, shape, parameters }
}
