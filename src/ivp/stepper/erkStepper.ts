import type { SpaceDense } from '../dense/denseOutput.ts'
import type { Saved } from '../integrator.ts'
import type { ErkMethod } from '../method/butcherTableau.ts'
import type { VectorSpace } from '../space/vectorSpace.ts'
import type { Rhs, Workspace } from '../space/workspace.ts'
import { ErkInterpolant } from './erkInterpolant.ts'
import { CANDIDATE, Y, Y_OLD, stagesOf } from './erkSlots.ts'
import { workspaceStep, type FirstSpan } from './initialStep.ts'
import type { Stepper, Trial } from './stepper.ts'

/**
 * Every explicit Runge-Kutta method over every workspace. Slots 0 ... s-1 are the stage derivatives k, slot s is f at the new point, which
 * becomes k[0] of the next step. Methods with an error estimate evaluate it at once (scipy does so for all of them, since the dense
 * output uses it); fixed-step methods when the next step or the dense output asks for it, so that n steps cost n s evaluations.
 *
 * A step allocates nothing. Right-hand sides get views of the workspace and write straight into a stage.
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1, eq. (1.8)
 */
export class ErkStepper<V, S = number> implements Stepper<V, S> {
  declare t: number
  declare tOld: number
  declare readonly errorOrder: number
  declare private readonly space: VectorSpace<V, S>
  declare private readonly workspace: Workspace<V, S>
  /** May be exchanged between steps for another form of the same function. */
  declare rhs: Rhs<V>
  declare private readonly method: ErkMethod
  declare private readonly nStages: number
  declare private readonly c: ReadonlyArray<number>
  /** Rows and norms in the workspace. */
  private readonly a: number[] = []
  declare private readonly b: number
  declare private readonly hasError: boolean
  declare private readonly hasDense: boolean
  declare private readonly clears: boolean
  declare private readonly error: number
  /** Made at the first interpolant. */
  private interpolant: ErkInterpolant<V, S> | null = null
  /** First of the slots of states. */
  declare private readonly states: number
  /** A step was accepted and k is still that step's. */
  private isAccepted = false
  /** k[s] is f at the end of the accepted step. */
  private hasLast = true
  /** yOld is the start of a step. */
  private hasStepped = false
  private hasAttempted = false

  /**
   * `begin` or `load` comes before the first attempt.
   * @param workspace - of `sizeOf(method, hasDense)`
   * @param hasDense - `denseOutput` may be called
   * @param clears - the right-hand side is to find zeros where it writes
   */
  constructor(
    space: VectorSpace<V, S>,
    workspace: Workspace<V, S>,
    rhs: Rhs<V>,
    method: ErkMethod,
    t0: number,
    y0: V,
    hasDense: boolean,
    clears = false,
  ) {
    const { error, nStages, c, a, b } = method
    this.space = space
    this.workspace = workspace
    this.rhs = rhs
    this.method = method
    this.nStages = nStages
    this.c = c
    this.states = stagesOf(method, hasDense)
    this.errorOrder = error.kind === 'none' ? method.order : error.order
    this.t = t0
    this.tOld = t0
    const y = this.states + Y
    const candidate = this.states + CANDIDATE
    this.clears = clears
    a.forEach((row, i) => this.a.push(workspace.addRow(row, candidate, y, this.cleared(i))))
    this.b = workspace.addRow(b, candidate, y, this.cleared(nStages))
    this.hasError = error.kind !== 'none'
    this.hasDense = hasDense
    this.error =
      error.kind === 'none'
        ? 0
        : error.kind === 'mixed'
          ? workspace.addMixedNorm(error.e5, error.e3, y, candidate)
          : workspace.addNorm(error.e, y, candidate)
    workspace.store(y, y0)
  }

  /** f at the start of the first step. */
  get f0(): V {
    return this.workspace.vectors[0]!
  }

  get y(): V {
    return this.workspace.vectors[this.states + Y]!
  }

