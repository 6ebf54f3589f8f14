import type { FloatArray, OdeSolution } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { checkBackwardSolve } from './checkBackward.ts'
import { checkIncoming } from './checkIncoming.ts'
import { checkRhs } from './checkRhs.ts'
import {
  continuousAdjoint,
  type AdjointSystem,
  type BackwardOptions,
  type ForwardFacts,
} from './continuousAdjoint.ts'
import { NO_PARAMS, normBlocks } from './adjointNorm.ts'
import type { Gradients } from './gradients.ts'
import { ParameterQuadrature } from './parameterQuadrature.ts'
import type { DifferentiableRhs } from './vjp.ts'

/**
 * The continuous adjoint with h read from the forward solve's dense output: only [a | b] is integrated backwards,
 *
 *     a' = -a df/dh(t, h(t)),   b' = -a df/dtheta(t, h(t)).
 *
 * When to use it: where f is dissipative or stiff, so that `backsolve` cannot recompute h. The forward solve may use any method, and the backward
 * one too: in backward time a decays where h did in forward time. Cost: the state integrated is shorter than backsolve's; memory grows with the
 * number of forward steps (the interpolant of each: 5 states with RK45, 8 with DOP853).
 *
 * Where it fails: no better than the interpolant, whose order is below the method's (4 for RK45, 7 for DOP853).
 *
 * @param solution - dense output of the forward solve over all of `ts`
 * @param facts - of the forward solve: how many steps are too many. Default: a million
 * @throws IvpInputError for an option that there is not, or a value that it does not take, and for `incoming` as `solveWithPullback`
 * @see Chen et al. (2018), Sec. 2, eq. (4) and (5); Serban, Hindmarsh, "CVODES: the sensitivity-enabled ODE solver in SUNDIALS" (ASME 2005), on adjoints by interpolation
 */
export function interpolating<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  solution: OdeSolution<V, unknown>,
  ts: ArrayLike<number>,
  states: ReadonlyArray<V>,
  incoming: ReadonlyArray<V>,
  options: BackwardOptions<V> = {},
  facts?: ForwardFacts<V>,
): Gradients<V> {
  const isAlone = facts === undefined
  checkBackwardSolve('interpolating', options, isAlone)
  if (isAlone) {
    checkRhs(rhs)
    checkIncoming(incoming, ts.length, states[0]!.length)
  }
  const system = adjointAlong(rhs, solution, states[0]!, options.parameters !== 'quadrature')
  return continuousAdjoint(rhs, system, ts, states, incoming, options, facts)
}

/** [a | b] along a known h(t), or with a quadrature [a] and b beside it. */
function adjointAlong<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  solution: OdeSolution<V, unknown>,
  like: V,
  isIntegrated: boolean,
): AdjointSystem<V> {
  const n = like.length
  const size = isIntegrated ? n + rhs.nParams : n
  const slope = zerosLike(like)
  const atheta = isIntegrated ? null : zerosLike(like, rhs.nParams)
  const state = (t: number, y: V, dydt: V): void => {
    const out = {
      dh: slope,
      ah: dydt.subarray(0, n) as V,
      atheta: atheta ?? (dydt.subarray(n, size) as V),
    }
    rhs.vjp(t, solution(t), y.subarray(0, n) as V, out)
    for (let i = 0; i < size; i++) dydt[i] = -dydt[i]!
  }
  const quadrature = atheta === null ? null : new ParameterQuadrature(state, atheta, like)
  return {
    size,
    rhs: state,
    adjoint: (y) => y.subarray(0, n) as V,
    parameters: (y) => quadrature?.b ?? (y.subarray(n, size) as V),
    normBlocks: (norm) => normBlocks(norm, [n], isIntegrated ? rhs : NO_PARAMS),
    restore: () => {},
    reconstructed: null,
    quadrature,
  }
}
