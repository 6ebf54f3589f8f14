import type { ScaledNorm } from './scaledNorm.ts'

/**
 * When simplified Newton iterations stop: the rate of convergence theta is the ratio of successive increments; the error after
 * iteration k is about theta / (1 - theta) times the last increment.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.8, eq. (8.10) and (8.11)
 */
export class NewtonMonitor {
  /** Rate of convergence; NaN before the second increment. */
  rate: number = NaN
  iterations = 0
  declare private readonly maxIterations: number
  declare private readonly tolerance: number
  private last = NaN

  constructor(maxIterations: number, tolerance: number) {
    this.maxIterations = maxIterations
    this.tolerance = tolerance
  }

  begin(): void {
    this.rate = NaN
    this.iterations = 0
    this.last = NaN
  }

  /**
   * Judges the increment that was measured last, before it is added: 'diverging' also when the iterations left cannot suffice;
   * 'converged' after it is added.
   */
  judge({ value: norm }: ScaledNorm): 'going' | 'converged' | 'diverging' {
    const left = this.maxIterations - this.iterations++
    // Without a rate (first increment) every comparison with NaN below is false
    const rate = norm / this.last
    this.rate = rate
    if (Number.isNaN(norm) || rate >= 1) return 'diverging'
    // Products, not **: the power function takes longer than all the rest
    let power = rate
    for (let m = 1; m < left; m++) power *= rate
    if ((power / (1 - rate)) * norm > this.tolerance) return 'diverging'
    this.last = norm
    if (norm === 0 || (rate / (1 - rate)) * norm < this.tolerance) return 'converged'
    return this.iterations < this.maxIterations ? 'going' : 'diverging'
  }
}

/** The accuracy of the iterations, in tolerances of the solve. HW II, Sec. IV.8, after eq. (8.11); limits as in scipy. */
export function newtonTolerance(rtol: number, epsilon: number): number {
  return Math.max((10 * epsilon) / rtol, Math.min(0.03, rtol ** 0.5))
}
