/** What the checks of the fuzz share. */
import type { IvpResult } from '../../src/index.ts'
import type { Outcome, Variant } from './fuzzSolve.ts'
import type { Floats } from './fuzzWatch.ts'

export interface Alarm {
  /** What does not hold, in words that are the same for all of its kind. */
  readonly what: string
  /** In numbers. */
  readonly detail: string
}

export type Raise = (what: string, detail?: string) => void
/** Runs the case again, with something changed. */
export type Solve = (variant?: Variant) => Outcome
export type Result = IvpResult<Floats>

/** Bit for bit. */
export function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}

export function isFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false
  return true
}
