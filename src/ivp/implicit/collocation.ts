import type { Rhs } from '../stepper/erkStepper.ts'
import { NewtonMonitor } from './newton.ts'
import type { RadauFactors } from './radauFactors.ts'
import { MU_IM, MU_RE, MU_REAL, NODES, T, T_INVERSE } from './radauTableau.ts'
import type { ScaledNorm } from './scaledNorm.ts'

const NEWTON_MAX_ITERATIONS = 6

/**
 * The nonlinear system of a Radau IIA step, Z = h (A x I) F(y + Z), solved by simplified Newton iterations in the variables
 * W = (T^-1 x I) Z, where the linear systems fall apart into a real and a complex one.
 *
 * Each of Z, W, F and the stages y + Z is one flat array of shape (3, n): few arrays make short loops fast.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.4)-(8.7)
 */
export class Collocation {
  /** Increments of the stages: y + z[i] is the solution at t + NODES[i] h. */
  readonly z: Float64Array
  readonly monitor: NewtonMonitor
  readonly maxIterations: number = NEWTON_MAX_ITERATIONS
  readonly #n: number
  readonly #rhs: Rhs<Float64Array>
  readonly #w: Float64Array
  readonly #dw: Float64Array
  readonly #f: Float64Array
  readonly #stages: Float64Array
  /** Rows of the last two, which the right-hand side reads and writes. */
  readonly #f0: Float64Array
  readonly #f1: Float64Array
  readonly #f2: Float64Array
  readonly #stage0: Float64Array
  readonly #stage1: Float64Array
  readonly #stage2: Float64Array

  constructor(n: number, rhs: Rhs<Float64Array>, tolerance: number) {
    this.#n = n
    this.#rhs = rhs
    this.monitor = new NewtonMonitor(NEWTON_MAX_ITERATIONS, tolerance)
    this.z = new Float64Array(3 * n)
    this.#w = new Float64Array(3 * n)
    this.#dw = new Float64Array(3 * n)
    const f = new Float64Array(3 * n)
    this.#f = f
    this.#f0 = f.subarray(0, n)
    this.#f1 = f.subarray(n, 2 * n)
    this.#f2 = f.subarray(2 * n)
    const stages = new Float64Array(3 * n)
    this.#stages = stages
    this.#stage0 = stages.subarray(0, n)
    this.#stage1 = stages.subarray(n, 2 * n)
    this.#stage2 = stages.subarray(2 * n)
  }

  /**
   * Starts from the guess in `z` and leaves the solution there.
   * @param factors - made for h, or for a step near it
   * @returns whether the iterations converged
   */
  solve(t: number, y: Float64Array, h: number, factors: RadauFactors, norm: ScaledNorm): boolean {
    const { monitor } = this
    const n = this.#n
    const rhs = this.#rhs
    const dw = this.#dw
    this.#begin(y)
    monitor.begin()
    for (;;) {
      rhs(t + NODES[0] * h, this.#stage0, this.#f0)
      rhs(t + NODES[1] * h, this.#stage1, this.#f1)
      rhs(t + NODES[2] * h, this.#stage2, this.#f2)
      if (!this.#residual(h)) return false
      factors.solveReal(dw, 0)
      factors.solveComplex(dw, n, 2 * n)
      const verdict = monitor.judge(norm.of(1, dw, 3))
      if (verdict === 'diverging' && monitor.iterations < NEWTON_MAX_ITERATIONS) return false
      this.#move(y)
      if (verdict !== 'going') return verdict === 'converged'
    }
  }

  /** w = T^-1 z, and the stages. */
  #begin(y: Float64Array): void {
    const n = this.#n
    const { z } = this
    const w = this.#w
    const stages = this.#stages
    for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
      const yi = y[i]!
      const z0 = z[i]!
      const z1 = z[i1]!
      const z2 = z[i2]!
      w[i] = T_INVERSE[0] * z0 + T_INVERSE[1] * z1 + T_INVERSE[2] * z2
      w[i1] = T_INVERSE[3] * z0 + T_INVERSE[4] * z1 + T_INVERSE[5] * z2
      w[i2] = T_INVERSE[6] * z0 + T_INVERSE[7] * z1 + T_INVERSE[8] * z2
      stages[i] = yi + z0
      stages[i1] = yi + z1
      stages[i2] = yi + z2
    }
  }

  /** T^-1 F - (Lambda / h) W, the right-hand sides of the two linear systems, written to dw. Returns whether F is finite. */
  #residual(h: number): boolean {
    const n = this.#n
    const f = this.#f
    const w = this.#w
    const dw = this.#dw
    const real = MU_REAL / h
    const re = MU_RE / h
    const im = MU_IM / h
    // Stays 0 as long as everything is finite
    let zero = 0
    for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
      const f0 = f[i]!
      const f1 = f[i1]!
      const f2 = f[i2]!
      const w0 = w[i]!
      const w1 = w[i1]!
      const w2 = w[i2]!
      zero += f0 - f0 + (f1 - f1) + (f2 - f2)
      dw[i] = T_INVERSE[0] * f0 + T_INVERSE[1] * f1 + T_INVERSE[2] * f2 - real * w0
      dw[i1] = T_INVERSE[3] * f0 + T_INVERSE[4] * f1 + T_INVERSE[5] * f2 - (re * w1 - im * w2)
      dw[i2] = T_INVERSE[6] * f0 + T_INVERSE[7] * f1 + T_INVERSE[8] * f2 - (re * w2 + im * w1)
    }
    return zero === 0
  }

  /** w += dw, z = T w, and the stages. */
  #move(y: Float64Array): void {
    const n = this.#n
    const { z } = this
    const w = this.#w
    const dw = this.#dw
    const stages = this.#stages
    for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
      const yi = y[i]!
      const w0 = w[i]! + dw[i]!
      const w1 = w[i1]! + dw[i1]!
      const w2 = w[i2]! + dw[i2]!
      const z0 = T[0] * w0 + T[1] * w1 + T[2] * w2
      const z1 = T[3] * w0 + T[4] * w1 + T[5] * w2
      // The last row of T is 1 1 0
      const z2 = w0 + w1
      w[i] = w0
      w[i1] = w1
      w[i2] = w2
      z[i] = z0
      z[i1] = z1
      z[i2] = z2
      stages[i] = yi + z0
      stages[i1] = yi + z1
      stages[i2] = yi + z2
    }
  }
}
