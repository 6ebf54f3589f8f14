import { ADVICE } from './advice.ts'
import type { StepController } from './control/stepController.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { erkFailure, rangeOf } from './erkFailure.ts'
import { MESSAGES, firstNonFinite, notFiniteAtStart, overflow, overflown } from './failure.ts'
import type { Integrator, Saved, StepFailure } from './integrator.ts'
import { firstDifference } from './lentState.ts'
import type { ErkMethod } from './method/butcherTableau.ts'
import { FixedPlan } from './fixedPlan.ts'
import { NonFiniteInterpolant, demandFinite } from './nonFiniteInterpolant.ts'
import { tellOnce } from './noticed.ts'
import { makeWorkspace } from './space/makeWorkspace.ts'
import { SpaceWorkspace } from './space/spaceWorkspace.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import { LEAST_MIXED } from './space/mixedNorm.ts'
import { coversAll, type NormBlocks } from './space/norm.ts'
import type { Tolerance, VectorSpace } from './space/vectorSpace.ts'
import type { CountedRhs } from './rhs.ts'
import type { Workspace } from './space/workspace.ts'
import { StepPlan, type Plan } from './stepPlan.ts'
import { blindEstimate } from './stepper/blindEstimate.ts'
import { CANDIDATE, sizeOf, stagesOf } from './stepper/erkSlots.ts'
import { ErkStepper } from './stepper/erkStepper.ts'
import { PERIOD, StiffnessTest } from './stepper/stiffnessTest.ts'

/** What an explicit Runge-Kutta method is built from. */
export interface ErkProblem<V> {
  readonly rhs: Pick<CountedRhs<V>, 'bare' | 'wantsCleared' | 'closely' | 'isWary'>
  readonly t0: number
  /** Shape (n), n >= 1; copied. */
  readonly y0: V
  /** t1 !== t0. */
  readonly tBound: number
  readonly tolerance: Tolerance
  readonly norm: NormBlocks
  /** Interpolants will be asked for. */
  readonly needsDense: boolean
  /** `release` will be called for certain. */
  readonly willBeReleased: boolean
  readonly firstStep: number | null
  readonly maxStep: number
  /** Size of the steps of a fixed-step method; null for an adaptive one. */
  readonly step: number | null
  readonly controller: StepController
  /** Where it is said that the problem is stiff. */
  readonly warnings: string[]
}

const MOST_STILL = 50

/** Every explicit Runge-Kutta method on flat arrays: the stepper proposes, the plan decides. */
export class ErkIntegrator<V extends FloatArray> implements Integrator<V> {
  readonly njev = 0
  readonly nlu = 0
  failure: StepFailure | null = null
  declare private readonly problem: ErkProblem<V>
  declare private readonly method: ErkMethod
  declare private readonly space: VectorSpace<V>
  declare private workspace: Workspace<V>
  declare private stepper: ErkStepper<V>
  declare private readonly plan: Plan
  /** Slot of the candidate. */
  declare private readonly candidate: number
  /** The error norm does not see every component of the candidate and of f there. */
  declare private readonly looksFurther: boolean
  /** Either of this and that the error is a mixed norm. */
  declare private readonly looks: boolean
  declare private readonly isSingle: boolean
  /** An attempt of the step at hand was rejected. */
  private wasRejected = false
  /** The attempts of the step at hand have their calls of the right-hand side looked at closely. */
  private looksClosely = false
  /** The error of the first step is to be estimated once more. */
  declare private isFirst: boolean
  /** Accepted steps until `lookAround`, and from one look at stiffness to the next. */
  declare private untilLook: number
  private period = PERIOD
  /** Steps in a row that were rejected until they added nothing to a state in single precision. */
  private nStill = 0
  /** The error is a mixed norm. */
  declare private readonly isMixed: boolean
  declare private readonly stiffness: StiffnessTest<V> | null

