/** Ten problems with hand-written vector-Jacobian products, for gradients against finite differences. */
import type { DifferentiableRhs } from '../../src/adjoint/index.ts'
import type { FloatArray } from '../../src/index.ts'

export interface GradientProblem {
  readonly name: string
  readonly h0: ReadonlyArray<number>
  readonly theta: ReadonlyArray<number>
  /** Output times. */
  readonly ts: ReadonlyArray<number>
  readonly rhs: <V extends FloatArray>(theta: ReadonlyArray<number>) => DifferentiableRhs<V>
}

type Numbers = ArrayLike<number>
/** Up to four numbers, taken apart by name. */
type Values = readonly [number, number, number, number]
/** f, and the rows of df/dh and df/dtheta, at one point. */
interface Point {
  readonly f: Numbers
  readonly dh: ReadonlyArray<Numbers>
  readonly dtheta: ReadonlyArray<Numbers>
}

/** A right-hand side from its value and its two Jacobians. */
function fromJacobians(p: number, at: (t: number, h: Numbers) => Point): DifferentiableRhs<FloatArray> {
  return {
    nParams: p,
    f: (t, h, dh) => dh.set(Array.from(at(t, h).f)),
    vjp: (t, h, a, out) => {
      const { f, dh, dtheta } = at(t, h)
      out.dh.set(Array.from(f))
      const products = (rows: ReadonlyArray<Numbers>, k: number): number =>
        rows.reduce((sum, row, i) => sum + a[i]! * row[k]!, 0)
      for (let k = 0; k < h.length; k++) out.ah[k] = products(dh, k)
      for (let k = 0; k < p; k++) out.atheta[k] = products(dtheta, k)
    },
  }
}

const problem = (
  name: string,
  h0: ReadonlyArray<number>,
  theta: ReadonlyArray<number>,
  ts: ReadonlyArray<number>,
  point: (theta: Values, t: number, h: Values) => Point,
): GradientProblem => ({
  name,
  h0,
  theta,
  ts,
  rhs: (params) =>
    fromJacobians(params.length, (t, h) =>
      point(params as unknown as Values, t, h as unknown as Values),
    ) as never,
})

export const GRADIENT_PROBLEMS: ReadonlyArray<GradientProblem> = [
  problem('affine', [1.2], [-0.6, 0.4], [0, 1, 2], ([w, b], _t, [h]) => ({
    f: [w * h + b],
    dh: [[w]],
    dtheta: [[h, 1]],
  })),
  problem('exponential', [0.2], [-0.7, 0.3], [0, 0.8, 1.5], ([w, b], _t, [h]) => {
    const e = Math.exp(w * h + b)
    return { f: [e], dh: [[w * e]], dtheta: [[h * e, e]] }
  }),
  problem('logistic', [0.1], [1.3, 2], [0, 2, 4], ([r, k], _t, [h]) => ({
    f: [r * h * (1 - h / k)],
    dh: [[r * (1 - (2 * h) / k)]],
    dtheta: [[h * (1 - h / k), (r * h * h) / k ** 2]],
  })),
  problem('Lotka-Volterra', [1, 1.5], [1.1, 0.6, 0.5, 0.9], [0, 1, 2.5], ([a, b, c, d], _t, [x, y]) => ({
    f: [a * x - b * x * y, c * x * y - d * y],
    dh: [
      [a - b * y, -b * x],
      [c * y, c * x - d],
    ],
    dtheta: [
      [x, -x * y, 0, 0],
      [0, 0, x * y, -y],
    ],
  })),
  problem('van der Pol', [1.5, 0], [0.8], [0, 1, 2], ([mu], _t, [x, v]) => ({
    f: [v, mu * (1 - x * x) * v - x],
    dh: [
      [0, 1],
      [-2 * mu * x * v - 1, mu * (1 - x * x)],
    ],
    dtheta: [[0], [(1 - x * x) * v]],
  })),
  problem('driven pendulum', [0.6, 0.1], [1.4, 0.2, 0.5], [0, 1.2, 2.4], ([g, c, p], t, [x, v]) => ({
    f: [v, -g * Math.sin(x) - c * v + p * Math.cos(t)],
    dh: [
      [0, 1],
      [-g * Math.cos(x), -c],
    ],
    dtheta: [
      [0, 0, 0],
      [-Math.sin(x), -v, Math.cos(t)],
    ],
  })),
  problem('FitzHugh-Nagumo', [0.3, -0.2], [0.7, 0.8, 0.5], [0, 1, 3], ([a, b, e], _t, [v, w]) => ({
    f: [v - v ** 3 / 3 - w + 0.4, e * (v + a - b * w)],
    dh: [
      [1 - v * v, -1],
      [e, -e * b],
    ],
    dtheta: [
      [0, 0, 0],
      [e, -e * w, v + a - b * w],
    ],
  })),
  problem('epidemic', [0.9, 0.1, 0], [1.6, 0.5], [0, 2, 4], ([beta, gamma], _t, [s, i]) => ({
    f: [-beta * s * i, beta * s * i - gamma * i, gamma * i],
    dh: [
      [-beta * i, -beta * s, 0],
      [beta * i, beta * s - gamma, 0],
      [0, gamma, 0],
    ],
    dtheta: [
      [-s * i, 0],
      [s * i, -i],
      [0, i],
    ],
  })),
  problem('Lorenz', [1, 1, 1], [10, 28, 8 / 3], [0, 0.2, 0.4], ([sigma, rho, beta], _t, [x, y, z]) => ({
    f: [sigma * (y - x), x * (rho - z) - y, x * y - beta * z],
    dh: [
      [-sigma, sigma, 0],
      [rho - z, -1, -x],
      [y, x, -beta],
    ],
    dtheta: [
      [y - x, 0, 0],
      [0, x, 0],
      [0, 0, -z],
    ],
  })),
  problem('rigid body', [1, 0.3, 0.8], [0.5, -0.9, 0.4], [0, 1.5, 3], ([p, q, r], _t, [x, y, z]) => ({
    f: [p * y * z, q * x * z, r * x * y],
    dh: [
      [0, p * z, p * y],
      [q * z, 0, q * x],
      [r * y, r * x, 0],
    ],
    dtheta: [
      [y * z, 0, 0],
      [0, x * z, 0],
      [0, 0, x * y],
    ],
  })),
]
