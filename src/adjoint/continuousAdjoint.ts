import {
  type FloatArray,
  type IvpFailure,
  type IvpOptions,
  type IvpResult,
  type NormBlocks,
} from '../ivp/index.ts'
import { integrate } from '../ivp/integrate.ts'
import { hooksOf, prepare } from '../ivp/resume.ts'
import { StepwiseSolve } from '../ivp/stepwiseSolve.ts'
import { largestOf, zerosLike } from '../ivp/space/typedArraySpace.ts'
import { adjointLoop, type AdjointSegments } from './adjointLoop.ts'
import type { AdjointNorm } from './adjointNorm.ts'
import { backwardFailure, tooManySteps } from './backwardFailure.ts'
import { BackwardWarnings } from './backwardWarnings.ts'
import type { DirectionOptions } from './directionOptions.ts'
import { addTo, dot } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import type { ParameterQuadrature } from './parameterQuadrature.ts'
import { StateWatch, runawayState, type StateTolerance } from './stateWatch.ts'
import { unseenIncoming } from './unseenIncoming.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** Most steps of a backward solve that knows of no forward one. */
const ALONE = 1e6

export type { DirectionOptions } from './directionOptions.ts'

/** What follows where the state cannot be solved backwards, see `BackwardOptions.otherwise`. */
export type Otherwise = 'interpolating' | 'discrete' | 'fail'

/** Options of the backward solve. */
export interface BackwardOptions<V extends FloatArray> extends DirectionOptions<V> {
  /** Whose errors steer the steps. Default 'all'. */
  readonly norm?: AdjointNorm | undefined
  /**
   * Whether the parameter gradient is a part of the state that is integrated ('integrated'), or an integral along the solution ('quadrature', see
   * `ParameterQuadrature`: for implicit methods, and for many parameters; then no norm counts it). Default 'integrated'.
   */
  readonly parameters?: 'integrated' | 'quadrature' | undefined
  /** False leaves the gradients of the output times out and saves one evaluation of f for each. Default true. */
  readonly times?: boolean | undefined
  /**
   * What `solveWithPullback` does where 'backsolve' leaves the solution or fails: solve forward again and take the gradient 'interpolating' (default) or 'discrete'
   * (explicit methods) of the same solve, with a warning and its memory; or 'fail', with failure 'lostState'.
   */
  readonly otherwise?: Otherwise | undefined
  /**
   * Most that the state solved backwards may be off at a stored output, in tolerances of the forward solve (see `Gradients.reconstruction`); Infinity lets
   * everything pass. Default 100, with an rtol above 1e-3 a tenth of the state's size, 0.1 / rtol, and 10 at least.
   */
  readonly reconstruction?: number | undefined
}

/** What a backward solve is told of the forward one. */
export interface ForwardFacts<V extends FloatArray> {
  readonly tolerance: StateTolerance<V>
  /** Most steps of the whole backward solve, where `maxSteps` does not bound those of each segment. */
  readonly mostSteps: number
}

/** What is integrated backwards: the adjoint a = dL/dh (n) and the accumulated parameter gradient b (p), and whatever else the method needs. */
export interface AdjointSystem<V extends FloatArray> {
  /** Length of the flat state y. */
  readonly size: number
  readonly rhs: (t: number, y: V, dydt: V) => void
  /** The adjoint a, a view of y. */
  readonly adjoint: (y: V) => V
  /** The parameter gradient b so far. */
  readonly parameters: (y: V) => V
  readonly normBlocks: (norm: AdjointNorm) => NormBlocks
  /** Called at every output time before the segment that ends there (backwards: starts), with the stored output. */
  readonly restore: (y: V, state: V) => void
  /** The state solved backwards, a view of y; null where it is known. */
  readonly reconstructed: ((y: V) => V) | null
  /** Where b is no part of y. */
  readonly quadrature: ParameterQuadrature<V> | null
}

/**
 * A continuous adjoint on flat arrays (see `adjointLoop`).
 * @param ts - output times, the initial one first; strictly monotone, length at least 2
 * @param states - the solution at `ts`, each of length n
 * @param incoming - dL/d(states[j]) for every j, each of length n
 * @param facts - default: nothing is known, and the tolerances are the backward ones
 */
