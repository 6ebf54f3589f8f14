import { checkNames, checkProblem } from './check/problem.ts'
import { checkEnds } from './check/span.ts'
import { IvpInputError } from './errors.ts'
import { demandAll, demandSame, traitsOf, type GivenAgain, type Traits } from './givenAgain.ts'
import { integrate, type Hooks, type SavedSolve } from './integrate.ts'
import type { Saved } from './integrator.ts'
import type { IvpResult } from './ivpResult.ts'
import type { ErkMethod } from './method/butcherTableau.ts'
import type { IvpOptions } from './options.ts'
import type { Problem } from './problem.ts'
import { countedRhs, type CountedRhs } from './rhs.ts'
import type { Flag, RightHandSide } from './rightHandSide.ts'
import { misshapen } from './savedForm.ts'
import type { DenseOf, EventTimesOf, Seen } from './seenOptions.ts'
import { encode, seal, unseal, type Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

type AnyFun = (...args: never[]) => unknown
type AnyOptions<V extends FloatArray> = IvpOptions<V, ReadonlyArray<unknown>>

/** Options that may differ in every part of a solve. */
const FREE = ['denseOutput', 'save', 'maxSteps', 'signal', 'timeout', 'onStep'] as const
/** Options that a snapshot holds. */
const HELD = [
  'method',
  'tEval',
  'rtol',
  'atol',
  'firstStep',
  'maxStep',
  'minStep',
  'step',
  'lband',
  'uband',
  'norm',
] as const

/** Options of `resume`: those of the solve that JSON cannot hold, and what may change from part to part. */
export interface ResumeOptions<
  V extends FloatArray = FloatArray,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = Flag,
  W extends Flag = Flag,
> extends Pick<IvpOptions<V, A, P, W>, GivenAgain | (typeof FREE)[number]> {
  /** The method object of the solve, if it was given one. */
  readonly method?: ErkMethod | undefined
}

/** A problem with everything that a solve of it, or a snapshot, needs. */
export interface PreparedSolve<V extends FloatArray> {
  /** With every default filled in. */
  readonly problem: Problem<V>
  /** What steppers call. */
  readonly rhs: CountedRhs<V>
  /** What the options that a snapshot cannot hold look like. */
  readonly traits: () => Traits
  /** A snapshot at t of what `Solve.save` gives. */
  readonly snapshotOf: (t: number, solve: Saved) => Snapshot
}

/** What a snapshot's `state` holds. */
interface SavedState<V extends FloatArray> {
  readonly tSpan: readonly [number, number]
  readonly y0: V
  readonly options: Saved
  readonly traits: Traits
  readonly warnings: ReadonlyArray<string>
  readonly solve: Saved
}

/** In place of the events' state: a solver object watches none, so that they may begin where it stands. */
export const UNWATCHED = 'unwatched'

/**
 * Validates a problem.
 * @param warnings - of a solve that goes on: its options are the checked ones. Default: what the options
 *   cause
 */
export function prepare<V extends FloatArray>(
  fun: AnyFun,
  tSpan: readonly [number, number],
  y0: ArrayLike<number>,
  options: AnyOptions<V>,
  warnings?: ReadonlyArray<string>,
): PreparedSolve<V> {
  const checked = checkProblem<V, ReadonlyArray<unknown>>(fun, tSpan, y0, options)
  const problem = warnings === undefined ? checked : { ...checked, warnings: [...warnings] }
  const { args, form } = problem
  const rhs = countedRhs<V>(
    fun as (...rest: unknown[]) => unknown,
    problem.y0.length,
    args,
    form,
    problem.warnings,
  )
  const hasOwnMethod = typeof (options.method ?? '') === 'object'
  let seen: Traits | null = null
  const traits = (): Traits => (seen ??= traitsOf(problem, hasOwnMethod))
  const snapshotOf = (t: number, solve: Saved): Snapshot => {
    const state: SavedState<V> = {
      tSpan: [problem.t0, problem.t1],
      y0: problem.y0,
      options: heldOptions(problem, hasOwnMethod),
      traits: traits(),
      warnings: problem.warnings,
      solve,
    }
    return seal({
      method: problem.method.name,
      t,
      needs: Object.keys(traits()),
      state: encode(state as unknown as Saved),
    })
  }
  return { problem, rhs, traits, snapshotOf }
}

/** Solves from the beginning. */
export function beginSolve<V extends FloatArray>(
  fun: AnyFun,
  tSpan: readonly [number, number],
  y0: ArrayLike<number>,
  options: AnyOptions<V>,
): IvpResult<V> {
  const { problem, rhs, snapshotOf } = prepare(fun, tSpan, y0, options)
  checkEnds(problem, options as Readonly<Record<string, unknown>>)
  return integrate(problem, rhs, hooksOf(options, snapshotOf))
}

/**
 * Goes on with a solve from a snapshot (of `onStep`, of a failure 'maxSteps' or 'aborted', or of a solver
 * object): bit for bit what the uninterrupted solve would have done. The result holds what comes after the
 * snapshot; its counters and warnings are those of the whole solve.
 *
 * A snapshot is refused if it was altered, if it is of another version of the format, or if it belongs to a
 * solve with other options, as far as these can be seen: how many events, their `terminal` and `direction`;
 * how many args; `jac` (its entries, or that it is a function), the pattern of `jacSparsity`, a method
 * object, the form of `fun`. That `fun` and the other functions compute what they computed before, only the
 * caller knows.
 *
 * @param fun - the right-hand side of the solve
 * @param snapshot - also after JSON.stringify and JSON.parse
 * @param options - what the snapshot `needs`, as it was given to the solve. At will, `denseOutput`, `save`,
 *   `maxSteps`, `signal` and `onStep`; and `events`, if a solver object made the snapshot, since it watches
 *   none. Anything else is in the snapshot.
 * @throws IvpInputError, before the first call of `fun`: 'snapshot' for one that is refused; by its name for
 *   an option that is missing, that was another in the solve, or that the snapshot holds
 */
export function resume<
  V extends FloatArray = Float64Array,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
  O = object,
>(
  fun: RightHandSide<V, A, P, W>,
  snapshot: Snapshot,
  options: ResumeOptions<V, A, P, W> & Seen<O> = {} as never,
): IvpResult<V, DenseOf<O>, EventTimesOf<O>> {
  const given = options as AnyOptions<V>
  const { prepared, solve } = reopen<V>(fun as never, snapshot, given)
  const { problem, rhs, snapshotOf } = prepared
  checkEnds(problem, given as Readonly<Record<string, unknown>>)
  return integrate(problem, rhs, hooksOf(given, snapshotOf), solve) as never
}

/**
 * Reads a snapshot back: the problem as it was, and the state of its solve.
 * @throws IvpInputError
 */
export function reopen<V extends FloatArray>(
  fun: AnyFun,
  snapshot: Snapshot,
  options: AnyOptions<V>,
): { prepared: PreparedSolve<V>; solve: Saved } {
  // Spread, so that whatever is there has members or none
  const state = { ...(unseal(snapshot) as object) } as SavedState<V>
  if (!ArrayBuffer.isView(state.y0)) throw misshapen('y0')
  const isTexts = Array.isArray(state.warnings) && state.warnings.every((text) => typeof text === 'string')
  if (!isTexts) throw misshapen('warnings')
  const given: Traits = { ...state.traits }
  const saved = { ...(state.solve as object) } as SavedSolve
  const isUnwatched = saved.events === UNWATCHED
  const solve = { ...saved, events: isUnwatched ? null : saved.events } as unknown as Saved
  if (typeof options !== 'object' || options === null)
    throw new IvpInputError('options', options, 'must be an object of options')
  checkNames(options)
  for (const name of HELD) {
    if (options[name] === undefined || name in given) continue
    throw new IvpInputError(name, options[name], 'is part of the snapshot; leave it out')
  }
  const again = options as { readonly [name: string]: unknown }
  demandAll(again, given)
  let prepared: PreparedSolve<V>
  try {
    prepared = prepare(
      fun,
      state.tSpan,
      state.y0,
      { ...options, ...(state.options as object) },
      state.warnings,
    )
  } catch (error) {
    const isHeld = error instanceof IvpInputError && ['tSpan', 'y0', ...HELD].includes(error.option)
    throw isHeld && !(error.option in given) ? misshapen(error.option) : error
  }
  demandSame(again, given, prepared.traits(), isUnwatched ? ['events'] : [])
  return { prepared, solve }
}

/** The options that the snapshot holds, from the checked problem. */
function heldOptions<V extends FloatArray>(problem: Problem<V>, hasOwnMethod: boolean): Saved {
  const { method, tEval, tolerance, firstStep, maxStep, minStep, step, norm, jacobian } = problem
  const { band } = jacobian
  const held: Record<string, Saved | null> = {
    method: hasOwnMethod ? null : method.name,
    tEval,
    rtol: tolerance.rtol,
    atol: tolerance.atol,
    firstStep,
    maxStep,
    minStep: minStep === 0 ? null : minStep,
    step,
    norm: norm.length === 0 ? null : norm.map((block) => [...block]),
    lband: band && band[0],
    uband: band && band[1],
  }
  return Object.fromEntries(Object.entries(held).filter(([, value]) => value !== null)) as Saved
}

export function hooksOf<V extends FloatArray>(
  { signal, timeout, onStep }: AnyOptions<V>,
  snapshotOf: PreparedSolve<V>['snapshotOf'],
): Hooks<V> {
  // null counts as absent everywhere
  return { signal: signal ?? undefined, timeout, onStep: onStep ?? undefined, snapshotOf }
}
