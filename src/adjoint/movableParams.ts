import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** Parameters of a right-hand side that can be moved to see what f does. */
export interface MovableParams<V extends FloatArray> {
  readonly theta: ArrayLike<number>
  readonly withParams: (theta: V) => Pick<DifferentiableRhs<V>, 'f'>
}

/** `theta` and `withParams` of a right-hand side; null where it does not bring both. */
export function movableParams<V extends FloatArray>({
  theta,
  withParams,
}: DifferentiableRhs<V>): MovableParams<V> | null {
  return theta === undefined || withParams === undefined ? null : { theta, withParams }
}

/** Whether `withParams(theta)` gives the numbers of f at one point, up to rounding. */
export function givesSameF<V extends FloatArray>(
  { f }: DifferentiableRhs<V>,
  { theta, withParams }: MovableParams<V>,
  t: number,
  h: V,
): boolean {
  const [ours, theirs] = [zerosLike(h), zerosLike(h)]
  f(t, h.slice() as V, ours)
  const copy = zerosLike(h, theta.length)
  copy.set(theta)
  withParams(copy).f(t, h.slice() as V, theirs)
  let off = 0
  let size = 0
  for (let i = 0; i < h.length; i++) {
    off = Math.hypot(off, ours[i]! - theirs[i]!)
    size = Math.hypot(size, ours[i]!, theirs[i]!)
  }
  return !(off > 1e-4 * size)
}

/**
 * Checks `theta` and `withParams` before anything is solved.
 * @throws IvpInputError where they are not p numbers and a function, or where `withParams` comes without `theta`
 */
export function checkMovableParams<V extends FloatArray>(rhs: DifferentiableRhs<V>): void {
  const { theta, withParams, nParams } = rhs as { readonly [key: string]: unknown } & DifferentiableRhs<V>
  if (withParams !== undefined && typeof withParams !== 'function') {
    throw new IvpInputError(
      'withParams',
      withParams,
      'must be a function of theta that gives { f }, or absent',
    )
  }
  if (theta === undefined) {
    if (withParams === undefined) return
    throw new IvpInputError('theta', theta, 'must be the parameters of f, where `withParams` is given')
  }
  if (theta === null || typeof theta !== 'object' || theta.length !== nParams) {
    throw new IvpInputError('theta', theta, `must be an array of nParams, ${nParams}, numbers`)
  }
  const bad = Array.from(theta).findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new IvpInputError('theta', theta[bad], `must be finite (component ${bad} is not)`)
}
