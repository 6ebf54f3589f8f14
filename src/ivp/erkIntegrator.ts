import type { StepController } from './control/stepController.ts'
import type { DenseOutput } from './dense/denseOutput.ts'
import { advance } from './drive.ts'
import { MESSAGES, firstNonFinite, notFiniteAtStart, worstComponent } from './failure.ts'
import type { Integrator, Saved, StepFailure } from './integrator.ts'
import type { ErkMethod } from './method/butcherTableau.ts'
import { FixedPlan } from './fixedPlan.ts'
import { makeWorkspace } from './space/makeWorkspace.ts'
import { SpaceWorkspace } from './space/spaceWorkspace.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import type { NormBlocks } from './space/norm.ts'
import type { Tolerance, VectorSpace } from './space/vectorSpace.ts'
import type { Rhs, Workspace } from './space/workspace.ts'
import { StepPlan, type Plan } from './stepPlan.ts'
import { sizeOf } from './stepper/erkSlots.ts'
import { ErkStepper } from './stepper/erkStepper.ts'

/** What an explicit Runge-Kutta method is built from. */
export interface ErkProblem<V> {
  readonly rhs: Rhs<V>
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
  readonly isReleased: boolean
  readonly firstStep: number | null
  readonly maxStep: number
  /** Size of the steps of a fixed-step method; null for an adaptive one. */
  readonly step: number | null
  readonly controller: StepController
}

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

  constructor(problem: ErkProblem<V>, method: ErkMethod, space: VectorSpace<V>) {
    const { rhs, t0, y0, tBound, tolerance, norm, needsDense, isReleased, maxStep, step, controller } =
      problem
    this.workspace = makeWorkspace(space, y0, sizeOf(method, needsDense), tolerance, norm, isReleased)
    this.problem = problem
    this.method = method
    this.space = space
    this.stepper = new ErkStepper(space, this.workspace, rhs, method, t0, y0, needsDense)
    this.plan =
      step === null
        ? new StepPlan(t0, tBound, this.stepper.errorOrder, maxStep, controller)
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
  get nrejected(): number {
    return this.plan.nrejected
  }
  get status(): Integrator<V>['status'] {
    if (this.failure !== null) return 'failed'
    return this.plan.status === 'finished' ? 'finished' : 'running'
  }

  start(): void {
    const { t0, tBound, firstStep, maxStep } = this.problem
    this.stepper.begin()
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
    if (advance(stepper, plan)) return
    const component = worstComponent(
      stepper.candidate,
      stepper.errorVector(plan.h),
      stepper.y,
      this.problem.tolerance,
    )
    if (plan.status === 'nonFinite') {
      this.failure = { kind: 'nonFinite', message: MESSAGES.notFinite, component }
    } else {
      const kind = Number.isFinite(plan.errorNorm) ? 'stepTooSmall' : 'nonFinite'
      this.failure = { kind, message: MESSAGES.stepTooSmall, component }
    }
  }

  denseOutput(): DenseOutput<V> {
    return this.stepper.denseOutput()
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
    return { stepper: this.stepper.save(), plan: this.plan.save() }
  }

  load(saved: Saved): void {
    const { stepper, plan } = saved as { stepper: Saved; plan: Saved }
    this.stepper.load(stepper)
    this.plan.load(plan)
  }
}
