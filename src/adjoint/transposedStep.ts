import type { ErkMethod, FloatArray } from '../ivp/index.ts'
import { typedArraySpace, zerosLike } from '../ivp/space/typedArraySpace.ts'
import type { VectorSpace } from '../ivp/space/vectorSpace.ts'
import { addScaled, addTo, dot, isZero } from './flatArray.ts'
import { allStages, type AllStages, type OutputWeights } from './stageWeights.ts'
import type { DifferentiableRhs, VjpOutput } from './vjp.ts'

/** An output within a step and the gradient that comes in there. */
export interface StepOutput<V extends FloatArray> extends OutputWeights {
  /** dL/d(output), length n. */
  readonly incoming: V
  /** Takes dL/dt of the output time; null where it is not wanted. */
  readonly setTime: ((gradient: number) => void) | null
}

/** Column i of the stage matrix under b: what k_i feeds. The first term belongs to lambda, the others to the stages in `stage`. */
interface Column<V> {
  readonly stage: ReadonlyArray<number>
  readonly weight: Float64Array
  readonly vectors: ReadonlyArray<V>
}

/**
 * One explicit Runge-Kutta step, transposed. The step from (t, y) of size h is, with the stages of its interpolant among the i,
 *
 *   Y_i = y + h sum_j a_ij k_j,   k_i = f(t + c_i h, Y_i),   y_1 = y + h sum_i b_i k_i,   output at x: y + h sum_i w_i(x) k_i.
 *
 * With lambda = dL/dy_1 and g = dL/d(output), last stage first:
 *
 *   kBar_i = h (b_i lambda + sum_{j > i} a_ji YBar_j + sum over outputs of w_i(x) g),
 *   YBar_i = kBar_i df/dy (t + c_i h, Y_i),   thetaBar += kBar_i df/dtheta (t + c_i h, Y_i),
 *
 * and dL/dy = lambda + sum_i YBar_i + sum over outputs of g. This is the derivative of the computed step, not an approximation of one.
 *
 * A stage whose kBar is zero needs no product. Work space, allocated once: two vectors per stage (YBar_i takes the place of k_i), three more,
 * and one of p.
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1, for the step
 * @see Sanz-Serna, "Symplectic Runge-Kutta schemes for adjoint equations, automatic differentiation, optimal control, and more", SIAM Review 58 (2016)
 */
export class TransposedStep<V extends FloatArray> {
  /** Vector-Jacobian products so far. */
  nfev = 0
  /** Gradient of the parameters so far; a sum of many terms, hence in double for both element types. */
  readonly theta: Float64Array
  /** dL/dy: at the end of the step before `pull`, at its start afterwards. */
  readonly lambda: V
  /** dL/dt of the start of the step that was pulled last, at a fixed length and fixed x of outputs; NaN where a product does not know a df/dt. */
  byStart = 0
  /** dL/dh of its length likewise. */
  byLength = 0
  /** kBar . kBar df/dy / (kBar . kBar) at the last stage of the step that was pulled last, where kBar is h b lambda: the rate at which the adjoint equation grows; NaN if unknown. */
  rate: number = NaN
  readonly #rhs: DifferentiableRhs<V>
  readonly #stages: AllStages
  readonly #space: VectorSpace<V>
  /** Y_i. */
  readonly #points: V[]
  /** k_i, then YBar_i. */
  readonly #slopes: V[]
  readonly #rowVectors: V[][]
  readonly #columns: Column<V>[]
  readonly #products: VjpOutput<V>[]
  readonly #at: Pick<VjpOutput<V>, 'at'>
  readonly #kBar: V
  readonly #zeros: V

  /**
   * @param like - any state of the solve: gives length (n) and element type
   * @param times - whether `byStart` and `byLength` are wanted
   */
  constructor(rhs: DifferentiableRhs<V>, method: ErkMethod, like: V, times: boolean) {
    const stages = allStages(method)
    const { rows } = stages
    this.#rhs = rhs
    this.#stages = stages
    this.#space = typedArraySpace(like, { rtol: 0, atol: 0 })
    this.theta = new Float64Array(rhs.nParams)
    this.lambda = zerosLike(like)
    this.#points = rows.map(() => zerosLike(like))
    this.#slopes = rows.map(() => zerosLike(like))
    this.#kBar = zerosLike(like)
    this.#zeros = zerosLike(like)
    this.#rowVectors = rows.map(({ index }) => index.map((j) => this.#slopes[j]!))
    this.#columns = rows.map((_, i) => this.#column(i))
    const dh = zerosLike(like)
    const atheta = zerosLike(like, rhs.nParams)
    this.#at = times ? { at: new Float64Array(1) } : {}
    this.#products = this.#slopes.map((ah) => ({ dh, ah, atheta, ...this.#at }))
  }

