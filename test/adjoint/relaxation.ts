import type { DifferentiableRhs } from '../../src/adjoint/index.ts'
import type { FloatArray } from '../../src/index.ts'

/** h' = rate (theta - h) with theta = 1: from h = 0 it is 1 - e^(-rate t), and backwards it leaves every error behind it e^(rate t) times as large. */
export const relaxation = <V extends FloatArray>(rate: number): DifferentiableRhs<V> => ({
  nParams: 1,
  f: (_t, h, dh) => {
    for (let i = 0; i < h.length; i++) dh[i] = rate * (1 - h[i]!)
  },
  vjp: (_t, h, a, out) => {
    out.atheta[0] = 0
    for (let i = 0; i < h.length; i++) {
      out.dh[i] = rate * (1 - h[i]!)
      out.ah[i] = -rate * a[i]!
      out.atheta[0] += rate * a[i]!
    }
    if (out.at !== undefined) out.at[0] = 0
  },
})

/** Robertson's reaction, theta = its three rates. @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.1 */
export const robertson: DifferentiableRhs<Float64Array> = {
  nParams: 3,
  f: (_t, [a, b, c], dh) => {
    dh[0] = -0.04 * a! + 1e4 * b! * c!
    dh[2] = 3e7 * b! * b!
    dh[1] = -dh[0] - dh[2]
  },
  vjp: (t, h, a, out) => {
    robertson.f(t, h, out.dh)
    const [x, y, z] = h as unknown as readonly [number, number, number]
    const back = a[0]! - a[1]!
    const on = a[2]! - a[1]!
    out.ah.set([-0.04 * back, 1e4 * z * back + 6e7 * y * on, 1e4 * y * back])
    out.atheta.set([-x * back, y * y * on, y * z * back])
    if (out.at !== undefined) out.at[0] = 0
  },
}

/** h' = r h (1 - h / K), theta = [r, K] = [1, 1]. */
export const logistic: DifferentiableRhs<Float64Array> = {
  nParams: 2,
  f: (_t, h, dh) => {
    dh[0] = h[0]! * (1 - h[0]!)
  },
  vjp: (t, h, a, out) => {
    logistic.f(t, h, out.dh)
    out.ah[0] = a[0]! * (1 - 2 * h[0]!)
    out.atheta[0] = a[0]! * out.dh[0]!
    out.atheta[1] = a[0]! * h[0]! ** 2
    if (out.at !== undefined) out.at[0] = 0
  },
}
