import type { FloatArray, NormBlocks } from '../ivp/index.ts'
import { paramBlocks, type ParamShape } from './paramBlocks.ts'
import type { Vjp } from './vjp.ts'

/** Which parts of the augmented state steer the backward step size. */
export type AdjointNorm = 'all' | 'blocks' | 'seminorm'

/**
 * The augmented state [h | a | b] as one flat array: state (n), adjoint a = dL/dh (n), accumulated parameter gradient b (p).
 * @see Chen, Rubanova, Bettencourt, Duvenaud, "Neural Ordinary Differential Equations" (NeurIPS 2018), Sec. 2, eq. (4) and (5), Algorithm 1
 */
export interface AugmentedLayout {
  readonly n: number
  readonly p: number
  readonly size: number
}

export function augmentedLayout(n: number, p: number): AugmentedLayout {
  return { n, p, size: 2 * n + p }
}

/** Views of the three parts; they share memory with y. */
export function parts<V extends FloatArray>(y: V, { n, size }: AugmentedLayout): { h: V; a: V; b: V } {
  return { h: y.subarray(0, n) as V, a: y.subarray(n, 2 * n) as V, b: y.subarray(2 * n, size) as V }
}

/** d[h | a | b]/dt = [f, -a df/dh, -a df/dtheta], in place. */
export function augmentedRhs<V extends FloatArray>(
  vjp: Vjp<V>,
  layout: AugmentedLayout,
): (t: number, y: V, dydt: V) => void {
  return (t, y, dydt) => {
    const { h, a } = parts(y, layout)
    const out = parts(dydt, layout)
    vjp(t, h, a, { dh: out.h, ah: out.a, atheta: out.b })
    for (let i = layout.n; i < layout.size; i++) dydt[i] = -dydt[i]!
  }
}

/**
 * The blocks of an adjoint norm. 'all': one RMS over everything, as in the forward solve; 'blocks': the largest of the RMS norms of h, of a and of
 * each array of parameters (torchdiffeq's default); 'seminorm': h and a only, since the parameter gradient is a pure quadrature.
 * @see Kidger, Chen, Lyons, "Hey, that's not an ODE" (ICML 2021), Sec. 3
 */
export function normBlocks(norm: AdjointNorm, { n, size }: AugmentedLayout, params: ParamShape): NormBlocks {
  if (norm === 'all') return [[0, size]]
  const state: [number, number][] = [
    [0, n],
    [n, 2 * n],
  ]
  return norm === 'seminorm' ? state : [...state, ...paramBlocks(params, 2 * n)]
}
