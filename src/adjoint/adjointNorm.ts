import type { NormBlocks } from '../ivp/index.ts'
import { paramBlocks, type ParamShape } from './paramBlocks.ts'

/** Which parts of the adjoint state steer the backward step size. */
export type AdjointNorm = 'all' | 'blocks' | 'seminorm'

/** Of a state without the parameter gradient. */
export const NO_PARAMS: ParamShape = { nParams: 0 }

/**
 * The blocks of an adjoint norm. 'all': one RMS over everything, as in the forward solve; 'blocks': the largest of the RMS norms of each part (h and a,
 * or a) and of each array of parameters (torchdiffeq's default); 'seminorm': the parts only, since the parameter gradient is a pure quadrature.
 * @param parts - lengths of what lies before the parameters
 * @see Kidger, Chen, Lyons, "Hey, that's not an ODE" (ICML 2021), Sec. 3
 */
export function normBlocks(norm: AdjointNorm, parts: ReadonlyArray<number>, params: ParamShape): NormBlocks {
  let end = 0
  const state = parts.map((size) => [end, (end += size)] as const)
  if (norm === 'all') return [[0, end + params.nParams]]
  return norm === 'seminorm' ? state : [...state, ...paramBlocks(params, end)]
}
