import { copyOf, type VectorSpace } from '../space/vectorSpace.ts'
import type { DenseOutput, SpaceDense } from './denseOutput.ts'

/**
 * y(tOld + x h) = yOld + h (q[0] x + q[1] x^2 + ...): the interpolant of a Runge-Kutta step.
 * @param yOld - copied, since the stepper overwrites it
 * @param q - coefficient vectors, kept until `release`
 */
export function rkDense<V, S>(
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
      const powers = new Float64Array(q.length)
      let power = x
      for (let i = 0; i < powers.length; i++, power *= x) powers[i] = power
      return space.combine(space.zerosLike(start), start, h, powers, q, q.length)
    },
    release() {
      space.release(start)
      for (const v of q) space.release(v)
    },
  }
}

/** The interpolant of a step of length zero, or of an empty state: constant. */
export function constantDense<V, S>(space: VectorSpace<V, S>, t: number, y: V): DenseOutput<V> {
  const value = copyOf(space, y)
  return { tOld: t, t, at: () => copyOf(space, value) }
}
