import { IvpInputError } from '../errors.ts'
import { spacingAt } from '../spacing.ts'
import { firstNonNumber, isArrayLike } from './arrayLike.ts'

/**
 * Times this many spacings of numbers beyond the span are rounding of the caller's arithmetic, and count as
 * its end.
 */
const ROUNDING = 4

export function checkSpan(span: unknown): [number, number] {
  if (!isArrayLike(span) || span.length !== 2)
    throw new IvpInputError('tSpan', span, 'must be two numbers [t0, t1]')
  const t0 = span[0]
  const t1 = span[1]
  if (typeof t0 !== 'number' || !Number.isFinite(t0))
    throw new IvpInputError('tSpan', span, 'must start at a finite t0')
  if (typeof t1 !== 'number' || Number.isNaN(t1)) {
    throw new IvpInputError('tSpan', span, 'must end at a number t1 (Infinity is allowed)')
  }
  if (Number.isFinite(t1) && !Number.isFinite(t1 - t0))
    throw new IvpInputError(
      'tSpan',
      span,
      'must not be longer than the largest number; take another unit of time',
    )
  return [t0, t1]
}

/** What can end a solve before t1. */
interface Ends {
  readonly t1: number
  readonly events: ReadonlyArray<{ readonly terminalCount: number }> | null
  readonly maxSteps: number
}

/** @throws IvpInputError for a solve to infinity that nothing ends */
export function checkEnds(
  { t1, events, maxSteps }: Ends,
  { signal, timeout, onStep }: Readonly<Record<string, unknown>>,
): void {
  const hasEnd =
    Number.isFinite(t1) ||
    maxSteps < Infinity ||
    (timeout ?? Infinity) !== Infinity ||
    (signal ?? null) !== null ||
    (onStep ?? null) !== null ||
    events?.some(({ terminalCount }) => terminalCount < Infinity) === true
  if (!hasEnd) {
    throw new IvpInputError(
      'tSpan',
      t1,
      'must end at a finite t1, or something else must end the solve: a terminal event, maxSteps, timeout, signal or onStep',
    )
  }
}

/** What a right-hand side sees of t is wrong by up to half a spacing: from this share of the span, in relative tolerances, on it counts. */
const SEEN = 0.1
/** Below it nothing is said: rounding of this size is everywhere. */
const EVERYWHERE = 1e-12

/** Says where numbers near t are so far apart that a right-hand side which looks at t cannot be integrated as precisely as is asked for. */
export function warnIfFar(t0: number, t1: number, rtol: number | Float64Array, warnings: string[]): void {
  const span = Math.abs(t1 - t0)
  if (!(span > 0 && span < Infinity)) return
  const spacing = spacingAt(Math.max(Math.abs(t0), Math.abs(t1)))
  const tightest =
    typeof rtol === 'number' ? rtol : rtol.reduce((least, value) => Math.min(least, value), Infinity)
  if (!(spacing > Math.max(EVERYWHERE, SEEN * tightest) * span)) return
  warnings.push(
    `Numbers near t = ${t0} are ${spacing} apart, too far for the span and \`rtol\`: integrate in time relative to the start, (s, y) => fun(t0 + s, y) from s = 0.`,
  )
}

export function checkTEval(value: unknown, t0: number, t1: number): Float64Array | null {
  if (value === undefined || value === null) return null
  const refuse = (expected: string): never => {
    throw new IvpInputError('tEval', value, expected)
  }
  if (!isArrayLike(value)) return refuse('must be a flat array of times')
  const at = firstNonNumber(value)
  if (at >= 0) refuse(`must be a flat array of times; tEval[${at}] is not a number`)
  const times = Float64Array.from(value as ArrayLike<number>)
  const [least, greatest] = t0 < t1 ? [t0, t1] : [t1, t0]
  const slack = ROUNDING * spacingAt(Math.max(Math.abs(t0), Number.isFinite(t1) ? Math.abs(t1) : 0))
  const direction = Math.sign(t1 - t0)
  for (let i = 0; i < times.length; i++) {
    const t = times[i]!
    if (!(t >= least && t <= greatest)) {
      if (!(t >= least - slack && t <= greatest + slack))
        refuse(`must lie within the span [${t0}, ${t1}]; tEval[${i}] = ${t} does not`)
      times[i] = t < least ? least : greatest
    }
    if (i > 0 && direction !== 0 && !(direction * (times[i]! - times[i - 1]!) > 0)) {
      const order = direction > 0 ? 'increase' : 'decrease'
      refuse(
        `must strictly ${order} along the integration from ${t0} to ${t1}; tEval[${i}] = ${t} comes after tEval[${i - 1}] = ${(value as ArrayLike<number>)[i - 1]}`,
      )
    }
  }
  return times
}