export function continuousAdjoint<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  system: AdjointSystem<V>,
  ts: ArrayLike<number>,
  states: ReadonlyArray<V>,
  incoming: ReadonlyArray<V>,
  options: BackwardOptions<V>,
  facts: ForwardFacts<V> = unknownForward(options),
): Gradients<V> {
  const {
    norm = 'all',
    times = true,
    firstStep,
    reconstruction,
    parameters: _p,
    otherwise: _o,
    ...direction
  } = options
  const gradTs = new Float64Array(ts.length).fill(NaN)
  const warnings = new BackwardWarnings()
  const slope = zerosLike(states[0]!)
  const watch = new StateWatch(states[0]!, facts.tolerance, reconstruction)
  const mostSteps = direction.maxSteps === undefined ? facts.mostSteps : Infinity
  let steps = 0
  let y = zerosLike(states[0]!, system.size)
  let nfev = 0
  const segments: AdjointSegments = {
    restore: (j) => system.restore(y, states[j]!),
    timeGradient(j) {
      if (!times) return
      rhs.f(ts[j]!, states[j]!, slope)
      gradTs[j] = dot(incoming[j]!, slope)
    },
    jump: (j) => addTo(system.adjoint(y), incoming[j]!),
    startTimeGradient() {
      if (!times) return
      rhs.f(ts[0]!, states[0]!, slope)
      gradTs[0] = -dot(system.adjoint(y), slope)
    },
  }
  const solveBack = (j: number): IvpFailure | null => {
    const length = Math.abs(ts[j]! - ts[j - 1]!)
    const segment = {
      ...direction,
      ...(firstStep === undefined ? {} : { firstStep: Math.min(firstStep, length) }),
      norm: system.normBlocks(norm),
      inPlace: true,
      save: 'last',
    } as const
    watch.begin(states[j]!, states[j - 1]!)
    let ended: IvpFailure | null = null
    const look = (t: number, state: V): IvpFailure | null => {
      if (system.reconstructed !== null && watch.isRunaway(state)) ended = runawayState(t)
      else if (++steps >= mostSteps) ended = tooManySteps(t, mostSteps)
      return ended
    }
    const solved = solveSegment(system, [ts[j]!, ts[j - 1]!], y, segment, look)
    nfev += solved.nfev
    solved.result.warnings.forEach((warning) => warnings.addOfSolve(warning))
    y = (solved.result.states.at(-1) as V).slice() as V
    if (ended !== null) return ended
    const { failure } = solved.result
    if (failure !== undefined) return backwardFailure(failure, largestOf(system.adjoint(y)), direction)
    return system.reconstructed === null
      ? null
      : watch.compare(ts[j - 1]!, system.reconstructed(y), states[j - 1]!)
  }
  // Equal steps look at no tolerance
  if ((direction.step ?? null) === null) {
    const { atol = 1e-6 } = direction
    const unseen = unseenIncoming(incoming, atol, system.reconstructed === null ? 0 : slope.length)
    if (unseen !== null) warnings.add(unseen)
  }
  const loop = adjointLoop(segments, ts.length)
  let at = loop.next()
  while (at.done !== true) at = loop.next(solveBack(at.value))
  const failure = at.value
  return {
    // Copies: views would hold the whole backward state, and be cloned with it
    h0: system.adjoint(y).slice() as V,
    theta: system.parameters(y).slice() as V,
    ts: gradTs,
    nfev,
    warnings: warnings.all,
    ...(system.reconstructed === null ? {} : { reconstruction: watch.worst }),
    ...(failure === null ? {} : { failure }),
  }
}

/** For a backward solve on its own. */
function unknownForward<V extends FloatArray>({ rtol, atol, step }: BackwardOptions<V>): ForwardFacts<V> {
  // The number of equal steps is known before
  return { tolerance: { rtol, atol }, mostSteps: (step ?? null) === null ? ALONE : Infinity }
}

/** What a segment came to, and the evaluations of its right-hand side. */
interface SolvedSegment<V extends FloatArray> {
  readonly result: IvpResult<V>
  readonly nfev: number
}

/** @param look - at the state after every step but the last; a failure ends the solve */
function solveSegment<V extends FloatArray>(
  { rhs, quadrature }: AdjointSystem<V>,
  span: readonly [number, number],
  y: V,
  options: IvpOptions<V> & { readonly inPlace: true },
  look: (t: number, y: V) => IvpFailure | null,
): SolvedSegment<V> {
  if (quadrature === null) {
    const { problem, rhs: counted, snapshotOf } = prepare<V>(rhs, span, y, options)
    const result = integrate(problem, counted, { ...hooksOf(options, snapshotOf), watch: look })
    return { result, nfev: result.nfev }
  }
  // Step by step, so that no interpolant has to be kept
  const before = quadrature.nfev
  const solve = new StepwiseSolve(rhs, span, y, options, { wantsInterpolants: true, watch: look })
  try {
    while (solve.isRunning) {
      const { nsteps } = solve
      solve.step()
      if (solve.nsteps > nsteps) quadrature.add(solve.interpolant())
    }
    const result = solve.end()
    return { result, nfev: result.nfev + quadrature.nfev - before }
  } finally {
    solve.release()
  }
}
