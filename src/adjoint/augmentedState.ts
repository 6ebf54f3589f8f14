import type { FloatArray } from '../ivp/index.ts'
import type { Vjp } from './vjp.ts'

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
