/** Measures one solver over several tolerances. */
import type { Answer } from './protocol.ts'
import { ask, errorOf, type Racer } from './race.ts'
import type { Curve, Kind, Point } from './workPrecision.ts'

/** Seconds within which a point has to be measured: a runner solves at least twice. */
const LIMIT = 5
/** Seconds of one solve after which a curve ends: tighter tolerances would only take longer. */
const SLOW = 2
/** Absolute tolerance for each relative one. */
export const ATOL_PER_RTOL = 1e-3
/** From this error on not even the first digit is right: such an end is no solution. */
const WRONG = 0.1

export interface Entrant {
  readonly name: string
  readonly kind: Kind
  readonly racer: Racer
  /** The loosest first. */
  readonly rtols: ReadonlyArray<number>
  /** Seconds to measure each point for. */
  readonly budget: number
}

/** The state at the end, and an error below which nobody can tell. */
export interface Reference {
  readonly y: Float64Array
  readonly uncertainty: number
}

/** A point with this many times the time for an evaluation of a neighbour may have met a busy machine. */
const SUSPICIOUS = 1.3

/**
 * Leaves out points whose end is no solution; one that is too good for the reference counts with the error that can be told, and is the last.
 * Points that took long for the number of their evaluations, beside their neighbours, are measured once more, whoever's they are.
 */
export function measureCurve(
  { name, kind, racer, rtols, budget }: Entrant,
  problem: string,
  reference: Reference,
): Curve {
  const answerAt = (rtol: number): Answer | null =>
    ask(racer, { problem, method: racer.method, rtol, atol: rtol * ATOL_PER_RTOL, budget }, LIMIT)
  const points: Point[] = []
  let ended: string | undefined
  for (const rtol of rtols) {
    const start = performance.now()
    const answer = answerAt(rtol)
    if (answer === null) {
      const isLate = performance.now() - start > 1e3 * LIMIT
      ended = `rtol ${rtol}: ${isLate ? `not done within ${LIMIT} s` : 'failed, or not finite'}`
      break
    }
    const { seconds, nfev, y } = answer
    const error = errorOf(y, reference.y)
    if (error < WRONG) points.push({ rtol, seconds, error: Math.max(error, reference.uncertainty), nfev })
    if (error <= reference.uncertainty) break
    if (seconds > SLOW) {
      ended = `rtol ${rtol}: a solve took ${seconds.toPrecision(2)} s`
      break
    }
  }
  if (points.length === 0) ended ??= 'no digit was right at any tolerance'
  const costs = points.map(({ seconds, nfev }) => seconds / nfev)
  const checked = points.map((point, i) => {
    const usual = Math.min(costs[i - 1] ?? Infinity, costs[i + 1] ?? Infinity)
    if (costs[i]! <= SUSPICIOUS * usual) return point
    const seconds = answerAt(point.rtol)?.seconds ?? Infinity
    return { ...point, seconds: Math.min(point.seconds, seconds) }
  })
  return { name, kind, points: checked, ...(ended === undefined ? {} : { ended }) }
}
