import { odeint } from '../../bridge/index.ts'
import type { Tensor } from '../../bridge/tensor.ts'
import type { ImageSet } from '../imageSet.ts'
import { odeFunction } from '../odeFunction.ts'
import { endsOf, odeNetSpec } from '../odeNet.ts'
import { toParameters, under } from '../parameters.ts'
import { solveOf } from '../trainedSolve.ts'
import { principalComponents } from './principalComponents.ts'
import { inBatches, type Pause, type TrainedNet } from './trainedNet.ts'

/** Where the features of images go between the stem and the head. */
export interface TrajectoryStudy {
  readonly images: number
  /** On [0, 1]. */
  readonly times: readonly number[]
  /** Shares of the variance of all points at all times. */
  readonly explained: readonly [number, number]
  /** One path for each image: shape (times, 2). */
  readonly paths: readonly {
    readonly label: number
    readonly points: readonly (readonly [number, number])[]
  }[]
  /** The mean path of the images of each class that is there. */
  readonly means: readonly {
    readonly label: number
    readonly points: readonly (readonly [number, number])[]
  }[]
}

const TIMES = Array.from({ length: 21 }, (_, k) => k / 20)

/** Features h(t), each channel's mean over the image, in their two principal components; solved as in the training. */
export async function trajectoryStudy(
  net: TrainedNet,
  set: ImageSet,
  pause: Pause,
): Promise<TrajectoryStudy> {
  const f = odeFunction(net.shape.groups)
  const { stem } = endsOf(net.shape)
  const dim = net.shape.dim
  const batches = await inBatches(set, pause, (images, labels) => {
    const p = toParameters(odeNetSpec(net.shape), net.parameters)
    const { gradient: _g, backward: _b, ...solve } = solveOf(net.options)
    const states: Tensor = odeint(f, stem(p, images), TIMES, { ...solve, params: under(p, 'ode') })
    const features = states.mean([2, 3]).dataSync()
    return Array.from(labels, (label, i) => ({
      label,
      features: TIMES.map((_t, k) => {
        const at = (k * labels.length + i) * dim
        return features.slice(at, at + dim)
      }),
    }))
  })
  const all = batches.flat()
  const { explained, coordinates } = principalComponents(all.flatMap(({ features }) => features))
  const paths = all.map(({ label }, i) => ({
    label,
    points: coordinates.slice(i * TIMES.length, (i + 1) * TIMES.length),
  }))
  const classes = [...new Set(paths.map(({ label }) => label))].sort((a, b) => a - b)
  const means = classes.map((label) => {
    const own = paths.filter((path) => path.label === label)
    const mean = (k: number, axis: 0 | 1): number =>
      own.reduce((sum, { points }) => sum + points[k]![axis], 0) / own.length
    return { label, points: TIMES.map((_t, k) => [mean(k, 0), mean(k, 1)] as const) }
  })
  return { images: set.n, times: TIMES, explained, paths, means }
}
