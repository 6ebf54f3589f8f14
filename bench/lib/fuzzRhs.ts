/**
 * Right-hand sides of the fuzz, component by component, with their Jacobians and, where there is one, the solution
 * in closed form.
 *
 * Symbols: tau = t - t0; k a rate, in 1/t, or for 'constant' and 'jump' a slope; i, j components; n their
 * number.
 */
interface Place {
  readonly tau: number
  readonly y: ArrayLike<number>
  readonly n: number
  readonly k: number
  /** Length of the span with its sign. */
  readonly span: number
}

export type RhsKind =
  | 'zero'
  | 'constant'
  | 'linear'
  | 'stiff'
  | 'oscillator'
  | 'logistic'
  | 'square'
  | 'sqrt'
  | 'reciprocal'
  | 'log'
  | 'forced'
  | 'jump'
  | 'robertson'
  | 'vanDerPol'
  | 'diffusion'

interface FuzzRhs {
  component(place: Place, i: number): number
  partial(place: Place, i: number, j: number): number
  /** Component i of the solution at tau; null where no solver can be held to a closed form. */
  exact?(place: Place, i: number): number | null
}

const diagonal =
  (derivative: (y: number, k: number) => number) =>
  ({ y, k }: Place, i: number, j: number): number =>
    i === j ? derivative(y[i]!, k) : 0

/** Each component alone. */
const scalar = (
  f: (y: number, k: number) => number,
  derivative: (y: number, k: number) => number,
  exact?: (y0: number, k: number, tau: number) => number | null,
): FuzzRhs => ({
  component: ({ y, k }, i) => f(y[i]!, k),
  partial: diagonal(derivative),
  ...(exact === undefined ? {} : { exact: ({ y, k, tau }: Place, i: number) => exact(y[i]!, k, tau) }),
})

/** Rates of the components of 'stiff'. */
const STIFFNESS = [-1, -1e3, -1e6]
const JUMP_AT = 0.37
const MU = 100

const RHS: Readonly<Record<RhsKind, FuzzRhs>> = {
  zero: scalar(
    () => 0,
    () => 0,
    (y0) => y0,
  ),
  constant: scalar(
    (_, k) => k,
    () => 0,
    (y0, k, tau) => y0 + k * tau,
  ),
  linear: scalar(
    (y, k) => k * y,
    (_, k) => k,
    (y0, k, tau) => y0 * Math.exp(k * tau),
  ),
  stiff: {
    component: ({ y, k }, i) => Math.abs(k) * STIFFNESS[i % 3]! * y[i]!,
    partial: ({ k }, i, j) => (i === j ? Math.abs(k) * STIFFNESS[i % 3]! : 0),
    exact: ({ y, k, tau }, i) => y[i]! * Math.exp(Math.abs(k) * STIFFNESS[i % 3]! * tau),
  },
  /** y'' = -k^2 y in pairs; a last odd component stands still. */
  oscillator: {
    component: ({ y, n, k }, i) => (i % 2 === 1 ? -k * y[i - 1]! : i + 1 < n ? k * y[i + 1]! : 0),
    partial: ({ k }, i, j) => (i % 2 === 1 && j === i - 1 ? -k : i % 2 === 0 && j === i + 1 ? k : 0),
    exact: ({ y, n, k, tau }, i) => {
      const [c, s] = [Math.cos(k * tau), Math.sin(k * tau)]
      if (i % 2 === 1) return c * y[i]! - s * y[i - 1]!
      return i + 1 < n ? c * y[i]! + s * y[i + 1]! : y[i]!
    },
  },
  logistic: scalar(
    (y, k) => k * y * (1 - y),
    (y, k) => k * (1 - 2 * y),
    // From elsewhere it has a pole, or grows out of nothing
    (y0, k, tau) =>
      y0 >= 0.01 && y0 <= 10 && k * tau > 0 ? y0 / (y0 + (1 - y0) * Math.exp(-k * tau)) : null,
  ),
  square: scalar(
    (y, k) => k * y * y,
    (y, k) => 2 * k * y,
    (y0, k, tau) => (k * tau * y0 < 0.9 ? y0 / (1 - k * tau * y0) : null),
  ),
  sqrt: scalar(
    (y, k) => -Math.abs(k) * Math.sqrt(y),
    (y, k) => (-Math.abs(k) * 0.5) / Math.sqrt(y),
  ),
  reciprocal: scalar(
    (y, k) => -Math.abs(k) / y,
    (y, k) => Math.abs(k) / (y * y),
  ),
  log: scalar(
    (y, k) => k * Math.log(y),
    (y, k) => k / y,
  ),
  forced: {
    component: ({ tau, k }, i) => k * Math.cos(k * tau + i),
    partial: () => 0,
    exact: ({ y, tau, k }, i) => y[i]! + Math.sin(k * tau + i) - Math.sin(i),
  },
  jump: {
    component: ({ tau, k, span }) => (Math.abs(tau) < JUMP_AT * Math.abs(span) ? k : -k),
    partial: () => 0,
  },
  /** Robertson's kinetics in triples. */
  robertson: {
    component: ({ y, n }, i) => {
      const from = i - (i % 3)
      if (from + 2 >= n) return 0
      const slow = 0.04 * y[from]!
      const fast = 1e4 * y[from + 1]! * y[from + 2]!
      const quadratic = 3e7 * y[from + 1]! * y[from + 1]!
      return [-slow + fast, slow - fast - quadratic, quadratic][i % 3]!
    },
    partial: ({ y, n }, i, j) => {
      const from = i - (i % 3)
      if (from + 2 >= n || j < from || j > from + 2) return 0
      const [b, c] = [y[from + 1]!, y[from + 2]!]
      const rows = [
        [-0.04, 1e4 * c, 1e4 * b],
        [0.04, -1e4 * c - 6e7 * b, -1e4 * b],
        [0, 6e7 * b, 0],
      ]
      return rows[i % 3]![j - from]!
    },
  },
  /** Van der Pol's oscillator in pairs. */
  vanDerPol: {
    component: ({ y, n }, i) => {
      if (i % 2 === 0) return i + 1 < n ? y[i + 1]! : 0
      return MU * (1 - y[i - 1]! * y[i - 1]!) * y[i]! - y[i - 1]!
    },
    partial: ({ y }, i, j) => {
      if (i % 2 === 0) return j === i + 1 ? 1 : 0
      if (j === i) return MU * (1 - y[i - 1]! * y[i - 1]!)
      return j === i - 1 ? -2 * MU * y[i - 1]! * y[i]! - 1 : 0
    },
  },
  /** Heat along a line. */
  diffusion: {
    component: ({ y, n, k }, i) =>
      Math.abs(k) * ((i > 0 ? y[i - 1]! : 0) - 2 * y[i]! + (i + 1 < n ? y[i + 1]! : 0)),
    partial: ({ k }, i, j) => (i === j ? -2 * Math.abs(k) : Math.abs(i - j) === 1 ? Math.abs(k) : 0),
  },
}

export const KINDS: ReadonlyArray<RhsKind> = Object.keys(RHS) as RhsKind[]

export function rhsNamed(kind: RhsKind): FuzzRhs {
  return RHS[kind]
}
