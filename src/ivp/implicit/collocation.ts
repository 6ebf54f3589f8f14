import type { Rhs } from '../stepper/erkStepper.ts'
import { NewtonMonitor } from './newton.ts'
import type { RadauFactors } from './radauFactors.ts'
import { MU_IM, MU_RE, MU_REAL, NODES, T, T_INVERSE } from './radauTableau.ts'
import type { ScaledNorm } from './scaledNorm.ts'

const NEWTON_MAX_ITERATIONS = 6

/**
 * The nonlinear system of a Radau IIA step, Z = h (A x I) F(y + Z), solved by simplified Newton iterations in the variables
 * W = (T^-1 x I) Z, where the linear systems fall apart into a real and a complex one.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.4)-(8.7)
 */
export class Collocation {
  /** Increments of the stages: y + z[i] is the solution at t + NODES[i] h. */
  readonly z: readonly [Float64Array, Float64Array, Float64Array]
  readonly monitor: NewtonMonitor
  readonly maxIterations: number = NEWTON_MAX_ITERATIONS
  readonly #rhs: Rhs<Float64Array>
  readonly #w: readonly [Float64Array, Float64Array, Float64Array]
  readonly #f: readonly [Float64Array, Float64Array, Float64Array]
  readonly #dw: readonly [Float64Array, Float64Array, Float64Array]
  readonly #stage: Float64Array

  constructor(n: number, rhs: Rhs<Float64Array>, tolerance: number) {
    const three = (): [Float64Array, Float64Array, Float64Array] => [
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
    ]
    this.#rhs = rhs
    this.monitor = new NewtonMonitor(NEWTON_MAX_ITERATIONS, tolerance)
    this.z = three()
    this.#w = three()
    this.#f = three()
    this.#dw = three()
    this.#stage = new Float64Array(n)
  }

  /**
   * Starts from the guess in `z` and leaves the solution there.
   * @param factors - made for h, or for a step near it
   * @returns whether the iterations converged
   */
  solve(t: number, y: Float64Array, h: number, factors: RadauFactors, norm: ScaledNorm): boolean {
    const { z, monitor } = this
    const w = this.#w
    const [dw0, dw1, dw2] = this.#dw
    multiply(T_INVERSE, z, w)
    monitor.begin()
    for (;;) {
      if (!this.#evaluate(t, y, h)) return false
      this.#residual(h)
      factors.solveReal(dw0)
      factors.solveComplex(dw1, dw2)
      const verdict = monitor.judge(norm.of(1, dw0, dw1, dw2))
      if (verdict === 'diverging' && monitor.iterations < NEWTON_MAX_ITERATIONS) return false
      for (let s = 0; s < 3; s++) {
        const target = w[s]!
        const increment = this.#dw[s]!
        for (let i = 0; i < target.length; i++) target[i] = target[i]! + increment[i]!
      }
      multiply(T, w, z)
      if (verdict !== 'going') return verdict === 'converged'
    }
  }

  /** f at the three stages; false if it is not finite. */
  #evaluate(t: number, y: Float64Array, h: number): boolean {
    let isFinite = true
    for (let s = 0; s < 3; s++) {
      const z = this.z[s]!
      for (let i = 0; i < y.length; i++) this.#stage[i] = y[i]! + z[i]!
      const f = this.#rhs(t + NODES[s]! * h, this.#stage, this.#f[s]!)
      for (let i = 0; i < f.length; i++) if (!Number.isFinite(f[i]!)) isFinite = false
    }
    return isFinite
  }

  /** T^-1 F - (Lambda / h) W, the right-hand sides of the two linear systems, written to dw. */
  #residual(h: number): void {
    const [w0, w1, w2] = this.#w
    const [dw0, dw1, dw2] = this.#dw
    multiply(T_INVERSE, this.#f, this.#dw)
    const real = MU_REAL / h
    const re = MU_RE / h
    const im = MU_IM / h
    for (let i = 0; i < w0.length; i++) {
      dw0[i] = dw0[i]! - real * w0[i]!
      dw1[i] = dw1[i]! - (re * w1[i]! - im * w2[i]!)
      dw2[i] = dw2[i]! - (re * w2[i]! + im * w1[i]!)
    }
  }
}

type Three = readonly [Float64Array, Float64Array, Float64Array]

/** out = (rows x I) v. */
function multiply(rows: ReadonlyArray<readonly [number, number, number]>, v: Three, out: Three): void {
  const [v0, v1, v2] = v
  for (let s = 0; s < 3; s++) {
    const [a, b, c] = rows[s]!
    const target = out[s]!
    for (let i = 0; i < v0.length; i++) target[i] = a * v0[i]! + b * v1[i]! + c * v2[i]!
  }
}
