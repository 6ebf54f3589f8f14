/** How far a solve has got. */
export interface SolveProgress {
  /** Time reached. */
  readonly t: number
  /** Share of the interval that lies behind, from 0 to 1; 0 of an interval without end. */
  readonly share: number
  readonly nfev: number
  /** Steps accepted. */
  readonly nsteps: number
  /** Attempts of a step that were not accepted. */
  readonly nrejected: number
}

/** Where t lies between t0 and t1. */
export function shareOf(t: number, [t0, t1]: readonly [number, number]): number {
  return t === t1 ? 1 : (t - t0) / (t1 - t0)
}
