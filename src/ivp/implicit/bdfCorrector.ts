import type { Rhs } from '../space/workspace.ts'
import type { BackwardDifferences } from './backwardDifferences.ts'
import type { BdfFactors } from './bdfFactors.ts'
import { ALPHA, GAMMA } from './bdfFormulas.ts'
import { NewtonMonitor } from './newton.ts'
import type { ScaledNorm } from './scaledNorm.ts'

/**
 * The nonlinear system of a BDF step, y = predicted + d with d = c f(t, y) - psi, solved by simplified Newton iterations from d = 0.
 * @see Shampine, Reichelt, "The MATLAB ODE suite", SIAM J. Sci. Comput. 18 (1997), Sec. 2.1
 */
export class BdfCorrector {
  readonly maxIterations: number = 4
  declare readonly monitor: NewtonMonitor
  /** End of the step, and its size over alpha. Fields: V8 boxes numbers that it passes to a function. */
  t: number = NaN
  c: number = NaN
  /** Whether f was finite all along. */
  isFinite = true
  /** f at the last iterate. */
  declare readonly f: Float64Array
  declare readonly predicted: Float64Array
  /** Corrected minus predicted value. */
  declare readonly correction: Float64Array
  declare private readonly rhs: Rhs<Float64Array>
  declare private readonly psi: Float64Array
  declare private readonly increment: Float64Array

  constructor(n: number, rhs: Rhs<Float64Array>, tolerance: number) {
    this.rhs = rhs
    this.monitor = new NewtonMonitor(this.maxIterations, tolerance)
    this.f = new Float64Array(n)
    this.predicted = new Float64Array(n)
    this.correction = new Float64Array(n)
    this.psi = new Float64Array(n)
    this.increment = new Float64Array(n)
  }

  /** Sets the predicted value and psi = (gamma_1 D^1 + ... + gamma_k D^k) / alpha_k of a step of order k. */
  predict(order: number, differences: BackwardDifferences): void {
    differences.predict(order, GAMMA, ALPHA, this.predicted, this.psi)
  }

  /**
   * The corrected value at `t` to y.
   * @param factors - of I - c J, made for `c` or a number near it
   * @returns whether the iterations converged
   */
  solve(y: Float64Array, factors: BdfFactors, norm: ScaledNorm): boolean {
    const { t, c, monitor, correction, predicted, f } = this
    const rhs = this.rhs
    const psi = this.psi
    const increment = this.increment
    for (let i = 0; i < y.length; i++) {
      y[i] = predicted[i]!
      correction[i] = 0
    }
    norm.setState(y, y)
    norm.factor = 1
    monitor.begin()
    this.isFinite = true
    for (;;) {
      rhs(t, y, f)
      // Stays 0 as long as f is finite
      let zero = 0
      for (let i = 0; i < increment.length; i++) {
        const slope = f[i]!
        zero += slope - slope
        increment[i] = c * slope - psi[i]! - correction[i]!
      }
      if (zero !== 0) {
        this.isFinite = false
        return false
      }
      factors.solve(increment)
      norm.measure(increment, 0, 1)
      const verdict = monitor.judge(norm)
      if (verdict === 'diverging') return false
      for (let i = 0; i < increment.length; i++) {
        const change = increment[i]!
        y[i] = y[i]! + change
        correction[i] = correction[i]! + change
      }
      if (verdict === 'converged') return true
    }
  }

  /** Fewer iterations let the next step be bolder. HW II, Sec. IV.8, after (8.21) */
  get safety(): number {
    return (0.9 * (2 * this.maxIterations + 1)) / (2 * this.maxIterations + this.monitor.iterations)
  }
}
