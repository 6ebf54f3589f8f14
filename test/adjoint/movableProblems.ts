/** Problems whose parameters a certificate can move. */
import { solveWithPullback, type DifferentiableRhs, type PullbackOptions } from '../../src/adjoint/index.ts'
import type { Gradients } from '../../src/adjoint/index.ts'
import { GRADIENT_PROBLEMS, type GradientProblem } from './problems.ts'

export type Rhs = DifferentiableRhs<Float64Array>

type Numbers = ArrayLike<number> & Iterable<number>

export interface Movable {
  readonly ts: ReadonlyArray<number>
  readonly h0: ReadonlyArray<number>
  readonly theta: ReadonlyArray<number>
  readonly rhs: (theta: Numbers) => Rhs
  /** dL/dh(T); L sees nothing else. */
  readonly incoming: ReadonlyArray<number>
}

/** Susceptible, infected, recovered: nearly everybody is susceptible, hardly anybody infected. */
export const sir: Movable = {
  ts: [0, 40],
  h0: [0.999, 0.001, 0],
  theta: [0.5, 0.1],
  incoming: [1, 1, 0],
  rhs: ([b = 0, g = 0]) => ({
    nParams: 2,
    f: (_t, [s, i], dh) => dh.set([-b * s! * i!, b * s! * i! - g * i!, g * i!]),
    vjp: (_t, [s, i], [p, q, r], out) => {
      out.dh.set([-b * s! * i!, b * s! * i! - g * i!, g * i!])
      out.ah.set([(q! - p!) * b * i!, (q! - p!) * b * s! + (r! - q!) * g, 0])
      out.atheta.set([(q! - p!) * s! * i!, (r! - q!) * i!])
    },
  }),
}

/** h' = -k (h - c): what h0 was is forgotten. */
export const relaxation = (tEnd: number): Movable => ({
  ts: [0, tEnd],
  h0: [0.3],
  theta: [1, 2],
  incoming: [1],
  rhs: ([k = 0, c = 0]) => ({
    nParams: 2,
    f: (_t, [h], dh) => dh.set([-k * (h! - c)]),
    vjp: (_t, [h], [a], out) => {
      out.dh.set([-k * (h! - c)])
      out.ah.set([-k * a!])
      out.atheta.set([-(h! - c) * a!, k * a!])
    },
  }),
})

/** Rates of 0.04, 3e7 and 1e4. */
export const robertson: Movable = {
  ts: [0, 4],
  h0: [1, 0, 0],
  theta: [0.04, 3e7, 1e4],
  incoming: [1, 0, 0],
  rhs: ([k1 = 0, k2 = 0, k3 = 0]) => ({
    nParams: 3,
    f: (_t, [x, y, z], dh) =>
      dh.set([-k1 * x! + k3 * y! * z!, k1 * x! - k2 * y! * y! - k3 * y! * z!, k2 * y! * y!]),
    vjp: (_t, [x, y, z], [a, b, c], out) => {
      out.dh.set([-k1 * x! + k3 * y! * z!, k1 * x! - k2 * y! * y! - k3 * y! * z!, k2 * y! * y!])
      const [p, q, r] = [b! - a!, c! - b!, a! - b!]
      out.ah.set([p * k1, q * 2 * k2 * y! + r * k3 * z!, r * k3 * y!])
      out.atheta.set([p * x!, q * y! * y!, r * y! * z!])
    },
  }),
}

export function named(name: string): GradientProblem {
  return GRADIENT_PROBLEMS.find((problem) => problem.name === name)!
}

/** One of the ten problems, with a loss of its end. */
export const movable = (problem: GradientProblem): Movable => ({
  ts: problem.ts,
  h0: problem.h0,
  theta: problem.theta,
  incoming: problem.h0.map((_, i) => Math.cos(1 + 2 * i)),
  rhs: (theta) => problem.rhs(Array.from(theta)),
})

/** The right-hand side with its parameters beside it. */
export function withTheta({ rhs, theta }: Movable, change: (right: Rhs) => Partial<Rhs> = () => ({})): Rhs {
  const right = rhs(theta)
  return { ...right, theta, withParams: rhs, ...change(right) }
}

/** A change of the vector-Jacobian product. */
export const spoilt =
  (spoil: (out: { readonly ah: Float64Array; readonly atheta: Float64Array }, h: Float64Array) => void) =>
  ({ vjp }: Rhs): Partial<Rhs> => ({
    vjp: (t, h, a, out) => {
      vjp(t, h, a, out)
      spoil(out, h)
    },
  })

/** The gradients of L, certified. */
export function certified(
  problem: Movable,
  options: PullbackOptions<Float64Array>,
  rhs: Rhs = withTheta(problem),
): Gradients<Float64Array> {
  const { ts, h0, incoming } = problem
  const solve = solveWithPullback(rhs, ts, Float64Array.from(h0), { certify: true, ...options })
  return solve.pullback(ts.map((_, j) => Float64Array.from(incoming, (a) => (j === ts.length - 1 ? a : 0))))
}
