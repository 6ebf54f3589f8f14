import type { Rhs } from '../space/workspace.ts'
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
  declare readonly z: Float64Array
  /** Start and size of the step: fields, since V8 boxes numbers that it passes to a function. */
  t: number = NaN
  h: number = NaN
  declare readonly monitor: NewtonMonitor
  /** Whether the derivatives were finite all along. */
  isFinite = true
  readonly maxIterations: number = NEWTON_MAX_ITERATIONS
  declare private readonly n: number
  declare private readonly rhs: Rhs<Float64Array>
  declare private readonly w: Float64Array
  declare private readonly dw: Float64Array
  /** Derivatives at the stages, shape (3, n). */
  declare readonly f: Float64Array
  declare private readonly stages: Float64Array
  /** Rows of the last two, which the right-hand side reads and writes. */
  declare private readonly f0: Float64Array
  declare private readonly f1: Float64Array
  declare private readonly f2: Float64Array
  declare private readonly stage0: Float64Array
  declare private readonly stage1: Float64Array
  declare private readonly stage2: Float64Array

  constructor(n: number, rhs: Rhs<Float64Array>, tolerance: number) {
    this.n = n
    this.rhs = rhs
    this.monitor = new NewtonMonitor(NEWTON_MAX_ITERATIONS, tolerance)
    this.z = new Float64Array(3 * n)
    this.w = new Float64Array(3 * n)
    this.dw = new Float64Array(3 * n)
    const f = new Float64Array(3 * n)
    this.f = f
    this.f0 = f.subarray(0, n)
    this.f1 = f.subarray(n, 2 * n)
    this.f2 = f.subarray(2 * n)
    const stages = new Float64Array(3 * n)
    this.stages = stages
    this.stage0 = stages.subarray(0, n)
    this.stage1 = stages.subarray(n, 2 * n)
    this.stage2 = stages.subarray(2 * n)
  }

  /**
   * Starts from the guess in `z` and leaves the solution there. One function: with few components the way in and out of one takes as long
   * as its loop.
   * @param factors - made for h, or for a step near it
   * @returns whether the iterations converged
   */
  solve(y: Float64Array, factors: RadauFactors, norm: ScaledNorm): boolean {
    const { t, h, monitor, z } = this
    const n = this.n
    const rhs = this.rhs
    const w = this.w
    const dw = this.dw
    const f = this.f
    const stages = this.stages
    // By index: taking a list apart by a pattern runs its iterator
    const a0 = T_INVERSE[0]
    const a1 = T_INVERSE[1]
    const a2 = T_INVERSE[2]
    const b0 = T_INVERSE[3]
    const b1 = T_INVERSE[4]
    const b2 = T_INVERSE[5]
    const c0 = T_INVERSE[6]
    const c1 = T_INVERSE[7]
    const c2 = T_INVERSE[8]
    const p0 = T[0]
    const p1 = T[1]
    const p2 = T[2]
    const q0 = T[3]
    const q1 = T[4]
    const q2 = T[5]
    const real = MU_REAL / h
    const re = MU_RE / h
    const im = MU_IM / h
    const t0 = t + NODES[0] * h
    const t1 = t + NODES[1] * h
    const t2 = t + NODES[2] * h
    for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
      const yi = y[i]!
      const z0 = z[i]!
      const z1 = z[i1]!
      const z2 = z[i2]!
      w[i] = a0 * z0 + a1 * z1 + a2 * z2
      w[i1] = b0 * z0 + b1 * z1 + b2 * z2
      w[i2] = c0 * z0 + c1 * z1 + c2 * z2
      stages[i] = yi + z0
      stages[i1] = yi + z1
      stages[i2] = yi + z2
    }
    monitor.begin()
    this.isFinite = true
    for (;;) {
      rhs(t0, this.stage0, this.f0)
      rhs(t1, this.stage1, this.f1)
      rhs(t2, this.stage2, this.f2)
      // T^-1 F - (Lambda / h) W, the right-hand sides of the two linear systems; `zero` stays 0 as long as F is finite
      let zero = 0
      for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
        const f0 = f[i]!
        const f1 = f[i1]!
        const f2 = f[i2]!
        const w0 = w[i]!
        const w1 = w[i1]!
        const w2 = w[i2]!
        zero += f0 - f0 + (f1 - f1) + (f2 - f2)
        dw[i] = a0 * f0 + a1 * f1 + a2 * f2 - real * w0
        dw[i1] = b0 * f0 + b1 * f1 + b2 * f2 - (re * w1 - im * w2)
        dw[i2] = c0 * f0 + c1 * f1 + c2 * f2 - (re * w2 + im * w1)
      }
      if (zero !== 0) {
        this.isFinite = false
        return false
      }
      factors.solveReal(dw, 0)
      factors.solveComplex(dw, n, 2 * n)
      norm.measure(dw, 0, 3)
      const verdict = monitor.judge(norm)
      if (verdict === 'diverging' && monitor.iterations < NEWTON_MAX_ITERATIONS) return false
      // w += dw, z = T w; the last row of T is 1 1 0
      for (let i = 0, i1 = n, i2 = 2 * n; i < n; i++, i1++, i2++) {
        const yi = y[i]!
        const w0 = w[i]! + dw[i]!
        const w1 = w[i1]! + dw[i1]!
        const w2 = w[i2]! + dw[i2]!
        const z0 = p0 * w0 + p1 * w1 + p2 * w2
        const z1 = q0 * w0 + q1 * w1 + q2 * w2
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
      if (verdict !== 'going') return verdict === 'converged'
    }
  }
}
