import type { FloatArray } from '../ivp/index.ts'
import { augmentedLayout, augmentedRhs, normBlocks, parts } from './augmentedState.ts'
import { continuousAdjoint, type BackwardOptions } from './continuousAdjoint.ts'
import type { Gradients } from './gradients.ts'
import type { DifferentiableRhs } from './vjp.ts'

/**
 * The continuous adjoint by solving backwards: from output time to output time, [h | a | b] is integrated with h restored from the stored output
 * and the incoming gradient added to a (a jump) at each. Memory: one augmented state, whatever the number of steps.
 *
 * Where it fails: h is recomputed backwards, so a strongly dissipative or stiff f makes the reconstruction unstable.
 *
 * @param ts - output times, the initial one first; strictly monotone, length at least 2
 * @param states - the solution at `ts`, each of length n
 * @param incoming - dL/d(states[j]) for every j, each of length n
 * @see Chen et al. (2018), Sec. 2, Algorithm 1, and Appendix C (several output times)
 */
export function backsolve<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  states: ReadonlyArray<V>,
  incoming: ReadonlyArray<V>,
  options: BackwardOptions<V> = {},
): Gradients<V> {
  const layout = augmentedLayout(states[0]!.length, rhs.nParams)
  const system = {
    size: layout.size,
    rhs: augmentedRhs(rhs.vjp, layout),
    parts: (y: V) => parts(y, layout),
    normBlocks: (norm: Parameters<typeof normBlocks>[0]) => normBlocks(norm, layout, rhs),
    restore: (y: V, state: V) => parts(y, layout).h.set(state),
    reconstructed: (y: V) => parts(y, layout).h,
  }
  return continuousAdjoint(rhs, system, ts, states, incoming, options)
}
