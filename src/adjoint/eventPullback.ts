import { IvpInputError, solveIvp, type FloatArray, type IvpResult } from '../ivp/index.ts'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { checkSpan } from '../ivp/check/span.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { backsolve } from './backsolve.ts'
import { incomingScale } from './backwardTolerance.ts'
import { backwardDirection, forwardFacts } from './backwardOptions.ts'
import { checkBackward, checkBackwardNames, checkOtherwise } from './checkBackward.ts'
import { checkEvent } from './checkEvent.ts'
import { checkStateGradient, checkTimeGradient } from './checkIncoming.ts'
import { checkRhs, checkStart } from './checkRhs.ts'
import type { BackwardOptions } from './continuousAdjoint.ts'
import { DIRECTION_OPTIONS, type BesideDirection, type DirectionOptions } from './directionOptions.ts'
import { eventRate } from './eventRate.ts'
import { addScaled, dot } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import { interpolating } from './interpolating.ts'
import { unusedWithoutBacksolve } from './noEffect.ts'
import { checkParamSizes } from './paramBlocks.ts'
import { orReplaced } from './replacedGradient.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** An event g(t, h) = 0 that ends the solve, with its derivatives. */
export interface DifferentiableEvent<V extends FloatArray> {
  readonly g: (t: number, h: V) => number
  /** Writes dg/dh, length n, to `out`. */
  readonly dh: (t: number, h: V, out: V) => void
  /** dg/dt; absent: 0. */
  readonly dt?: ((t: number, h: V) => number) | undefined
  /**
   * Writes dg/dtheta, length p, to `out`, which holds zeros; null: g does not depend on the parameters. Absent counts as null, and gradients of a right-hand side
   * with parameters carry a warning, since nobody can see whether g does.
   */
  readonly dtheta?: ((t: number, h: V, out: V) => void) | null | undefined
  /** As scipy's: 1 for rising g, -1 for falling, 0 (default) for both. */
  readonly direction?: number | undefined
}

export interface EventPullbackOptions<V extends FloatArray> extends DirectionOptions<V> {
  /** Default 'backsolve'. */
  readonly gradient?: 'backsolve' | 'interpolating' | undefined
  /** As of `solveWithPullback`; `otherwise` is 'interpolating' (default) or 'fail'. */
  readonly backward?: Omit<BackwardOptions<V>, 'times'> | undefined
}

/** Most steps towards an infinite tMax, where no option bounds them: an event that never occurs would be waited for for ever. */
const TO_INFINITY = 1e6

const NO_DTHETA =
  '`event.dtheta` is not given: the gradient of the parameters is right only if g does not depend on them. Give dtheta, or dtheta: null to say so.'

const EVENT_OPTIONS: ReadonlyArray<string> = [
  ...DIRECTION_OPTIONS,
  ...optionNames<BesideDirection<EventPullbackOptions<FloatArray>>>({ gradient: true, backward: true }),
]

/** `solveToEvent` has a span and one event where the others have output times. */
const INSTEAD: Readonly<Record<string, string>> = {
  tEval: 'only the state at the event has gradients; `solveWithPullback` takes output times',
  events: 'the event is the fourth argument',
  certify: 'gradients of events are not certified; compare with a finite difference of `hEvent`',
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
   * @throws IvpInputError when the event did not occur, for incoming gradients of another length or not finite, and for derivatives of the event that are not finite or
   * whose rate of g is 0
   */
  pullback(incoming: V, incomingTime: number): Gradients<V>
}

/**
 * Solves h' = f(t, h) until g(t, h) = 0 and differentiates time and state of that event.
 *
 * The event's time moves with the solution (implicit function theorem): with the total derivative g' = dg/dt + dg/dh . f at the event,
 *
 *     d tEvent = -(dg/dh . dh + dg/dtheta . dtheta) / g',    so that    lambda = a - (a . f + b) / g' dg/dh
 *
 * is what is pulled back from a fixed end, for incoming gradients a of the state and b of the time, and the parameters' gradient has -(a . f + b) / g' dg/dtheta besides. Where it fails: g' = 0, a solution that only
 * touches the event; then tEvent is not differentiable, and an error names `event.dh`.
 *
 * @param span - [t0, tMax]; on the way to an infinite tMax at most a million steps are taken, unless `maxSteps` or `signal` is given
 * @throws IvpInputError as `solveIvp`
 * @see Chen, Amos, Nickel, "Learning neural event functions for ordinary differential equations" (ICLR 2021), Sec. 3
 */
