import type { FloatArray } from '../../src/index.ts'
import type { DifferentiableRhs } from '../../src/adjoint/index.ts'

/** Length of the state. */
export const n = 3
/** Number of parameters. */
export const p: number = n * n + n

/** dh/dt = tanh(W h + c cos t) - h/4 with theta = [W (row-major) | c]: depends on time, has no closed form. */
export function net<V extends FloatArray>(theta: ArrayLike<number>): DifferentiableRhs<V> {
  const slope = (t: number, h: V, i: number): number => {
    let s = theta[n * n + i]! * Math.cos(t)
    for (let j = 0; j < n; j++) s += theta[i * n + j]! * h[j]!
    return Math.tanh(s)
  }
  return {
    nParams: p,
    f: (t, h, dh) => {
      for (let i = 0; i < n; i++) dh[i] = slope(t, h, i) - h[i]! / 4
    },
    vjp: (t, h, a, out) => {
      for (let i = 0; i < n; i++) out.ah[i] = -a[i]! / 4
      for (let i = 0; i < n; i++) {
        const f = slope(t, h, i)
        const g = a[i]! * (1 - f * f)
        out.dh[i] = f - h[i]! / 4
        for (let j = 0; j < n; j++) {
          out.ah[j] = out.ah[j]! + g * theta[i * n + j]!
          out.atheta[i * n + j] = g * h[j]!
        }
        out.atheta[n * n + i] = g * Math.cos(t)
      }
    },
  }
}

export const theta: Float64Array = Float64Array.from({ length: p }, (_, i) => 1.5 * Math.sin(3 * i + 1))
/** Exact in float32 too. */
export const start: ReadonlyArray<number> = [0.25, -0.625, 0.875]
