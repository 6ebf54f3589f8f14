import type { ImplicitProblem } from '../implicit/implicitProblem.ts'
import type { Trouble } from '../implicit/implicitMethod.ts'
import type { Saved } from '../integrator.ts'
import { shiftedSystem } from '../linalg/factorizations.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import { Shift } from '../linalg/shift.ts'
import type { ShiftedSystem } from '../linalg/shiftedSystem.ts'
import type { MultistepFormula } from './coefficients.ts'
import type { Nordsieck } from './nordsieck.ts'
import type { WeightedMaxNorm } from './weightedMaxNorm.ts'

const MAX_ITERATIONS = 3
/** Relative change of h l_0 that the factors of the iteration matrix bear. */
const MAX_CHANGE = 0.3
/** Steps that they are kept at most. */
const MAX_AGE = 20
/** Guess of the convergence rate after a new Jacobian. */
const INITIAL_RATE = 0.7

/**
 * Solves the implicit equation of a multistep step: by functional iteration for Adams, by Newton's with kept factors of
 * I - h l_0 J for BDF. It watches its own convergence: that is how LSODA estimates the Lipschitz constant without a Jacobian.
 * @see Petzold, "Automatic selection of methods for solving stiff and nonstiff systems of ordinary differential equations",
 *   SIAM J. Sci. Stat. Comput. 4 (1983), 136-148, Sec. 2
 * @see Radhakrishnan, Hindmarsh, "Description and use of LSODE", LLNL UCRL-ID-113855 (1993), Sec. 2.4
 */
export class Corrector {
  /** End and size of the step. Fields: V8 boxes numbers that it passes to a function. */
  t: number = NaN
  h: number = NaN
  /** The solution e, shape (n). */
  declare readonly correction: Float64Array
  /** The corrected state z_0 + l_0 e, shape (n). */
  declare readonly y: Float64Array
  /** The last f, for naming a failure. */
  declare readonly f: Float64Array
  /** Why the last solve did not converge. */
  trouble: Trouble = 'iteration'
  nlu = 0
  /** Estimates of the Lipschitz constant from the convergence rate: the largest since the last choice of order, and the last but zero. */
  lipschitz = 0
  lastLipschitz = 0
  /** Weighted norm of the last Jacobian. */
  jacobianNorm = 0
  declare private readonly problem: ImplicitProblem
  /** Of the Jacobian. */
  declare private readonly norm: WeightedMaxNorm
  /** Of the iterations: over every component. */
  declare private readonly newtonNorm: WeightedMaxNorm
  declare private readonly increment: Float64Array
  jacobian: JacobianMatrix | null = null
  private system: ShiftedSystem | null = null
  private readonly shift: Shift = new Shift()
  /** h l_0 of the step, and of the factors in use. */
  private wanted = NaN
  private factoredFor = NaN
  private isStale = true
  private age = 0
  private rate = INITIAL_RATE

  constructor(problem: ImplicitProblem, norm: WeightedMaxNorm, newtonNorm: WeightedMaxNorm) {
    const n = problem.y0.length
    this.problem = problem
    this.norm = norm
    this.newtonNorm = newtonNorm
    this.correction = new Float64Array(n)
    this.y = new Float64Array(n)
    this.f = new Float64Array(n)
    this.increment = new Float64Array(n)
  }

  /** Has the factors renewed before the next BDF iteration. */
  renew(): void {
    this.isStale = true
  }

  /** Counts a step towards the age of the factors. */
  grow(): void {
    this.age++
  }

  /**
   * Solves h f(t, z_0 + l_0 e) = z_1 + e for e, with z predicted at t.
   * @returns whether it converged
   */
  solve(order: number, formula: MultistepFormula, history: Nordsieck, isStiff: boolean): boolean {
    const { t, h } = this
    const { y, f } = this
    const { rhs } = this.problem
    const { z } = history
    this.wanted = h * formula.corrector[0]!
    const change = this.wanted / this.factoredFor - 1
    if (!(Math.abs(change) <= MAX_CHANGE) || this.age >= MAX_AGE) this.isStale = true
    let isCurrent = false
    for (;;) {
      for (let i = 0; i < y.length; i++) y[i] = z[i]!
      rhs(t, y, f)
      if (!isFinite(f)) {
        this.trouble = 'derivative'
        return false
      }
      if (isStiff && this.isStale) {
        if (!this.factor()) {
          this.trouble = 'singular'
          return false
        }
        isCurrent = true
      }
      this.trouble = 'iteration'
      if (this.iterate(order, formula, z, isStiff)) return true
      if (isStiff && isCurrent && this.trouble === 'iteration')
        this.problem.jacobianCheck?.countFailure(this.jacobian!)
      if (!isStiff || isCurrent) return false
      this.isStale = true
    }
  }