  /** Length of the weights of outputs. */
  get nStages(): number {
    return this.#points.length
  }

  /**
   * Takes `lambda` from the end of a step to its start.
   * @param y - state at the start, length n; not modified
   */
  pull(t: number, h: number, y: V, outputs: ReadonlyArray<StepOutput<V>>): void {
    const m = this.#stagesInUse(outputs)
    this.#recompute(t, h, y, outputs, m)
    this.byStart = 0
    this.byLength = 0
    this.rate = NaN
    for (const { incoming, dw, setTime } of outputs) {
      if (setTime === null) continue
      let slope = 0
      for (let i = 0; i < m; i++) if (dw[i] !== 0) slope += dw[i]! * dot(incoming, this.#slopes[i]!)
      setTime(slope)
    }
    for (let i = m - 1; i >= 0; i--) this.#pullStage(t, h, i, m, outputs)
    for (let i = 0; i < m; i++) addTo(this.lambda, this.#slopes[i]!)
    for (const { incoming } of outputs) addTo(this.lambda, incoming)
  }

  /** The end of the step, in a new vector: the numbers of the solve, since rows are summed in its order. */
  advance(t: number, h: number, y: V): V {
    const { rows, c, nStages } = this.#stages
    for (let i = 0; i < nStages; i++) {
      const { index, weight } = rows[i]!
      const point = this.#points[i]!
      this.#space.combine(point, y, h, weight, this.#rowVectors[i]!, index.length)
      this.#rhs.f(t + c[i]! * h, point, this.#slopes[i]!)
    }
    // Row nStages is b
    const { index, weight } = rows[nStages]!
    return this.#space.combine(zerosLike(y), y, h, weight, this.#rowVectors[nStages]!, index.length)
  }

  /** The stages of the step, and up to the last one that an output reads. */
  #stagesInUse(outputs: ReadonlyArray<StepOutput<V>>): number {
    let m = this.#stages.nStages
    for (const { w, dw, setTime } of outputs) {
      for (let i = m; i < w.length; i++) if (w[i] !== 0 || (setTime !== null && dw[i] !== 0)) m = i + 1
    }
    return m
  }

  /** Y_i for i < m, and those k_i that a further stage or the derivative of an output reads. */
  #recompute(t: number, h: number, y: V, outputs: ReadonlyArray<StepOutput<V>>, m: number): void {
    const { rows, c } = this.#stages
    for (let i = 0; i < m; i++) {
      const { index, weight } = rows[i]!
      const point = this.#points[i]!
      this.#space.combine(point, y, h, weight, this.#rowVectors[i]!, index.length)
      const firstUse = this.#columns[i]!.stage[0] ?? Infinity
      const isRead = firstUse < m || outputs.some(({ dw, setTime }) => setTime !== null && dw[i] !== 0)
      if (isRead) this.#rhs.f(t + c[i]! * h, point, this.#slopes[i]!)
    }
  }

  #pullStage(t: number, h: number, i: number, m: number, outputs: ReadonlyArray<StepOutput<V>>): void {
    const { stage, weight, vectors } = this.#columns[i]!
    const kBar = this.#kBar
    let terms = 0
    while (terms < stage.length && stage[terms]! < m) terms++
    this.#space.combine(kBar, this.#zeros, h, weight, vectors, 1 + terms)
    for (const { incoming, w } of outputs) if (w[i] !== 0) addScaled(kBar, h * w[i]!, incoming)
    if (isZero(kBar)) {
      this.#slopes[i]!.fill(0)
      return
    }
    const out = this.#products[i]!
    const c = this.#stages.c[i]!
    out.at?.fill(NaN)
    this.#rhs.vjp(t + c * h, this.#points[i]!, kBar, out)
    this.nfev++
    if (i < this.#stages.nStages && Number.isNaN(this.rate)) this.rate = dot(kBar, out.ah) / dot(kBar, kBar)
    if (out.at !== undefined) {
      // Everything but the stage's time is linear in h k_i, and kBar_i has the factor h
      this.byStart += out.at[0]!
      this.byLength += c * out.at[0]! + dot(kBar, out.dh) / h
    }
    addTo(this.theta, out.atheta)
  }

  #column(i: number): Column<V> {
    const { rows, nStages } = this.#stages
    const entry = (j: number): number => {
      const at = rows[j]!.index.indexOf(i)
      return at < 0 ? 0 : rows[j]!.weight[at]!
    }
    const stage = rows.map((_, j) => j).filter((j) => entry(j) !== 0)
    // Row nStages is b
    const weight = Float64Array.from([entry(nStages), ...stage.map(entry)])
    return { stage, weight, vectors: [this.lambda, ...stage.map((j) => this.#slopes[j]!)] }
  }
}
