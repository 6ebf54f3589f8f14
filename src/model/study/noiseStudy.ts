import type { ImageSet } from '../imageSet.ts'
import { makeOdeNet, odeNetSpec } from '../odeNet.ts'
import { toParameters } from '../parameters.ts'
import { makeRng } from '../rng.ts'
import { solveOf } from '../trainedSolve.ts'
import { scoresOf } from './scores.ts'
import { inBatches, type Pause, type TrainedNet } from './trainedNet.ts'

export interface NoiseRow {
  /** Standard deviation of the noise, where black is 0 and white 1. */
  readonly deviation: number
  readonly accuracy: number
  readonly loss: number
  /** Mean over the batches; 0 without an ODE. */
  readonly evaluations: number
}

export interface NoiseStudy {
  readonly images: number
  readonly seed: number
  readonly rows: readonly NoiseRow[]
}

const DEVIATIONS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]

/** How a net bears normal noise on every pixel, solved as in its training. The same seed gives every net the same images. */
export async function noiseStudy(
  net: TrainedNet,
  set: ImageSet,
  seed: number,
  pause: Pause,
): Promise<NoiseStudy> {
  const spec = odeNetSpec(net.shape)
  const classify = makeOdeNet(net.shape)
  const rows: NoiseRow[] = []
  for (const deviation of DEVIATIONS) {
    let evaluations = 0
    const solve = {
      ...solveOf(net.options),
      onSolve: ({ nfev }: { nfev: number }) => void (evaluations += nfev),
    }
    const batches = await inBatches(noisy(set, deviation, seed), pause, (images, labels) =>
      scoresOf(classify(toParameters(spec, net.parameters), images, { solve }), labels),
    )
    rows.push({
      deviation,
      accuracy: batches.reduce((sum, { correct }) => sum + correct, 0) / set.n,
      loss: batches.reduce((sum, { lossSum }) => sum + lossSum, 0) / set.n,
      evaluations: evaluations / batches.length,
    })
  }
  return { images: set.n, seed, rows }
}

/** Copies of the images with independent normal noise on every byte, rounded and kept within 0 to 255. */
export function noisy(set: ImageSet, deviation: number, seed: number): ImageSet {
  if (deviation === 0) return set
  const rng = makeRng(seed).fork(`noise ${deviation}`)
  // Uint8ClampedArray rounds and clips as images ask for
  const bytes = Uint8ClampedArray.from(set.images, (byte) => byte + 255 * deviation * rng.normal())
  return { ...set, images: new Uint8Array(bytes.buffer) }
}
