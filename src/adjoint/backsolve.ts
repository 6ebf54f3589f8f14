import type { FloatArray } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { NO_PARAMS, normBlocks } from './adjointNorm.ts'
import { augmentedLayout, augmentedRhs, parts } from './augmentedState.ts'
import { checkBackwardSolve } from './checkBackward.ts'
import { checkIncoming } from './checkIncoming.ts'
import { checkRhs } from './checkRhs.ts'
import {
  continuousAdjoint,
  type AdjointSystem,
  type BackwardOptions,
  type ForwardFacts,
} from './continuousAdjoint.ts'
import type { Gradients } from './gradients.ts'
import { ParameterQuadrature } from './parameterQuadrature.ts'
import type { DifferentiableRhs } from './vjp.ts'

/**
 * The continuous adjoint by solving backwards: from output time to output time, [h | a | b] is integrated with h restored from the stored output
 * and the incoming gradient added to a (a jump) at each. Memory: one augmented state, whatever the number of steps.
 *
 * With `parameters: 'quadrature'` b is no part of the state (`ParameterQuadrature`).
 *
 * Where it fails: h is recomputed backwards, so a strongly dissipative or stiff f makes the reconstruction unstable. Where it comes off a stored output by more
 * than `reconstruction` tolerances, or grows without bound in between, the failure is 'lostState'. (`solveWithPullback` then takes another gradient.)
 *
 * @param ts - output times, the initial one first; strictly monotone, length at least 2
 * @param states - the solution at `ts`, each of length n
 * @param incoming - dL/d(states[j]) for every j, each of length n
 * @param facts - of the forward solve: its tolerances and how many steps are too many. Default: the backward tolerances and a million steps
 * @throws IvpInputError for an option that there is not, or a value that it does not take, and for `incoming` as `solveWithPullback`
 * @see Chen et al. (2018), Sec. 2, Algorithm 1, and Appendix C (several output times)
 */
export function backsolve<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  states: ReadonlyArray<V>,
  incoming: ReadonlyArray<V>,
  options: BackwardOptions<V> = {},
  facts?: ForwardFacts<V>,
): Gradients<V> {
  const isAlone = facts === undefined
  checkBackwardSolve('backsolve', options, isAlone)
  if (isAlone) {
    checkRhs(rhs)
    checkIncoming(incoming, ts.length, states[0]!.length)
  }
  const isIntegrated = options.parameters !== 'quadrature'
  const system = isIntegrated ? augmented(rhs, states[0]!) : withoutParameters(rhs, states[0]!)
  return continuousAdjoint(rhs, system, ts, states, incoming, options, facts)
}

/** [h | a | b]. */
function augmented<V extends FloatArray>(rhs: DifferentiableRhs<V>, like: V): AdjointSystem<V> {
  const layout = augmentedLayout(like.length, rhs.nParams)
  return {
    size: layout.size,
    rhs: augmentedRhs(rhs.vjp, layout),
    adjoint: (y) => parts(y, layout).a,
    parameters: (y) => parts(y, layout).b,
    normBlocks: (norm) => normBlocks(norm, [layout.n, layout.n], rhs),
    restore: (y, state) => parts(y, layout).h.set(state),
    reconstructed: (y) => parts(y, layout).h,
    quadrature: null,
  }
}

/** [h | a], and b beside it. */
function withoutParameters<V extends FloatArray>(rhs: DifferentiableRhs<V>, like: V): AdjointSystem<V> {
  const layout = augmentedLayout(like.length, 0)
  const atheta = zerosLike(like, rhs.nParams)
  const state = (t: number, y: V, dydt: V): void => {
    const { h, a } = parts(y, layout)
    const out = parts(dydt, layout)
    rhs.vjp(t, h, a, { dh: out.h, ah: out.a, atheta })
    for (let i = 0; i < out.a.length; i++) out.a[i] = -out.a[i]!
  }
  const quadrature = new ParameterQuadrature(state, atheta, zerosLike(like, layout.size))
  return {
    size: layout.size,
    rhs: state,
    adjoint: (y) => parts(y, layout).a,
    parameters: () => quadrature.b,
    normBlocks: (norm) => normBlocks(norm, [layout.n, layout.n], NO_PARAMS),
    restore: (y, stored) => parts(y, layout).h.set(stored),
    reconstructed: (y) => parts(y, layout).h,
    quadrature,
  }
}