  /** The state at `tOld`; where interpolants are not asked for, the state at t. */
  get yOld(): V {
    return this.workspace.vectors[this.states + (this.hasDense && this.hasStepped ? Y_OLD : Y)]!
  }

  /** The candidate of the last attempt; for reports of what went wrong. */
  get candidate(): V {
    return this.workspace.vectors[this.states + (this.hasAttempted && !this.isAccepted ? CANDIDATE : Y)]!
  }

  /** The derivatives of the last attempt come first, in the order in which they were evaluated: `nStages`, and f at the new point. */
  get k(): ReadonlyArray<V> {
    return this.workspace.vectors
  }

  /** Evaluates f at the start of the first step. */
  begin(): void {
    if (this.clears) this.workspace.clear(0)
    this.workspace.evaluate(this.rhs, this.t, this.states + Y, 0)
  }

  /** The same on flat arrays by another form of the right-hand side, which clears what it writes to. */
  beginClosely(rhs: Rhs<V>): void {
    const { vectors } = this.workspace
    rhs(this.t, vectors[this.states + Y]!, vectors[0]!)
  }

  /** |h| for the first step. */
  firstStep(this: ErkStepper<V>, span: FirstSpan): number {
    const { workspace, rhs, t, states, errorOrder } = this
    const slots = { y: states + Y, f0: 0, f1: 1, probe: states + CANDIDATE, cleared: this.cleared(1) }
    return workspaceStep(workspace, rhs, t, slots, span, errorOrder)
  }

  attempt(trial: Trial<S>): void {
    const hasFirst = this.rotate()
    this.hasAttempted = true
    const workspace = this.workspace
    const rhs = this.rhs
    const n = this.nStages
    const candidate = this.states + CANDIDATE
    const { h } = trial
    const { t, a, c } = this
    if (!hasFirst && this.clears) workspace.clear(0)
    // f at the start too is evaluated here: from a place of its own, where V8 does not put calls in line, it would get its time in a box
    for (let i = hasFirst ? 1 : 0; i < n; i++) {
      if (i > 0) workspace.combine(a[i]!, h)
      workspace.evaluate(rhs, t + c[i]! * h, i > 0 ? candidate : this.states + Y, i)
    }
    workspace.combine(this.b, h)
    if (!this.hasError) {
      this.hasLast = false
      trial.errorNorm = workspace.finiteness(candidate)
      return
    }
    workspace.evaluate(rhs, t + h, candidate, n)
    trial.errorNorm = workspace.norm(this.error, h)
  }

  /** The same attempt on flat arrays by another form of the right-hand side: V8 puts calls in line that always go to one function. */
  attemptClosely(trial: Trial<S>, rhs: Rhs<V>): void {
    const hasFirst = this.rotate()
    this.hasAttempted = true
    const workspace = this.workspace
    const { vectors } = workspace
    const { t, a, c, nStages } = this
    const { h } = trial
    const candidate = this.states + CANDIDATE
    for (let i = hasFirst ? 1 : 0; i < nStages; i++) {
      if (i > 0) workspace.combine(a[i]!, h)
      rhs(t + c[i]! * h, vectors[i > 0 ? candidate : this.states + Y]!, vectors[i]!)
    }
    workspace.combine(this.b, h)
    this.hasLast = this.hasError
    if (this.hasError) rhs(t + h, vectors[candidate]!, vectors[nStages]!)
    trial.errorNorm = this.hasError ? workspace.norm(this.error, h) : workspace.finiteness(candidate)
  }

  /** Measures the error of the last attempt of a method with a mixed norm once more. */
  measureAgain(trial: Trial<S>): void {
    trial.errorNorm = this.workspace.mixedNormWithin(this.error, trial.h)
  }

  /** The error of the step accepted last by the method's second estimate, once for a solve; null for a method without one. */
  secondError(): S | null {
    const { error } = this.method
    if (error.kind !== 'embedded' || error.second === null) return null
    const { workspace, states } = this
    const yOld = states + (this.hasDense ? Y_OLD : CANDIDATE)
    return workspace.norm(workspace.addNorm(error.second, yOld, states + Y), this.t - this.tOld)
  }

