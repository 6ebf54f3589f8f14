import {
  solveIvp,
  type FloatArray,
  type IvpFailure,
  type IvpOptions,
  type IvpResult,
  type NormBlocks,
} from '../ivp/index.ts'
import { StepwiseSolve } from '../ivp/stepwiseSolve.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { toleranceAt } from '../ivp/space/vectorSpace.ts'
import { adjointLoop, type AdjointSegments } from './adjointLoop.ts'
import type { AdjointNorm } from './adjointNorm.ts'
import { addTo, dot } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import type { ParameterQuadrature } from './parameterQuadrature.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** Options of one direction of a solve. */
export type DirectionOptions<V extends FloatArray> = Pick<
  IvpOptions<V>,
  'method' | 'rtol' | 'atol' | 'firstStep' | 'maxStep' | 'step' | 'maxSteps' | 'signal' | 'controller'
>

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
 */
export function continuousAdjoint<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  system: AdjointSystem<V>,
  ts: ArrayLike<number>,
  states: ReadonlyArray<V>,
  incoming: ReadonlyArray<V>,
  options: BackwardOptions<V>,
): Gradients<V> {
  const { norm = 'all', times = true, firstStep, parameters: _, ...direction } = options
  const gradTs = new Float64Array(ts.length).fill(NaN)
  const warnings = new Set<string>()
  const slope = zerosLike(states[0]!)
  let y = zerosLike(states[0]!, system.size)
  let nfev = 0
  let reconstruction = 0
  const segments: AdjointSegments = {
    restore: (j) => system.restore(y, states[j]!),
    timeGradient(j) {
      if (!times) return
      rhs.f(ts[j]!, states[j]!, slope)
      gradTs[j] = dot(incoming[j]!, slope)
    },
    jump: (j) => addTo(system.adjoint(y), incoming[j]!),
    compare(j) {
      if (system.reconstructed === null) return
      const off = inTolerances(system.reconstructed(y), states[j]!, options)
      // NaN must win
      if (!(off <= reconstruction)) reconstruction = off
    },
    startTimeGradient() {
      if (!times) return
      rhs.f(ts[0]!, states[0]!, slope)
      gradTs[0] = -dot(system.adjoint(y), slope)
    },
  }
  const integrate = (j: number): IvpFailure | null => {
    const length = Math.abs(ts[j]! - ts[j - 1]!)
    const segment = {
      ...direction,
      ...(firstStep === undefined ? {} : { firstStep: Math.min(firstStep, length) }),
      norm: system.normBlocks(norm),
      inPlace: true,
      save: 'last',
    } as const
    const result = solveSegment(system, [ts[j]!, ts[j - 1]!], y, segment)
    nfev += result.nfev
    for (const warning of result.warnings) warnings.add(warning)
    y = (result.states.at(-1) as V).slice() as V
    return result.failure ?? null
  }
  const loop = adjointLoop(segments, ts.length)
  let at = loop.next()
  while (at.done !== true) at = loop.next(integrate(at.value))
  const failure = at.value
  const found = {
    // Copies: views would hold the whole backward state, and be cloned with it
    h0: system.adjoint(y).slice() as V,
    theta: system.parameters(y).slice() as V,
    ts: gradTs,
    nfev,
    warnings: [...warnings],
  }
  if (failure !== null) return { ...found, failure }
  return system.reconstructed === null ? found : { ...found, reconstruction }
}

/** With a quadrature step by step, so that no step has to be kept. */
function solveSegment<V extends FloatArray>(
  { rhs, quadrature }: AdjointSystem<V>,
  span: readonly [number, number],
  y: V,
  options: IvpOptions<V> & { readonly inPlace: true },
): IvpResult<V> {
  if (quadrature === null) {
    const f = rhs as (t: number, y: FloatArray, dydt: FloatArray) => void
    const common = options as IvpOptions & { readonly inPlace: true; readonly vectorized?: false }
    return solveIvp(f, span, y as FloatArray, common) as IvpResult<V>
  }
  const { nfev } = quadrature
  const solve = new StepwiseSolve(rhs, span, y, options, true)
  try {
    while (solve.isRunning) {
      const { nsteps } = solve
      solve.step()
      if (solve.nsteps > nsteps) quadrature.add(solve.interpolant())
    }
    const result = solve.end()
    return { ...result, nfev: result.nfev + quadrature.nfev - nfev }
  } finally {
    solve.release()
  }
}

/** Root mean square of (x - state) / (atol + rtol |state|). */
function inTolerances<V extends FloatArray>(
  x: V,
  state: V,
  { rtol = 1e-3, atol = 1e-6 }: BackwardOptions<V>,
): number {
  let sum = 0
  for (let i = 0; i < state.length; i++) {
    sum += ((x[i]! - state[i]!) / (toleranceAt(atol, i) + toleranceAt(rtol, i) * Math.abs(state[i]!))) ** 2
  }
  return Math.sqrt(sum / state.length)
}
