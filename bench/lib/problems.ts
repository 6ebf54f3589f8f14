/**
 * The problems of the benchmarks. The same right-hand sides stand in peers/problems.c and peers/scipyPeer.py; a slip in one of them would
 * show in the errors that are printed beside every time.
 */
import type { FloatArray } from '../../src/ivp/index.ts'

export interface Problem {
  /** [0, t1] */
  readonly t1: number
  readonly y0: ReadonlyArray<number>
  /** [lower, upper] band widths of the Jacobian, where it is banded and stiff. */
  readonly band?: readonly [number, number]
  /** Writes f(t, y) to dydt. */
  readonly rhs: (t: number, y: FloatArray, dydt: FloatArray) => void
}

const lorenz: Problem = {
  t1: 5,
  y0: [1, 1, 1],
  rhs(_t, y, dydt) {
    const a = y[0]!
    const b = y[1]!
    const c = y[2]!
    dydt[0] = 10 * (b - a)
    dydt[1] = a * (28 - c) - b
    dydt[2] = a * b - (8 / 3) * c
  },
}

const vanDerPol = (mu: number, t1: number): Problem => ({
  t1,
  y0: [2, 0],
  rhs(_t, y, dydt) {
    const a = y[0]!
    const b = y[1]!
    dydt[0] = b
    dydt[1] = mu * (1 - a * a) * b - a
  },
})

/** Hairer, Norsett, Wanner I, Sec. II.0, eq. (0.1): one period. */
const arenstorf: Problem = {
  t1: 17.065216560157964,
  y0: [0.994, 0, 0, -2.0015851063790824],
  rhs(_t, y, dydt) {
    const mu = 0.012277471
    const nu = 1 - mu
    const p = y[0]!
    const q = y[1]!
    const u = y[2]!
    const v = y[3]!
    const a = p + mu
    const b = p - nu
    const a2 = a * a + q * q
    const b2 = b * b + q * q
    const d1 = a2 * Math.sqrt(a2)
    const d2 = b2 * Math.sqrt(b2)
    dydt[0] = u
    dydt[1] = v
    dydt[2] = p + 2 * v - (nu * a) / d1 - (mu * b) / d2
    dydt[3] = q - 2 * u - (nu * q) / d1 - (mu * q) / d2
  },
}

/** Hairer, Norsett, Wanner I, Sec. II.10, eq. (10.3). Positions x (7), y (7), then velocities. */
const pleiades: Problem = {
  t1: 3,
  // prettier-ignore
  y0: [3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4, 0, 0, 0, 0, 0, 1.75, -1.5, 0, 0, 0, -1.25, 1, 0, 0],
  rhs(_t, y, dydt) {
    for (let i = 0; i < 14; i++) dydt[i] = y[14 + i]!
    for (let i = 0; i < 7; i++) {
      let ax = 0
      let ay = 0
      for (let j = 0; j < 7; j++) {
        if (j === i) continue
        const dx = y[j]! - y[i]!
        const dy = y[7 + j]! - y[7 + i]!
        const r2 = dx * dx + dy * dy
        const w = (j + 1) / (r2 * Math.sqrt(r2))
        ax += w * dx
        ay += w * dy
      }
      dydt[14 + i] = ax
      dydt[21 + i] = ay
    }
  },
}

/** Hairer, Norsett, Wanner I, Sec. II.10, eq. (10.14), with u and v alternating; 500 points, u = 1 and v = 3 at both ends. */
const brusselator = (alpha: number, isStiff: boolean): Problem => {
  const N = 500
  const d = alpha * (N + 1) ** 2
  return {
    t1: 10,
    y0: Array.from({ length: 2 * N }, (_, k) =>
      k % 2 === 0 ? 1 + Math.sin((2 * Math.PI * (k / 2 + 1)) / (N + 1)) : 3,
    ),
    ...(isStiff ? { band: [2, 2] as const } : {}),
    rhs(_t, y, dydt) {
      let uLeft = 1
      let vLeft = 3
      const last = 2 * N - 2
      for (let i = 0; i <= last; i += 2) {
        const u = y[i]!
        const v = y[i + 1]!
        const uRight = i < last ? y[i + 2]! : 1
        const vRight = i < last ? y[i + 3]! : 3
        const uuv = u * u * v
        dydt[i] = 1 + uuv - 4 * u + d * (uLeft - 2 * u + uRight)
        dydt[i + 1] = 3 * u - uuv + d * (vLeft - 2 * v + vRight)
        uLeft = u
        vLeft = v
      }
    },
  }
}