  constructor(problem: ErkProblem<V>, method: ErkMethod, space: VectorSpace<V>) {
    const { rhs, t0, y0, tBound, tolerance, norm, needsDense, willBeReleased, maxStep, step } = problem
    this.workspace = makeWorkspace(space, y0, sizeOf(method, needsDense), tolerance, norm, willBeReleased)
    this.problem = problem
    this.method = method
    this.space = space
    this.stepper = new ErkStepper(
      space,
      this.workspace,
      rhs.bare,
      method,
      t0,
      y0,
      needsDense,
      rhs.wantsCleared,
    )
    this.candidate = stagesOf(method, needsDense) + CANDIDATE
    this.isSingle = y0 instanceof Float32Array
    this.isMixed = method.error.kind === 'mixed'
    this.looksFurther = method.error.kind !== 'none' && !(weighsLast(method) && coversAll(norm, y0.length))
    this.looks = this.isMixed || this.looksFurther
    this.isFirst = method.error.kind === 'embedded' && method.error.second !== null
    this.untilLook = this.isFirst ? 1 : PERIOD
    this.stiffness = method.error.kind === 'none' ? null : new StiffnessTest(method, problem.warnings)
    this.plan =
      step === null
        ? new StepPlan(t0, tBound, this.stepper.errorOrder, maxStep, problem.controller, longestOf(y0))
        : new FixedPlan(t0, tBound, step)
  }

  get t(): number {
    return this.stepper.t
  }
  get y(): V {
    return this.stepper.y
  }
  get tOld(): number {
    return this.stepper.tOld
  }
  get yOld(): V {
    return this.stepper.yOld
  }
  get nrejected(): number {
    return this.plan.nrejected
  }
  get status(): Integrator<V>['status'] {
    if (this.failure !== null) return 'failed'
    return this.plan.status === 'finished' ? 'finished' : 'running'
  }

  start(): void {
    const { rhs, t0, tBound, firstStep, maxStep } = this.problem
    this.stepper.beginClosely(rhs.closely)
    this.beWary()
    const bad = firstNonFinite(this.stepper.f0)
    if (bad >= 0) {
      this.failure = notFiniteAtStart(t0, bad)
      return
    }
    if (this.plan instanceof StepPlan)
      this.plan.begin(firstStep ?? this.stepper.firstStep({ tBound, maxStep }))
  }

  step(): void {
    const plan = this.plan
    const stepper = this.stepper
    while (plan.status === 'running') {
      if (this.looksClosely) stepper.attemptClosely(plan, this.problem.rhs.closely)
      else stepper.attempt(plan)
      if (this.looks) this.look()
      if (plan.resolve()) {
        stepper.accept(plan)
        // All that follows an accepted step is rare, and stands in functions of its own: they would keep the attempt from being put in line
        if (this.wasRejected) this.afterRejection()
        if (--this.untilLook === 0) this.lookAround()
        return
      }
      this.wasRejected = true
      // Never true of a number
      if (plan.errorNorm !== plan.errorNorm && this.isHopeless()) return
    }
    this.failure = erkFailure(this.problem, this.method, this.stepper, plan)
  }

  denseOutput(): DenseOutput<V> {
    const dense = this.stepper.denseOutput()
    this.checkInterpolant(dense)
    return dense
  }

  settle(): void {
    const { workspace, space, method, problem } = this
    if (workspace instanceof SpaceWorkspace) return
    const { slots } = sizeOf(method, problem.needsDense)
    this.workspace = new SpaceWorkspace(space, problem.y0, slots)
    this.stepper = this.stepper.settledIn(this.workspace)
    workspace.release()
  }

  release(): void {
    this.workspace.release()
  }

  save(): Saved {
    return { stepper: this.stepper.save(), plan: this.plan.save(), nStill: this.nStill }
  }

  load(saved: Saved): void {
    const { stepper, plan, nStill } = saved as { stepper: Saved; plan: Saved; nStill: number }
    this.nStill = nStill
    this.stepper.load(stepper)
    this.plan.load(plan)
    this.isFirst = false
    this.untilLook = PERIOD
  }

