import { copyOf, type VectorSpace } from '../space/vectorSpace.ts'
import type { SpaceDense } from './denseOutput.ts'

/**
 * y(tOld + x h) = yOld + h x (q[0] + (1 - x) (q[1] + x (q[2] + (1 - x) (...)))): the form of DOP853's interpolant.
 * @param yOld - copied, since the stepper overwrites it
 * @param q - coefficient vectors, kept until `release`
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", 2nd ed., Sec. II.6
 */
export function nestedDense<V, S>(
  space: VectorSpace<V, S>,
  tOld: number,
  t: number,
  yOld: V,
  q: ReadonlyArray<V>,
): SpaceDense<V> {
  const start = copyOf(space, yOld)
  const h = t - tOld
  return {
    tOld,
    t,
    at(time) {
      const x = (time - tOld) / h
      const weights = new Float64Array(q.length)
      let weight = 1
      for (let i = 0; i < weights.length; i++) {
        weight *= i % 2 === 0 ? x : 1 - x
        weights[i] = weight
      }
      return space.combine(space.zerosLike(start), start, h, weights, q, q.length)
    },
    release() {
      space.release(start)
      for (const v of q) space.release(v)
    },
  }
}
