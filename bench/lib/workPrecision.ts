/** Work-precision curves and what they say about who is ahead. Times and errors only; measuring is `measureCurve`'s, drawing the figure's. */

/** One solve. */
export interface Point {
  readonly rtol: number
  /** Of the whole solve. */
  readonly seconds: number
  /** At t1, relative to the largest component. */
  readonly error: number
  readonly nfev: number
}

export type Kind = 'ours' | 'javascript' | 'compiled' | 'scipy'

/** One solver over several tolerances, the loosest first. */
export interface Curve {
  readonly name: string
  readonly kind: Kind
  readonly points: ReadonlyArray<Point>
  /** Why there are no points for tighter tolerances, where that was not planned. */
  readonly ended?: string
}

/** How one of our methods stands against one point of another solver. */
export interface Lead {
  readonly point: Point
  /** Our best method at that point's error; null where none of our points is as precise. */
  readonly method: string | null
  /** The other solver's time over ours; above 1 we are ahead. */
  readonly ratio: number | null
}

/** The least time in which one of `curves` reaches `error`, and whose it is; null if none does. */
export function best(
  curves: ReadonlyArray<Curve>,
  error: number,
): { readonly name: string; readonly seconds: number } | null {
  let found: { name: string; seconds: number } | null = null
  for (const { name, points } of curves) {
    for (const seconds of candidates(points, error)) {
      if (found === null || seconds < found.seconds) found = { name, seconds }
    }
  }
  return found
}

/** Times at which a curve reaches `error`: of its points that are as precise, and between neighbours, on a straight line in logarithms. */
function candidates(points: ReadonlyArray<Point>, error: number): number[] {
  const times = points.filter((point) => point.error <= error).map(({ seconds }) => seconds)
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    if ((a.error - error) * (b.error - error) >= 0) continue
    const share = Math.log(error / a.error) / Math.log(b.error / a.error)
    times.push(a.seconds * (b.seconds / a.seconds) ** share)
  }
  return times
}

/** Against each point of `other` whose error is above `resolved`: below, it may be any. */
export function leads(ours: ReadonlyArray<Curve>, other: Curve, resolved: number): Lead[] {
  const points = other.points.filter(({ error }) => error > resolved)
  return points.map((point) => {
    const at = best(ours, point.error)
    return { point, method: at?.name ?? null, ratio: at === null ? null : point.seconds / at.seconds }
  })
}

/** The lead that is smallest; one of null is smaller than all. Null without points. */
export function smallestLead(all: ReadonlyArray<Lead>): Lead | null {
  return all.reduce<Lead | null>((a, b) => (a === null || (b.ratio ?? 0) < (a.ratio ?? 0) ? b : a), null)
}