export function solveToEvent<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  span: readonly [number, number],
  h0: V,
  event: DifferentiableEvent<V>,
  options: EventPullbackOptions<V> = {},
): EventSolve<V> {
  checkOptionNames(options, EVENT_OPTIONS, { of: 'solveToEvent', instead: INSTEAD })
  const [t0, tMax] = checkedSpan(span)
  checkRhs(rhs)
  checkStart(h0)
  checkEvent(event)
  const { gradient = 'backsolve', backward, ...forward } = options
  if (gradient !== 'backsolve' && gradient !== 'interpolating') {
    throw new IvpInputError('gradient', gradient, "must be 'backsolve' or 'interpolating' for an event")
  }
  checkParamSizes(rhs)
  checkBackwardNames(backward, false)
  const otherwise = checkOtherwise(backward?.otherwise, ['interpolating', 'fail'], 'interpolating')
  checkBackward(gradient, forward, backward, h0.length, rhs.nParams)
  const bound = Number.isFinite(tMax) || forward.signal !== undefined ? Infinity : TO_INFINITY
  const solve = (denseOutput: boolean): IvpResult<V> =>
    solveIvp(rhs.f as (t: number, h: FloatArray, dh: FloatArray) => void, [t0, tMax], h0 as FloatArray, {
      ...(forward as DirectionOptions<FloatArray>),
      maxSteps: forward.maxSteps ?? bound,
      events: {
        fn: event.g as (t: number, h: FloatArray) => number,
        terminal: true,
        direction: event.direction,
      },
      inPlace: true,
      save: 'last',
      denseOutput,
    }) as IvpResult as IvpResult<V>
  const result = solve(gradient === 'interpolating')
  // With interpolants, once a gradient had to be replaced
  let again: IvpResult<V> | null = null
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
      checkStateGradient('incoming', incoming, h0.length, 'at the event')
      checkTimeGradient(incomingTime)
      const lambda = incoming.slice() as V
      const { normal, slope, rate, byTheta } = eventRate(rhs, event, tEvent, hEvent)
      const moved = -(dot(incoming, slope) + incomingTime) / rate
      addScaled(lambda, moved, normal)
      const ts = [t0, tEvent]
      const states = [h0, hEvent]
      const incomings = [zerosLike(h0), lambda]
      const facts = forwardFacts(forward, backward, result)
      const scale = incomingScale(incomings)
      const directionOf = (kind: 'backsolve' | 'interpolating'): BackwardOptions<V> =>
        backwardDirection(kind, forward, backward, h0.length, rhs.nParams, scale, kind !== gradient)
      const along = ({ sol }: IvpResult<V>): Gradients<V> =>
        interpolating(rhs, sol!, ts, states, incomings, directionOf('interpolating'), facts)
      const found =
        gradient === 'interpolating'
          ? along(result)
          : orReplaced(
              backsolve(rhs, ts, states, incomings, directionOf('backsolve'), facts),
              otherwise,
              () => along((again ??= solve(true))),
            )
      const { theta } = found
      if (byTheta !== null) addScaled(theta, moved, byTheta)
      const isUnknown = event.dtheta === undefined && rhs.nParams > 0
      const unused = gradient === 'interpolating' ? unusedWithoutBacksolve(backward) : []
      const warnings = [...found.warnings, ...unused, ...(isUnknown ? [NO_DTHETA] : [])]
      return { ...found, ts: Float64Array.of(found.ts[0]!, NaN), warnings }
    },
  }
}

/** @throws IvpInputError */
function checkedSpan(span: unknown): [t0: number, tMax: number] {
  try {
    return checkSpan(span)
  } catch (error) {
    throw error instanceof IvpInputError ? new IvpInputError('span', span, error.expected) : error
  }
}
