import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import type { DifferentiableEvent } from './eventPullback.ts'

const EVENT_KEYS = optionNames<DifferentiableEvent<FloatArray>>({
  g: true,
  dh: true,
  dt: true,
  dtheta: true,
  direction: true,
})

/**
 * Checks an event and its derivatives, before anything is solved.
 * @throws IvpInputError that names `event`, or the part of it
 */
export function checkEvent(event: unknown): void {
  if (event === null || typeof event !== 'object') {
    throw new IvpInputError('event', event, 'must be { g, dh }, a function g(t, h) with its derivative')
  }
  checkOptionNames(event, EVENT_KEYS, { within: 'event' })
  const { g, dh, dt, dtheta, direction } = event as Readonly<Record<string, unknown>>
  if (typeof g !== 'function') {
    throw new IvpInputError('event.g', g, 'must be a function (t, h) => number, which is 0 at the event')
  }
  if (typeof dh !== 'function') {
    throw new IvpInputError('event.dh', dh, 'must be a function (t, h, out) that writes dg/dh to out')
  }
  if (dt !== undefined && dt !== null && typeof dt !== 'function') {
    throw new IvpInputError('event.dt', dt, 'must be a function (t, h) => dg/dt, or absent: then it is 0')
  }
  if (dtheta !== undefined && dtheta !== null && typeof dtheta !== 'function') {
    const expected = 'must be a function (t, h, out) that writes dg/dtheta to out, or null: then it is 0'
    throw new IvpInputError('event.dtheta', dtheta, expected)
  }
  const sign = direction ?? 0
  if (typeof sign === 'number' && !Number.isNaN(sign)) return
  throw new IvpInputError('event.direction', direction, 'must be 1 (rising), -1 (falling) or 0 (both)')
}
