import { checkProblem } from './check/problem.ts'
import { IvpInputError } from './errors.ts'
import { integrate, type Hooks } from './integrate.ts'
import type { Saved } from './integrator.ts'
import type { IvpResult } from './ivpResult.ts'
import type { IvpOptions } from './options.ts'
import type { Problem } from './problem.ts'
import { countedRhs, type CountedRhs } from './rhs.ts'
import { encode, seal, unseal, type Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

type AnyFun = (...args: never[]) => unknown
type AnyOptions<V extends FloatArray> = IvpOptions<V, ReadonlyArray<unknown>>

/** Options that a snapshot cannot hold and that decide the numbers: given to the solve, they must be given to `resume`. */
const FUNCTIONS = ['args', 'events', 'jac', 'jacSparsity', 'controller', 'vectorized', 'inPlace'] as const
/** Options that may differ in every part of a solve. */
const FREE = ['denseOutput', 'save', 'maxSteps', 'signal', 'onStep'] as const
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

/** Options of `resume`: those of the solve that are functions, and what may change from part to part. */
export type ResumeOptions<V extends FloatArray, A extends ReadonlyArray<unknown> = []> = Pick<
  IvpOptions<V, A>,
  (typeof FUNCTIONS)[number] | (typeof FREE)[number]
>

/** A problem with everything that a solve of it, or a snapshot, needs. */
export interface PreparedSolve<V extends FloatArray> {
  readonly problem: Problem<V>
  readonly rhs: CountedRhs<V>
  readonly snapshotOf: (t: number, solve: Saved) => Snapshot
}

/** What a snapshot's `state` holds. */
interface SavedState<V extends FloatArray> {
  readonly tSpan: readonly [number, number]
  readonly y0: V
  readonly options: Saved
  readonly solve: Saved
}

/** Validates a problem. */
export function prepare<V extends FloatArray>(
  fun: AnyFun,
  tSpan: readonly [number, number],
  y0: ArrayLike<number>,
  options: AnyOptions<V>,
): PreparedSolve<V> {
  const problem = checkProblem<V, ReadonlyArray<unknown>>(fun, tSpan, y0, options)
  const { args, form } = problem
  const rhs = countedRhs<V>(fun as (...rest: unknown[]) => unknown, problem.y0.length, args, form)
  const hasOwnMethod = typeof options.method === 'object'
  const needs: string[] = FUNCTIONS.filter((name) => options[name] !== undefined)
  if (hasOwnMethod) needs.push('method')
  const snapshotOf = (t: number, solve: Saved): Snapshot => {
    const state: SavedState<V> = {
      tSpan: [problem.t0, problem.t1],
      y0: problem.y0,
      options: heldOptions(problem, hasOwnMethod),
      solve,
    }
    return seal({ method: problem.method.name, t, needs, state: encode(state as unknown as Saved) })
  }
  return { problem, rhs, snapshotOf }
}

/** Solves from the beginning. */
export function beginSolve<V extends FloatArray>(
  fun: AnyFun,
  tSpan: readonly [number, number],
  y0: ArrayLike<number>,
  options: AnyOptions<V>,
): IvpResult<V> {
  const { problem, rhs, snapshotOf } = prepare(fun, tSpan, y0, options)
  return integrate(problem, rhs, hooksOf(options, snapshotOf))
}

/**
 * Goes on with a solve from a snapshot (of `onStep`, of a failure 'maxSteps' or 'aborted', or of a solver object): bit for bit what the
 * uninterrupted solve would have done. The result holds what comes after the snapshot; its counters cover the whole solve.
 *
 * @param fun - the right-hand side of the solve
 * @param snapshot - also after JSON.stringify and JSON.parse
 * @param options - the solve's events, jac, args, controller and form of `fun` again; anything else is in the snapshot
 * @throws IvpInputError for a snapshot that cannot be read, a missing function, or an option that the snapshot holds
 */
export function resume<V extends FloatArray = Float64Array, A extends ReadonlyArray<unknown> = []>(
  fun: (t: number, y: V, ...args: [...A]) => unknown,
  snapshot: Snapshot,
  options: ResumeOptions<V, A> = {},
): IvpResult<V> {
  const { prepared, solve } = reopen<V>(fun, snapshot, options as AnyOptions<V>)
  return integrate(
    prepared.problem,
    prepared.rhs,
    hooksOf(options as AnyOptions<V>, prepared.snapshotOf),
    solve,
  )
}

/** Reads a snapshot back: the problem as it was, and the state of its solve. */
export function reopen<V extends FloatArray>(
  fun: AnyFun,
  snapshot: Snapshot,
  options: AnyOptions<V>,
): { prepared: PreparedSolve<V>; solve: Saved } {
  const { tSpan, y0, options: held, solve } = unseal(snapshot) as unknown as SavedState<V>
  for (const name of HELD) {
    if (options[name] === undefined || snapshot.needs.includes(name)) continue
    throw new IvpInputError(name, options[name], 'is part of the snapshot; leave it out')
  }
  for (const name of snapshot.needs) {
    if (options[name as keyof AnyOptions<V>] !== undefined) continue
    throw new IvpInputError(name, undefined, 'was given to the solve and must be given to `resume` again')
  }
  const all = { ...(held as object), ...options } as AnyOptions<V>
  return { prepared: prepare(fun, tSpan, y0, all), solve }
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
    norm: norm.map((block) => [...block]),
    lband: band && band[0],
    uband: band && band[1],
  }
  return Object.fromEntries(Object.entries(held).filter(([, value]) => value !== null)) as Saved
}

function hooksOf<V extends FloatArray>(
  { signal, onStep }: AnyOptions<V>,
  snapshotOf: PreparedSolve<V>['snapshotOf'],
): Hooks<V> {
  return { signal, onStep, snapshotOf }
}