  release(): void {
    this.system?.release()
    this.system = null
  }

  save(): Saved {
    return {
      nlu: this.nlu,
      lipschitz: this.lipschitz,
      lastLipschitz: this.lastLipschitz,
      jacobianNorm: this.jacobianNorm,
      factoredFor: this.factoredFor,
      isStale: this.isStale,
      age: this.age,
      rate: this.rate,
      jacobian: this.problem.jacobian.save(),
    }
  }

  load(saved: Saved): void {
    const from = saved as unknown as SavedCorrector
    this.nlu = from.nlu
    this.lipschitz = from.lipschitz
    this.lastLipschitz = from.lastLipschitz
    this.jacobianNorm = from.jacobianNorm
    this.factoredFor = from.factoredFor
    this.isStale = from.isStale
    this.age = from.age
    this.rate = from.rate
    if (Number.isNaN(from.factoredFor)) return
    this.jacobian = this.problem.jacobian.load(from.jacobian)
    this.system = shiftedSystem(this.jacobian)
    this.system.factor(this.jacobian, this.shift.set(1, 0, -from.factoredFor))
  }

  private iterate(order: number, formula: MultistepFormula, z: Float64Array, isStiff: boolean): boolean {
    const { t, h } = this
    const { correction, y, f } = this
    const { rhs } = this.problem
    const norm = this.newtonNorm
    const system = this.system
    const increment = this.increment
    const n = y.length
    const l0 = formula.corrector[0]!
    norm.measure(z)
    // Of float64, in which single-precision states are computed too
    const negligible = 100 * Number.EPSILON * norm.value
    const threshold = (0.5 / (order + 2)) * formula.errorSame
    let slowest = 0
    let lastSize = 0
    for (let i = 0; i < n; i++) correction[i] = 0
    for (let m = 0; ; m++) {
      if (isStiff) {
        // (I - h l_0 J) de = h f - (z_1 + e)
        for (let i = 0; i < n; i++) increment[i] = h * f[i]! - (z[n + i]! + correction[i]!)
        system!.solve(increment, 0)
        for (let i = 0; i < n; i++) {
          const e = correction[i]! + increment[i]!
          correction[i] = e
          y[i] = z[i]! + l0 * e
        }
      } else {
        // e = h f - z_1
        for (let i = 0; i < n; i++) {
          const e = h * f[i]! - z[n + i]!
          increment[i] = e - correction[i]!
          correction[i] = e
          y[i] = z[i]! + l0 * e
        }
      }
      norm.measure(increment)
      const size = norm.value
      if (!Number.isFinite(size)) return false
      if (size <= negligible) return true
      if (m > 0 || isStiff) {
        if (m > 0) {
          const rate = size <= 1024 * lastSize ? size / lastSize : 1024
          slowest = Math.max(slowest, rate)
          this.rate = Math.max(0.2 * this.rate, rate)
        }
        if (size * Math.min(1, 1.5 * this.rate) <= threshold) {
          this.lipschitz = Math.max(this.lipschitz, slowest / Math.abs(h * l0))
          if (this.lipschitz !== 0) this.lastLipschitz = this.lipschitz
          return true
        }
      }
      if (m + 1 === MAX_ITERATIONS || (m > 0 && size > 2 * lastSize)) return false
      lastSize = size
      rhs(t, y, f)
      if (!isFinite(f)) {
        this.trouble = 'derivative'
        return false
      }
    }
  }

  /** Renews the Jacobian and its factors. */
  private factor(): boolean {
    const c = this.wanted
    const { jacobian, jacobianCheck } = this.problem
    this.jacobian = jacobian.evaluate(this.t, this.y, this.f)
    jacobianCheck?.setPoint(this.t, this.y)
    jacobianCheck?.lookAtFirst(this.jacobian, this.f)
    this.system ??= shiftedSystem(this.jacobian)
    this.norm.measureMatrix(this.jacobian)
    this.jacobianNorm = this.norm.value
    this.nlu++
    const isRegular = this.system.factor(this.jacobian, this.shift.set(1, 0, -c))
    if (isRegular) this.factoredFor = c
    else this.factoredFor = NaN
    this.isStale = !isRegular
    this.age = 0
    this.rate = INITIAL_RATE
    return isRegular
  }
}

/** Whether all of v is. */
function isFinite(v: Float64Array): boolean {
  let zero = 0
  for (let i = 0; i < v.length; i++) zero += v[i]! - v[i]!
  return zero === 0
}

interface SavedCorrector {
  readonly nlu: number
  readonly lipschitz: number
  readonly lastLipschitz: number
  readonly jacobianNorm: number
  readonly factoredFor: number
  readonly isStale: boolean
  readonly age: number
  readonly rate: number
  readonly jacobian: Saved
}
