import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { firstNonFinite } from '../ivp/failure.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import type { DifferentiableEvent } from './eventPullback.ts'
import { dot, isZero } from './flatArray.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** How g changes at its event. */
export interface EventRate<V extends FloatArray> {
  /** dg/dh. */
  readonly normal: V
  /** f(t, h). */
  readonly slope: V
  /** dg/dt + dg/dh . f. */
  readonly rate: number
  /** dg/dtheta, length p; null where the event does not say. */
  readonly byTheta: V | null
}

/**
 * The derivatives of an event where it occurred.
 * @throws IvpInputError that names the derivative that is not finite, and `event.dh` where the rate is 0: then the event's time is not differentiable
 */
export function eventRate<V extends FloatArray>(
  { f, nParams }: DifferentiableRhs<V>,
  event: DifferentiableEvent<V>,
  t: number,
  h: V,
): EventRate<V> {
  const normal = zerosLike(h)
  const slope = zerosLike(h)
  event.dh(t, h, normal)
  demandFinite('event.dh', normal, t)
  const byTheta = typeof event.dtheta === 'function' ? zerosLike(h, nParams) : null
  if (byTheta !== null) {
    event.dtheta!(t, h, byTheta)
    demandFinite('event.dtheta', byTheta, t)
  }
  const dt: unknown = event.dt?.(t, h) ?? 0
  if (!Number.isFinite(dt)) {
    throw new IvpInputError('event.dt', dt, `must return a finite number; at the event, t = ${t}, it did not`)
  }
  f(t, h, slope)
  const rate = (dt as number) + dot(normal, slope)
  if (rate === 0) {
    const seen = isZero(normal)
      ? 'must write dg/dh to its argument `out`: it wrote zeros, and'
      : 'must be that of an event which crosses 0, but'
    throw new IvpInputError(
      'event.dh',
      normal,
      `${seen} dg/dt + dg/dh . f is 0 at the event, t = ${t}, so that its time has no derivative. Where g depends on t, give \`event.dt\``,
    )
  }
  return { normal, slope, rate, byTheta }
}

function demandFinite(name: string, written: FloatArray, t: number): void {
  const component = firstNonFinite(written)
  if (component < 0) return
  const expected = `must write finite numbers; component ${component} at the event, t = ${t}, is not`
  throw new IvpInputError(name, written[component], expected)
}
