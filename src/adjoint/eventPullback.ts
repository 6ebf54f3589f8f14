import { IvpInputError, solveIvp, type FloatArray, type IvpResult } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { backsolve } from './backsolve.ts'
import { backwardOptions } from './backwardOptions.ts'
import { checkBackward, checkBackwardNames } from './checkBackward.ts'
import type { BackwardOptions, DirectionOptions } from './continuousAdjoint.ts'
import { addScaled, dot } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import { interpolating } from './interpolating.ts'
import { checkParamSizes } from './paramBlocks.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** An event g(t, h) = 0 that ends the solve, with its derivatives. */
export interface DifferentiableEvent<V extends FloatArray> {
  readonly g: (t: number, h: V) => number
  /** Writes dg/dh, length n, to `out`. */
  readonly dh: (t: number, h: V, out: V) => void
  /** dg/dt; absent: 0. */
  readonly dt?: ((t: number, h: V) => number) | undefined
  /** As scipy's: 1 for rising g, -1 for falling, 0 (default) for both. */
  readonly direction?: number | undefined
}

export interface EventPullbackOptions<V extends FloatArray> extends DirectionOptions<V> {
  /** Default 'backsolve'. */
  readonly gradient?: 'backsolve' | 'interpolating' | undefined
  readonly backward?: Omit<BackwardOptions<V>, 'times'> | undefined
}

/** Where an event ended a solve, and gradients of a loss L(tEvent, hEvent). */
export interface EventSolve<V extends FloatArray> {
  /** The forward solve; status 1 when the event occurred. */
  readonly result: IvpResult<V>
  /** Null when it did not occur: then there is no gradient. */
  readonly tEvent: number | null
  readonly hEvent: V | null
  /**
   * @param incoming - dL/dhEvent, length n
   * @param incomingTime - dL/dtEvent
   * @returns `ts` is [dL/dt0, NaN]: the event's time is found, not given
   * @throws IvpInputError when the event did not occur
   */
  pullback(incoming: V, incomingTime: number): Gradients<V>
}

/**
 * Solves h' = f(t, h) until g(t, h) = 0 and differentiates time and state of that event.
 *
 * The event's time moves with the solution (implicit function theorem): with the total derivative g' = dg/dt + dg/dh . f at the event,
 *
 *     d tEvent = -(dg/dh . dh) / g',    so that    lambda = a - (a . f + b) / g' dg/dh
 *
 * is what is pulled back from a fixed end, for incoming gradients a of the state and b of the time. Where it fails: g' = 0, a solution that only
 * touches the event; then tEvent is not differentiable and the gradients are not finite.
 *
 * @param span - [t0, tMax]
 * @throws IvpInputError as `solveIvp`
 * @see Chen, Amos, Nickel, "Learning neural event functions for ordinary differential equations" (ICLR 2021), Sec. 3
 */
export function solveToEvent<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  [t0, tMax]: readonly [number, number],
  h0: V,
  event: DifferentiableEvent<V>,
  options: EventPullbackOptions<V> = {},
): EventSolve<V> {
  const { gradient = 'backsolve', backward, ...forward } = options
  if (gradient !== 'backsolve' && gradient !== 'interpolating') {
    throw new IvpInputError('gradient', gradient, "must be 'backsolve' or 'interpolating' for an event")
  }
  checkParamSizes(rhs)
  checkBackwardNames(backward, false)
  checkBackward(gradient, forward, backward, h0.length, rhs.nParams)
  const result = solveIvp(
    rhs.f as (t: number, h: FloatArray, dh: FloatArray) => void,
    [t0, tMax],
    h0 as FloatArray,
    {
      ...(forward as DirectionOptions<FloatArray>),
      events: {
        fn: event.g as (t: number, h: FloatArray) => number,
        terminal: true,
        direction: event.direction,
      },
      inPlace: true,
      save: 'last',
      denseOutput: gradient === 'interpolating',
    },
  ) as IvpResult as IvpResult<V>
  const occurred = result.status === 1
  const tEvent = occurred ? result.t.at(-1)! : null
  const hEvent = occurred ? result.states.at(-1)! : null
  return {
    result,
    tEvent,
    hEvent,
    pullback(incoming, incomingTime) {
      if (tEvent === null || hEvent === null) {
        throw new IvpInputError('event', result.message, `must occur in [${t0}, ${tMax}] to have a gradient`)
      }
      const lambda = incoming.slice() as V
      const normal = zerosLike(h0)
      const slope = zerosLike(h0)
      event.dh(tEvent, hEvent, normal)
      rhs.f(tEvent, hEvent, slope)
      const rate = (event.dt?.(tEvent, hEvent) ?? 0) + dot(normal, slope)
      addScaled(lambda, -(dot(incoming, slope) + incomingTime) / rate, normal)
      const ts = [t0, tEvent]
      const states = [h0, hEvent]
      const incomings = [zerosLike(h0), lambda]
      const direction = backwardOptions(forward, backward)
      const found =
        result.sol === null
          ? backsolve(rhs, ts, states, incomings, direction)
          : interpolating(rhs, result.sol, ts, states, incomings, direction)
      return { ...found, ts: Float64Array.of(found.ts[0]!, NaN) }
    },
  }
}