  accept({ t }: Pick<Trial, 't'>): void {
    const states = this.states
    this.tOld = this.t
    this.t = t
    // The storage of the old y, or with interpolants of the old yOld, is the next candidate's
    if (this.hasDense) this.workspace.swap(states + Y, states + Y_OLD)
    this.workspace.swap(states + CANDIDATE, states + Y)
    this.isAccepted = true
    this.hasStepped = true
  }

  /** The local error of the last attempt, h (e . k), in a new vector; zero without an attempt or an estimate. */
  errorVector(h: number): V {
    const { error } = this.method
    const space = this.space
    const { vectors } = this.workspace
    const zeros = space.zerosLike(this.y)
    if (error.kind === 'none' || !this.hasAttempted) return zeros
    const { index, weight } = error.kind === 'mixed' ? error.e5 : error.e
    const k = index.map((slot) => vectors[slot]!)
    return space.combine(zeros, zeros, h, weight, k, k.length)
  }

  denseOutput(): SpaceDense<V> {
    this.evaluateLast()
    this.interpolant ??= new ErkInterpolant(this.space, this.workspace, this.method, this.clears)
    return this.interpolant.of(this)
  }

  /**
   * The stepper after its last step over another workspace, of the same size: y, `denseOutput` and `save` give the same bits there. The vectors are
   * copied.
   */
  settledIn(workspace: Workspace<V, S>): ErkStepper<V, S> {
    const { vectors } = this.workspace
    const { space, rhs, method, t, y, hasDense } = this
    const settled = new ErkStepper(space, workspace, rhs, method, t, y, hasDense, this.clears)
    for (let j = 0; j <= this.nStages; j++) workspace.store(j, vectors[j]!)
    const yOld = this.states + Y_OLD
    if (hasDense) workspace.store(yOld, vectors[yOld]!)
    settled.tOld = this.tOld
    settled.isAccepted = this.isAccepted
    settled.hasLast = this.hasLast
    settled.hasStepped = this.hasStepped
    return settled
  }

  /** 0 unless numbers in the interpolant made last may be out of range, though its coefficients are not: then NaN. */
  rangeOfDense(): S {
    return this.interpolant!.range(Math.abs(this.t - this.tOld))
  }

  /** Of vectors of flat arrays only. */
  save(): Saved {
    const { t, tOld, y, yOld } = this
    const k = Array.from({ length: this.nStages + 1 }, (_, j) => this.workspace.vectors[j]!)
    const isAccepted = this.isAccepted
    return { t, tOld, y, yOld, k, isAccepted, hasLast: this.hasLast } as unknown as Saved
  }

  load(saved: Saved): void {
    const { t, tOld, y, yOld, k, isAccepted, hasLast } = saved as unknown as SavedStepper<V>
    this.t = t
    this.tOld = tOld
    this.workspace.store(this.states + Y, y)
    if (this.hasDense) this.workspace.store(this.states + Y_OLD, yOld)
    k.forEach((vector, j) => this.workspace.store(j, vector))
    this.isAccepted = isAccepted
    this.hasStepped = isAccepted
    this.hasLast = hasLast
  }

  /**
   * Makes f at the new point the first stage of the next step. Deferred to the next attempt so that the dense output still finds all of k.
   * Returns whether that stage is known.
   */
  private rotate(): boolean {
    if (!this.isAccepted) return true
    this.isAccepted = false
    if (!this.hasLast) return false
    this.workspace.swap(0, this.nStages)
    return true
  }

  /** The slot that a combination sets to zero, where the derivative evaluated after it goes to `stage`. */
  private cleared(stage: number): number {
    return this.clears ? stage : -1
  }

  private evaluateLast(): void {
    if (this.hasLast) return
    if (this.clears) this.workspace.clear(this.nStages)
    this.workspace.evaluate(this.rhs, this.t, this.states + Y, this.nStages)
    this.hasLast = true
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