/** n components of y' = -y / 2: nothing but the solver's own work on memory. */
export const decay = (n: number): Problem => ({
  t1: 10,
  y0: Array.from({ length: n }, (_, i) => 1 + i / n),
  rhs(_t, y, dydt) {
    for (let i = 0; i < y.length; i++) dydt[i] = -0.5 * y[i]!
  },
})

const layer = (n: number): Problem => {
  const W = Float64Array.from({ length: n * n }, (_, k) => {
    const i = Math.floor(k / n)
    const j = k % n
    return Math.cos(i + 2 * j) / 8 - (i === j ? 1 : 0)
  })
  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i))
  return {
    t1: 2,
    y0: Array.from({ length: n }, () => 0.5),
    rhs(_t, y, dydt) {
      for (let i = 0; i < n; i++) {
        let sum = b[i]!
        for (let j = 0; j < n; j++) sum += W[i * n + j]! * y[j]!
        dydt[i] = sum
      }
    },
  }
}

/** Hairer, Wanner II, Sec. IV.1, eq. (1.4). */
const robertson: Problem = {
  t1: 1e5,
  y0: [1, 0, 0],
  rhs(_t, y, dydt) {
    const a = 0.04 * y[0]!
    const b = 1e4 * y[1]! * y[2]!
    const c = 3e7 * y[1]! * y[1]!
    dydt[0] = -a + b
    dydt[1] = a - b - c
    dydt[2] = c
  },
}

/** Hairer, Wanner II, Sec. IV.10, eq. (10.4). */
const hires: Problem = {
  t1: 321.8122,
  y0: [1, 0, 0, 0, 0, 0, 0, 0.0057],
  rhs(_t, y, dydt) {
    const p = 280 * y[5]! * y[7]!
    dydt[0] = -1.71 * y[0]! + 0.43 * y[1]! + 8.32 * y[2]! + 0.0007
    dydt[1] = 1.71 * y[0]! - 8.75 * y[1]!
    dydt[2] = -10.03 * y[2]! + 0.43 * y[3]! + 0.035 * y[4]!
    dydt[3] = 8.32 * y[1]! + 1.71 * y[2]! - 1.12 * y[3]!
    dydt[4] = -1.745 * y[4]! + 0.43 * y[5]! + 0.43 * y[6]!
    dydt[5] = -p + 0.69 * y[3]! + 1.71 * y[4]! - 0.43 * y[5]! + 0.69 * y[6]!
    dydt[6] = p - 1.81 * y[6]!
    dydt[7] = -p + 1.81 * y[6]!
  },
}

/** y' = H D H y - y^3: H the reflection at (1, 1, ...), D = -(1 ... 1e4). Stiff, with a full Jacobian. */
const dense = (n: number): Problem => {
  const rate = Float64Array.from({ length: n }, (_, i) => 10 ** ((4 * i) / (n - 1)))
  return {
    t1: 5,
    y0: Array.from({ length: n }, (_, i) => 1 + Math.cos(i) / 2),
    rhs(_t, y, dydt) {
      let s = 0
      for (let i = 0; i < n; i++) s += y[i]!
      s *= 2 / n
      let q = 0
      for (let i = 0; i < n; i++) {
        const z = -rate[i]! * (y[i]! - s)
        dydt[i] = z
        q += z
      }
      q *= 2 / n
      for (let i = 0; i < n; i++) dydt[i] = dydt[i]! - q - y[i]! * y[i]! * y[i]!
    },
  }
}

export const PROBLEMS: Readonly<Record<string, () => Problem>> = {
  lorenz: () => lorenz,
  vdp: () => vanDerPol(1, 20),
  arenstorf: () => arenstorf,
  pleiades: () => pleiades,
  brusselator: () => brusselator(1e-4, false),
  layer: () => layer(64),
  decay: () => decay(200_000),
  robertson: () => robertson,
  vdpStiff: () => vanDerPol(1e3, 2000),
  hires: () => hires,
  brusselatorStiff: () => brusselator(1 / 50, true),
  dense: () => dense(100),
}

/** @throws RangeError for an unknown name */
export function problemNamed(name: string): Problem {
  const make = PROBLEMS[name]
  if (make === undefined)
    throw new RangeError(`no problem named ${name} (known: ${Object.keys(PROBLEMS).join(', ')})`)
  return make()
}
