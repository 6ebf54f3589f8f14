import { MESSAGES, failureOf, timeOverflow } from '../../ivp/failure.ts'
import type { SpaceDense } from '../../ivp/dense/denseOutput.ts'
import { FixedPlan } from '../../ivp/fixedPlan.ts'
import type { FailureKind, IvpFailure } from '../../ivp/index.ts'
import type { ErkMethod } from '../../ivp/method/butcherTableau.ts'
import type { Problem } from '../../ivp/problem.ts'
import { tellOnce } from '../../ivp/noticed.ts'
import { SpaceWorkspace } from '../../ivp/space/spaceWorkspace.ts'
import { copyOf } from '../../ivp/space/vectorSpace.ts'
import type { Rhs } from '../../ivp/space/workspace.ts'
import { StepPlan, type Plan, type PlanStatus } from '../../ivp/stepPlan.ts'
import { blindEstimate } from '../../ivp/stepper/blindEstimate.ts'
import { sizeOf } from '../../ivp/stepper/erkSlots.ts'
import { ErkStepper } from '../../ivp/stepper/erkStepper.ts'
import { probedStep } from '../../ivp/stepper/initialStep.ts'
import type { Trial } from '../../ivp/stepper/stepper.ts'
import type { DeviceSpace, DeviceVector } from './deviceSpace.ts'
import { measure, type Measurement, type Reading } from './reading.ts'

/** The longest step that weights in single precision can be multiplied by. */
const LONGEST = 1e36
/** Twice the steps with an attempt that is not finite, less those without: more walk along a limit of the domain. */
const MOST_LEFT = 100

/** What is solved on a device. */
export interface DeviceProblem {
  readonly space: DeviceSpace
  readonly rhs: Rhs<DeviceVector>
  readonly method: ErkMethod
  readonly y0: DeviceVector
  /** Span, steps and controller, checked. Its state and tolerances are not looked at. */
  readonly problem: Problem<Float32Array>
  readonly signal: AbortSignal | undefined
  /** Called with the solution at each of the problem's `tEval`, in order; takes it over. */
  readonly onOutput: (y: DeviceVector) => void
  /** Takes the interpolant of every accepted step over. */
  readonly onInterpolant?: (step: SpaceDense<DeviceVector>) => void
  /** Looks at the state after every accepted step but the last; a failure ends the solve. */
  readonly watch?: (t: number, y: DeviceVector) => Reading<IvpFailure | null>
}

/** How a solve on a device ended. */
export interface DeviceEnding {
  readonly t: number
  /** The state at t, the caller's; released by the space otherwise. */
  readonly y: DeviceVector
  readonly message: string
  readonly failure: IvpFailure | null
  readonly nsteps: number
  readonly nrejected: number
}

/**
 * The explicit methods on device tensors: the same stepper, plan and controller as on flat arrays, so the same decisions up to the rounding of norms. One number
 * crosses to the host for each attempt. The driver of the generator decides whether it is waited for.
 */
