import type { DenseOutput } from '../dense/denseOutput.ts'
import { nestedDense } from '../dense/nestedDense.ts'
import { rkDense } from '../dense/rkDense.ts'
import type { Saved } from '../integrator.ts'
import type { ErkMethod, SparseRow } from '../method/butcherTableau.ts'
import type { VectorSpace } from '../space/vectorSpace.ts'
import type { Workspace } from '../space/workspace.ts'
import { mixedNorm } from './mixedNorm.ts'
import type { Stepper } from './stepper.ts'

/** f(t, y) written to `out`; only the returned value is valid afterwards. */
export type Rhs<V> = (t: number, y: V, out: V) => V

/** The states' slots, counted from the first one after the stages. */
const Y = 0
const Y_OLD = 1
const CANDIDATE = 2
const STAGE = 3
const STATES = 4

/** Stage derivatives with f at the new point, and with an interpolant its further stages. */
function stagesOf({ nStages, dense }: ErkMethod, hasDense: boolean): number {
  return nStages + 1 + (hasDense && dense.kind === 'nested' ? dense.a.length : 0)
}

/** Vectors that a stepper of the method needs. */
export function slotsOf(method: ErkMethod, hasDense: boolean): number {
  return stagesOf(method, hasDense) + STATES
}

/** Every row of a method's tableau that a stepper may combine. */
export function rowsOf({ a, b, error, dense }: ErkMethod): SparseRow[] {
  const errors = error.kind === 'none' ? [] : error.kind === 'mixed' ? [error.e5, error.e3] : [error.e]
  return [...a, b, ...errors, ...dense.rows, ...(dense.kind === 'nested' ? dense.a : [])]
}

/**
 * Every explicit Runge-Kutta method over every workspace. Slots 0 ... s-1 are the stage derivatives k, slot s is f at the new point, which
 * becomes k[0] of the next step. Methods with an error estimate evaluate it at once (scipy does so for all of them, since the dense
 * output uses it); fixed-step methods when the next step or the dense output asks for it, so that n steps cost n s evaluations.
 *
 * A step allocates nothing. Right-hand sides get views of the workspace and write straight into a stage.
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1, eq. (1.8)
 */
export class ErkStepper<V> implements Stepper<V> {
  t: number
  tOld: number
  readonly errorOrder: number
  readonly #space: VectorSpace<V>
  readonly #workspace: Workspace<V>
  readonly #rhs: Rhs<V>
  readonly #method: ErkMethod
  readonly #nStages: number
  readonly #c: Float64Array
  /** Numbers of rows in the workspace. */
  readonly #a: Int32Array
  readonly #b: number
  /** Of the error estimate; -1 for none. */
  readonly #error: number
  /** Of the second estimate of 'mixed'; -1 for none. */
  readonly #error3: number
  #denseRows: { readonly rows: number[]; readonly stages: number[] } | null = null
  /** First of the slots of states. */
  readonly #states: number
  /** A step was accepted and k is still that step's. */
  #isAccepted = false
  /** k[s] is f at the end of the accepted step. */
  #hasLast = true
  /** yOld is the start of a step. */
  #hasStepped = false