  /** What the error norm of the last attempt does not see. */
  private look(): void {
    const { workspace, method, plan } = this
    if (this.isMixed && !(plan.errorNorm > LEAST_MIXED && plan.errorNorm < Infinity))
      this.stepper.measureAgain(plan)
    if (!this.looksFurther) return
    const isFinite = workspace.finiteness(this.candidate) === 0 && workspace.finiteness(method.nStages) === 0
    if (!isFinite) plan.errorNorm = NaN
  }

  private afterRejection(): void {
    this.wasRejected = false
    if (this.isSingle) this.watchStandstill()
  }

  /** Now and then after a step: whether its error estimate was one, the first time; whether the problem is stiff, then how the next attempt calls the right-hand side. */
  private lookAround(): void {
    if (this.isFirst) {
      this.isFirst = false
      this.untilLook = PERIOD - 1
      this.lookAtFirst()
      return
    }
    if (this.looksClosely) {
      this.looksClosely = false
      this.untilLook = this.period
      this.beWary()
      return
    }
    this.period = this.stiffness?.look(this.stepper) ?? PERIOD
    this.looksClosely = true
    this.untilLook = 1
  }

  private lookAtFirst(): void {
    const { stepper, method, problem, plan } = this
    // A controller may let errors pass that were seen
    if (!(plan.errorNorm <= 1)) return
    const { t, tOld } = stepper
    const text = blindEstimate(method, tOld, t - tOld, stepper.secondError()!)
    if (text !== null) tellOnce(problem.warnings, text)
  }

  /** A right-hand side that writes into y gets copies from now on. */
  private beWary(): void {
    const { rhs } = this.problem
    if (rhs.isWary()) this.stepper.rhs = rhs.closely
  }

  /** Of derivatives that nothing but the interpolant uses. */
  private checkInterpolant(dense: DenseOutput<V>): void {
    const { method, workspace, stepper } = this
    const { t, tOld } = stepper
    const from = method.error.kind === 'none' ? method.nStages : method.nStages + 1
    const to = stagesOf(method, true)
    for (let slot = from; slot < to; slot++) {
      if (workspace.finiteness(slot) === 0) continue
      throw new NonFiniteInterpolant(tOld, t, firstNonFinite(workspace.vectors[slot]!))
    }
    // Derivatives near the largest number
    if (stepper.rangeOfDense() !== 0) demandFinite(dense)
  }

  /** A limit of the domain that the state cannot reach, since what a step adds is rounded away, would be walked along for ever. */
  private watchStandstill(): void {
    const { y, yOld, k } = this.stepper
    // Without interpolants the old state is where the next candidate will be
    const old = this.problem.needsDense ? yOld : this.workspace.vectors[this.candidate]!
    const isStill = firstDifference(y, old) < 0 && k[0]!.some((slope) => slope !== 0)
    this.nStill = isStill ? this.nStill + 1 : 0
  }

  /** Whether no shorter step helps after an attempt that was not finite. */
  private isHopeless(): boolean {
    const { y, candidate, k } = this.stepper
    const component = overflown(y, candidate)
    if (component >= 0) this.failure = overflow(component, rangeOf(this.problem))
    else if (this.nStill >= MOST_STILL) {
      this.failure = {
        kind: 'stepTooSmall',
        message: MESSAGES.stepTooSmall,
        component: k[0]!.findIndex((slope) => slope !== 0),
        advice: ADVICE.standstill32,
      }
    }
    return this.failure !== null
  }
}

/** The longest step that weights in the precision of the state can be multiplied by. */
function longestOf(y0: FloatArray): number {
  return y0 instanceof Float32Array ? 1e36 : Number.MAX_VALUE
}

/** Whether f at the new point counts in the error estimate. */
function weighsLast({ error, nStages }: ErkMethod): boolean {
  switch (error.kind) {
    case 'none':
      return false
    case 'embedded':
      return error.e.index.includes(nStages)
    case 'mixed':
      return error.e5.index.includes(nStages) && error.e3.index.includes(nStages)
  }
}
