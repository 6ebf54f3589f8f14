import { IvpInputError } from '../errors.ts'
import type { EventSpec } from '../event/event.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import { nearestName } from './nearestName.ts'

const KEYS = ['fn', 'terminal', 'direction'] as const
const ATTRIBUTES = ['terminal', 'direction'] as const
/**
 * A function may carry properties of its own, as mocks do: only what looks like one of ours is taken for a
 * slip.
 */
const LIKE_AN_ATTRIBUTE = /termina|directi/i

type EventFunction = (...args: unknown[]) => unknown

export function checkEvents<V extends FloatArray>(
  events: unknown,
  args: ReadonlyArray<unknown>,
): ReadonlyArray<EventSpec<V>> | null {
  if (events === undefined || events === null) return null
  const list: unknown[] = Array.isArray(events) ? Array.from(events) : [events]
  return list.map((event, i) => checkEvent<V>(event, `events[${i}]`, args))
}

function checkEvent<V extends FloatArray>(
  event: unknown,
  name: string,
  args: ReadonlyArray<unknown>,
): EventSpec<V> {
  const isFunction = typeof event === 'function'
  const fn: unknown = isFunction ? event : (event as { fn?: unknown } | null | undefined)?.fn
  if (typeof fn !== 'function') {
    throw new IvpInputError(
      name,
      event,
      'must be a function (t, y) => number or an object { fn, terminal, direction }',
    )
  }
  checkKeys(event as object, name, isFunction)
  const { terminal, direction } = event as { terminal?: unknown; direction?: unknown }
  return {
    name,
    g: numberOf(fn as EventFunction, name, args),
    terminalCount: checkTerminal(terminal ?? false, name),
    direction: checkDirection(direction ?? 0, name),
  }
}

/** A misspelt key would do nothing, and nobody would know. */
function checkKeys(event: object, name: string, isFunction: boolean): void {
  const known: ReadonlyArray<string> = isFunction ? ATTRIBUTES : KEYS
  for (const key of Object.keys(event)) {
    if (known.includes(key) || (isFunction && !LIKE_AN_ATTRIBUTE.test(key))) continue
    const nearest = nearestName(key, known)
    const hint = nearest === null ? '' : `; write \`${nearest}\``
    throw new IvpInputError(
      `${name}.${key}`,
      (event as Record<string, unknown>)[key],
      `is not a key of an event${hint} (known: ${known.join(', ')})`,
    )
  }
}

function checkTerminal(terminal: unknown, name: string): number {
  const isCount = typeof terminal === 'number' && Number.isInteger(terminal) && terminal >= 0
  if (typeof terminal !== 'boolean' && !isCount) {
    throw new IvpInputError(
      `${name}.terminal`,
      terminal,
      'must be true, false or a positive whole number of occurrences',
    )
  }
  // 0 and false: never
  return Number(terminal) || Infinity
}

function checkDirection(direction: unknown, name: string): number {
  if (typeof direction !== 'number' || Number.isNaN(direction)) {
    throw new IvpInputError(
      `${name}.direction`,
      direction,
      'must be a positive number, a negative number or 0',
    )
  }
  return direction
}

/**
 * The event function with its arguments. Without any there is no spreading, and what it returns is looked at
 * in either form.
 */
function numberOf<V>(
  fn: EventFunction,
  name: string,
  args: ReadonlyArray<unknown>,
): (t: number, y: V) => number {
  const demand = (value: unknown): number => {
    if (typeof value === 'number') return value
    throw new IvpInputError(
      name,
      value,
      'must return a number whose sign changes at the event, such as y[0] - 1 (not y[0] > 1)',
    )
  }
  return args.length > 0 ? (t, y) => demand(fn(t, y, ...args)) : (t, y) => demand(fn(t, y))
}