  /** @param workspace - `slotsOf(method, hasDense)` slots; f(t0, y0) belongs into `f0` before the first attempt. @param hasDense - `denseOutput` may be called */
  constructor(
    space: VectorSpace<V>,
    workspace: Workspace<V>,
    rhs: Rhs<V>,
    method: ErkMethod,
    t0: number,
    y0: V,
    hasDense: boolean,
  ) {
    const { error, nStages, c, a, b } = method
    this.#space = space
    this.#workspace = workspace
    this.#rhs = rhs
    this.#method = method
    this.#nStages = nStages
    this.#c = Float64Array.from(c)
    this.#states = stagesOf(method, hasDense)
    this.errorOrder = error.kind === 'none' ? method.order : error.order
    this.t = t0
    this.tOld = t0
    this.#a = Int32Array.from(a, (row) => workspace.addRow(row))
    this.#b = workspace.addRow(b)
    this.#error = error.kind === 'none' ? -1 : workspace.addRow(error.kind === 'mixed' ? error.e5 : error.e)
    this.#error3 = error.kind === 'mixed' ? workspace.addRow(error.e3) : -1
    workspace.store(this.#states + Y, y0)
  }

  /** f at the start of the first step. */
  get f0(): V {
    return this.#workspace.vector(0)
  }

  get y(): V {
    return this.#workspace.vector(this.#states + Y)
  }

  get yOld(): V {
    return this.#workspace.vector(this.#states + (this.#hasStepped ? Y_OLD : Y))
  }

  /** The candidate of the last attempt; for reports of what went wrong. */
  get candidate(): V {
    return this.#workspace.vector(this.#states + (this.#isAccepted ? Y : CANDIDATE))
  }

  attempt(h: number): number {
    if (this.#isAccepted) this.#rotate()
    const workspace = this.#workspace
    const n = this.#nStages
    const y = this.#states + Y
    const stage = this.#states + STAGE
    const candidate = this.#states + CANDIDATE
    const t = this.t
    const a = this.#a
    const c = this.#c
    for (let i = 1; i < n; i++) {
      workspace.combine(stage, y, h, a[i]!)
      this.#evaluate(t + c[i]! * h, stage, i)
    }
    workspace.combine(candidate, y, h, this.#b)
    if (this.#error < 0) {
      this.#hasLast = false
      return workspace.isFinite(candidate) ? 0 : NaN
    }
    this.#evaluate(t + h, candidate, n)
    if (this.#error3 < 0) return workspace.errorNorm(y, candidate, h, this.#error, stage)
    const five = workspace.errorNorm(y, candidate, 1, this.#error, stage)
    return mixedNorm(h, five, workspace.errorNorm(y, candidate, 1, this.#error3, stage))
  }

  accept(tNew: number): void {
    const states = this.#states
    this.tOld = this.t
    this.t = tNew
    // The storage of the old yOld is the next candidate's
    this.#workspace.rotate(states + CANDIDATE, states + Y, states + Y_OLD)
    this.#isAccepted = true
    this.#hasStepped = true
  }

  /** The local error of the last attempt, h (e . k), in a new vector; zero without an estimate. */
  errorVector(h: number): V {
    return this.#combination(h, this.#error)
  }

  denseOutput(): DenseOutput<V> {
    const { dense, nStages } = this.#method
    const { t, tOld } = this
    const h = t - tOld
    const workspace = this.#workspace
    const stage = this.#states + STAGE
    this.#evaluateLast()
    const { rows, stages } = (this.#denseRows ??= {
      rows: dense.rows.map((row) => workspace.addRow(row)),
      stages: dense.kind === 'nested' ? dense.a.map((row) => workspace.addRow(row)) : [],
    })
    if (dense.kind === 'nested') {
      stages.forEach((row, i) => {
        workspace.combine(stage, this.#states + Y_OLD, h, row)
        this.#evaluate(tOld + dense.c[i]! * h, stage, nStages + 1 + i)
      })
    }
    const q = rows.map((row) => this.#combination(1, row))
    const make = dense.kind === 'nested' ? nestedDense : rkDense
    return make(this.#space, tOld, t, this.yOld, q)
  }

  /** Of vectors of flat arrays only. */
  save(): Saved {
    const { t, tOld, y, yOld } = this
    const k = Array.from({ length: this.#nStages + 1 }, (_, j) => this.#workspace.vector(j))
    const isAccepted = this.#isAccepted
    return { t, tOld, y, yOld, k, isAccepted, hasLast: this.#hasLast } as unknown as Saved
  }

  load(saved: Saved): void {
    const { t, tOld, y, yOld, k, isAccepted, hasLast } = saved as unknown as SavedStepper<V>
    this.t = t
    this.tOld = tOld
    this.#workspace.store(this.#states + Y, y)
    this.#workspace.store(this.#states + Y_OLD, yOld)
    k.forEach((vector, j) => this.#workspace.store(j, vector))
    this.#isAccepted = isAccepted
    this.#hasStepped = isAccepted
    this.#hasLast = hasLast
  }

  /** h times a row's combination, in a new vector. */
  #combination(h: number, row: number): V {
    const stage = this.#states + STAGE
    this.#workspace.clear(stage)
    if (row >= 0) this.#workspace.combine(stage, stage, h, row)
    return this.#workspace.copyOf(stage)
  }

  /** k[slot] = f(t, the state in `from`). */
  #evaluate(t: number, from: number, slot: number): void {
    const workspace = this.#workspace
    const k = workspace.vector(slot)
    const result = this.#rhs(t, workspace.vector(from), k)
    if (result !== k) workspace.store(slot, result)
  }

  /** Makes f at the new point the first stage of the next step. Deferred to the next attempt so that the dense output still finds all of k. */
  #rotate(): void {
    this.#evaluateLast()
    this.#workspace.swap(0, this.#nStages)
    this.#isAccepted = false
  }

  #evaluateLast(): void {
    if (this.#hasLast) return
    this.#evaluate(this.t, this.#states + Y, this.#nStages)
    this.#hasLast = true
  }
}

interface SavedStepper<V> {
  readonly t: number
  readonly tOld: number
  readonly y: V
  readonly yOld: V
  readonly k: ReadonlyArray<V>
  readonly isAccepted: boolean
  readonly hasLast: boolean
}
