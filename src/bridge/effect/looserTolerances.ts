import { Effect } from 'effect'
import { checkOptionNames, optionNames } from '../../ivp/check/optionNames.ts'
import { RTOL_FLOOR } from '../../ivp/check/tolerance.ts'
import { IvpInputError, type FailureKind } from '../../ivp/index.ts'
import { SolveFailed } from '../odeErrors.ts'

/** Tolerances of a solve, each one number or one for each component. */
export interface Tolerances {
  readonly rtol: number | ReadonlyArray<number>
  readonly atol: number | ReadonlyArray<number>
}

/** Which tolerances to try, one after another. */
export interface LooserTolerancesOptions extends Partial<Tolerances> {
  /** By how much both tolerances grow from one solve to the next, more than 1. Default 10. */
  readonly factor?: number | undefined
  /** Most solves after the first one. Default 3. */
  readonly times?: number | undefined
}

/** A solution with the tolerances that gave it. */
export interface SolvedWithin<A> extends Tolerances {
  readonly value: A
  /** Solves that had failed before. */
  readonly retries: number
}

const OPTIONS = optionNames<LooserTolerancesOptions>({ rtol: true, atol: true, factor: true, times: true })

/** Failures that looser tolerances can help against. */
const HELPED: ReadonlySet<FailureKind> = new Set<FailureKind>(['stepTooSmall', 'maxSteps', 'noConvergence'])

/**
 * Solves, and solves again with looser tolerances if the solve fails where they can help: steps too small, too many, or an iteration that does
 * not converge. Any other error passes through at once, and the last one when the attempts are used up.
 *
 * @param solve - is given rtol and atol
 * @returns the solution with the tolerances that gave it; they start at the solver's defaults, 1e-3 and 1e-6
 * @example
 * looserTolerances((tolerances) => ode.solve(f, h0, ts, { maxSteps: 1000, ...tolerances }), { rtol: 1e-5, factor: 10, times: 2 })
 */
export function looserTolerances<A, E, R>(
  solve: (tolerances: Tolerances) => Effect.Effect<A, E, R>,
  options: LooserTolerancesOptions = {},
): Effect.Effect<SolvedWithin<A>, E | IvpInputError, R> {
  const solved = Effect.suspend((): Effect.Effect<SolvedWithin<A>, E | IvpInputError, R> => {
    const { rtol = 1e-3, atol = 1e-6, factor = 10, times = 3 } = options
    if (!(factor > 1)) return Effect.fail(new IvpInputError('factor', factor, 'must be a number above 1'))
    if (!(times >= 0))
      return Effect.fail(new IvpInputError('times', times, 'must be a number of solves, at least 0'))
    let retries = -1
    const once = Effect.suspend(() => {
      retries++
      const growth = factor ** retries
      const tolerances: Tolerances = {
        // The solver raises a smaller one to this, so that it would not be another attempt
        rtol: scaled(rtol, (value) => Math.max(value, RTOL_FLOOR.float32) * growth),
        atol: scaled(atol, (value) => value * growth),
      }
      return Effect.map(solve(tolerances), (value) => ({ ...tolerances, value, retries }))
    })
    return Effect.retry(once, { times, while: isHelped })
  })
  const checked = Effect.try({
    try: () => checkOptionNames(options, OPTIONS, { of: 'looserTolerances' }),
    catch: (error) => error as IvpInputError,
  })
  return Effect.andThen(checked, solved)
}

function isHelped(error: unknown): boolean {
  return error instanceof SolveFailed && HELPED.has(error.failure.kind)
}

function scaled(
  tolerance: number | ReadonlyArray<number>,
  scale: (value: number) => number,
): number | ReadonlyArray<number> {
  return typeof tolerance === 'number' ? scale(tolerance) : tolerance.map(scale)
}