export function* integrateOnDevice(device: DeviceProblem): Reading<DeviceEnding> {
  const { space, rhs, method, y0, signal, onOutput, onInterpolant, watch } = device
  const { t0, t1, direction, tEval, step, firstStep, maxStep, maxSteps, controller } = device.problem
  const needsDense = tEval !== null || onInterpolant !== undefined
  const workspace = new SpaceWorkspace(space, y0, sizeOf(method, needsDense).slots)
  try {
    const stepper = new ErkStepper(space, workspace, rhs, method, t0, y0, needsDense)
    let nsteps = 0
    let nLeft = 0
    let nrejected = 0
    const ending = (message: string, failure: IvpFailure | null): DeviceEnding => {
      return { t: stepper.t, y: copyOf(space, stepper.y), message, failure, nsteps, nrejected }
    }
    const fail = (kind: FailureKind, message: string): DeviceEnding =>
      ending(message, failureOf(kind, stepper.t))
    stepper.begin()
    if (Number.isNaN(yield* measure(space.finiteness(stepper.f0)))) {
      return fail('nonFinite', `f is not finite at the initial state (t = ${t0}).`)
    }
    const plan: Plan =
      step === null
        ? new StepPlan(t0, t1, stepper.errorOrder, maxStep, controller, LONGEST)
        : new FixedPlan(t0, t1, step)
    if (plan instanceof StepPlan) plan.begin(firstStep ?? (yield* firstStepOf(device, stepper)))
    const trial: { -readonly [K in keyof Trial<Measurement>]: Trial<Measurement>[K] } = {
      h: 0,
      t: t0,
      errorNorm: undefined as never,
    }
    let next = 0
    // At the ends of steps there is nothing to interpolate, and most solves are asked for no other times. Equal steps go on to interpolate there, for the bits of flat arrays
    const isAt = (t: number | undefined): boolean => step === null && t === stepper.t
    const handOverState = (): void => {
      for (; tEval !== null && isAt(tEval[next]); next++) onOutput(space.handOver(copyOf(space, stepper.y)))
    }
    handOverState()
    while (plan.status === 'running') {
      if (signal?.aborted === true) return fail('aborted', MESSAGES.aborted)
      if (nsteps >= maxSteps) return fail('maxSteps', MESSAGES.maxSteps)
      let isAccepted = false
      let hasLeft = false
      while (!isAccepted && plan.status === 'running') {
        trial.h = plan.h
        stepper.attempt(trial)
        plan.errorNorm = yield* measure(trial.errorNorm)
        hasLeft ||= Number.isNaN(plan.errorNorm)
        isAccepted = plan.resolve()
        nrejected = plan.nrejected
      }
      if ((plan.status as PlanStatus) === 'timeOverflow') {
        const { message, advice } = timeOverflow(true)
        return ending(message, failureOf('nonFinite', stepper.t, undefined, advice))
      }
      // A step that was rejected does not grow, and the one after it is likely to be taken at once
      nLeft = Math.max(0, nLeft + (hasLeft ? 2 : -1))
      if (nLeft > MOST_LEFT) return fail('nonFinite', MESSAGES.stepTooSmall)
      if (!isAccepted) {
        if (step !== null) return fail('nonFinite', MESSAGES.notFinite)
        return fail(Number.isFinite(plan.errorNorm) ? 'stepTooSmall' : 'nonFinite', MESSAGES.stepTooSmall)
      }
      stepper.accept(plan)
      nsteps++
      if (nsteps === 1 && plan.errorNorm <= 1) yield* lookAtFirst(device, stepper)
      onInterpolant?.(stepper.denseOutput())
      const isLooked = watch !== undefined && (plan.status as PlanStatus) === 'running'
      const lost = isLooked ? yield* watch(stepper.t, stepper.y) : null
      if (lost !== null) return ending(lost.advice, lost)
      if (tEval !== null && isPassed(tEval[next])) {
        const dense = stepper.denseOutput()
        for (; isPassed(tEval[next]); next++) onOutput(space.handOver(dense.at(tEval[next]!)))
        dense.release()
      }
      handOverState()
    }
    return ending(MESSAGES.finished, null)

    function isPassed(t: number | undefined): boolean {
      return t !== undefined && direction * (t - stepper.t) <= 0 && !isAt(t)
    }
  } finally {
    workspace.release()
  }
}

function* lookAtFirst(
  { method, problem: { warnings } }: DeviceProblem,
  stepper: ErkStepper<DeviceVector, Measurement>,
): Reading<void> {
  const second = stepper.secondError()
  if (second === null) return
  const { t, tOld } = stepper
  const text = blindEstimate(method, tOld, t - tOld, yield* measure(second))
  if (text !== null) tellOnce(warnings, text)
}

/** The first step's size, from numbers that must be read. */
function* firstStepOf(
  { space, rhs, problem: { t0, t1: tBound, maxStep } }: DeviceProblem,
  { y, f0, errorOrder }: ErkStepper<DeviceVector, Measurement>,
): Reading<number> {
  const probing = probedStep(space, rhs, t0, y, f0, { tBound, maxStep }, errorOrder)
  let at = probing.next()
  while (at.done !== true) at = probing.next(yield* measure(at.value))
  return at.value
}
