import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { checkMethod } from '../ivp/check/method.ts'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { backwardOptions } from './backwardOptions.ts'
import { checkBackwardDirection } from './checkBackwardDirection.ts'
import { checkBackwardTolerances } from './backwardTolerance.ts'
import type { BackwardOptions, DirectionOptions, Otherwise } from './continuousAdjoint.ts'
import { DIRECTION_OPTIONS, type BesideDirection } from './directionOptions.ts'

/** Components whose full Jacobian, 200 MB of it, an implicit backward method may factor. */
const MOST_DENSE = 5000

const BACKWARD_OPTIONS: ReadonlyArray<string> = [
  ...DIRECTION_OPTIONS,
  ...optionNames<BesideDirection<BackwardOptions<FloatArray>>>({
    norm: true,
    parameters: true,
    otherwise: true,
    reconstruction: true,
    times: true,
  }),
]

/** Without the one that belongs to solves whose output times are given. */
const WITHOUT_TIMES = BACKWARD_OPTIONS.filter((name) => name !== 'times')

/** What needs more than a backward solve by itself has. */
const NEEDS: Readonly<Record<'backsolve' | 'interpolating', ReadonlyArray<string>>> = {
  backsolve: ['otherwise'],
  interpolating: ['otherwise', 'reconstruction'],
}

const ELSEWHERE = {
  otherwise: '`solveWithPullback`, which can solve forward again, replaces gradients',
  reconstruction: 'only `backsolve` solves the state backwards',
}

/**
 * Checks that `backward` is an object of options that there are.
 * @param hasTimes - `times` is one of them
 * @throws IvpInputError
 */
export function checkBackwardNames(backward: unknown, hasTimes: boolean): void {
  checkOptionNames(backward, hasTimes ? BACKWARD_OPTIONS : WITHOUT_TIMES, { within: 'backward' })
}

/**
 * The same of the options of a backward solve that is called by its own name.
 * @param isAlone - there is no forward solve that it belongs to, whose gradient could be replaced
 * @throws IvpInputError
 */
export function checkBackwardSolve(
  of: 'backsolve' | 'interpolating',
  options: BackwardOptions<FloatArray>,
  isAlone: boolean,
): void {
  const known = isAlone ? BACKWARD_OPTIONS.filter((name) => !NEEDS[of].includes(name)) : BACKWARD_OPTIONS
  checkOptionNames(options, known, { of, instead: ELSEWHERE })
  checkParameters('parameters', options.parameters)
  checkReconstruction('reconstruction', options.reconstruction)
  checkTimesFlag('times', options.times)
  checkNorm(options.norm, 'norm')
}

/** What a continuous adjoint integrates backwards. */
export interface BackwardState {
  readonly size: number
  /** Its parts in words. */
  readonly text: string
}

/** @param n - length of h. @param p - number of parameters */
function backwardState(
  gradient: 'backsolve' | 'interpolating',
  parameters: BackwardOptions<FloatArray>['parameters'],
  n: number,
  p: number,
): BackwardState {
  const state = gradient === 'backsolve' ? ['h', 'a'] : ['a']
  const size = state.length * n
  if (parameters === 'quadrature') return { size, text: `[${state.join(', ')}]` }
  return { size: size + p, text: `[${state.join(', ')}, parameters]` }
}

/**
 * Checks the backward options of a continuous adjoint, before anything is solved.
 * @param n - length of h
 * @param p - number of parameters
 * @param span - of the backward solve, where its times are known
 * @throws IvpInputError that names the option: `backward.norm`, `.parameters`, `.reconstruction`, `.rtol`, `.atol`, those of `checkBackwardDirection`, or the method that would need too large a matrix
 */
export function checkBackward<V extends FloatArray>(
  gradient: 'backsolve' | 'interpolating',
  forward: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
  n: number,
  p: number,
  span?: readonly [number, number],
): void {
  const { norm, parameters, reconstruction, times } = backward ?? {}
  checkParameters('backward.parameters', parameters)
  checkNorm(norm)
  checkReconstruction('backward.reconstruction', reconstruction)
  checkTimesFlag('backward.times', times)
  const state = backwardState(gradient, parameters, n, p)
  checkBackwardTolerances(forward, backward, n, state)
  checkBackwardDirection(forward, backward, span)
  const method = checkMethod(backwardOptions(forward, backward).method ?? 'RK45')
  if (method.kind !== 'implicit' || state.size <= MOST_DENSE) return
  const option = backward?.method === undefined ? 'method' : 'backward.method'
  const isShorter =
    parameters !== 'quadrature' && backwardState(gradient, 'quadrature', n, p).size <= MOST_DENSE
  throw new IvpInputError(
    option,
    method.name,
    `has a full matrix for the backward state ${state.text} of ${state.size} components, and takes at most ${MOST_DENSE}: give an explicit \`backward.method\`${isShorter ? ", or backward: { parameters: 'quadrature' }" : ''}`,
  )
}

/** @throws IvpInputError */
export function checkNorm(norm: unknown, option = 'backward.norm'): void {
  if (norm === undefined || norm === 'all' || norm === 'blocks' || norm === 'seminorm') return
  throw new IvpInputError(option, norm, "must be 'all', 'blocks' or 'seminorm'")
}

function checkReconstruction(option: string, bound: unknown): void {
  if (bound === undefined || (typeof bound === 'number' && bound >= 0)) return
  throw new IvpInputError(option, bound, 'must be a number of tolerances >= 0')
}

function checkTimesFlag(option: string, times: unknown): void {
  if (times === undefined || typeof times === 'boolean') return
  throw new IvpInputError(option, times, 'must be true or false')
}

function checkParameters(option: string, parameters: unknown): void {
  if (parameters === undefined || parameters === 'integrated' || parameters === 'quadrature') return
  throw new IvpInputError(option, parameters, "must be 'integrated' or 'quadrature'")
}

/**
 * What follows a lost state.
 * @param known - what can follow here
 * @param usual - the default
 * @throws IvpInputError
 */
export function checkOtherwise<K extends Otherwise>(given: unknown, known: ReadonlyArray<K>, usual: K): K {
  if (given === undefined) return usual
  if (known.includes(given as K)) return given as K
  const names = known.map((name) => `'${name}'`)
  const text = `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  throw new IvpInputError('backward.otherwise', given, text)
}
