import { checkedController } from '../control/checkedController.ts'
import { integral } from '../control/integral.ts'
import type { StepController } from '../control/stepController.ts'
import { IvpInputError } from '../errors.ts'
import type { IvpOptions } from '../options.ts'
import type { SaveMode } from '../output/observer.ts'
import type { Problem } from '../problem.ts'
import type { RhsForm } from '../rhs.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import { checkEvents } from './events.ts'
import { checkJacobian } from './jacobian.ts'
import { checkMethod, checkStep, warnUnused } from './method.ts'
import { checkHooks } from './hooks.ts'
import { checkOptionNames, optionNames } from './optionNames.ts'
import { flag, positive } from './scalar.ts'
import { checkSpan, checkTEval, warnIfFar } from './span.ts'
import { checkNorm, checkState } from './state.ts'
import { checkAtol, checkRtol } from './tolerance.ts'

const KNOWN_OPTIONS = optionNames<IvpOptions>({
  method: true,
  tEval: true,
  denseOutput: true,
  events: true,
  vectorized: true,
  args: true,
  rtol: true,
  atol: true,
  firstStep: true,
  maxStep: true,
  minStep: true,
  step: true,
  jac: true,
  jacSparsity: true,
  lband: true,
  uband: true,
  inPlace: true,
  save: true,
  maxSteps: true,
  signal: true,
  timeout: true,
  onStep: true,
  controller: true,
  norm: true,
})

/**
 * Checks everything that the caller wrote, before any arithmetic, and fills in the defaults.
 * @throws IvpInputError
 */
export function checkProblem<V extends FloatArray, A extends ReadonlyArray<unknown>>(
  fun: unknown,
  tSpan: unknown,
  y0: unknown,
  options: IvpOptions<V, A>,
): Problem<V> {
  if (typeof fun !== 'function') throw new IvpInputError('fun', fun, 'must be a function (t, y) => dy/dt')
  checkNames(options)
  const [t0, t1] = checkSpan(tSpan)
  const state = checkState(y0) as V
  const n = state.length
  const warnings: string[] = []
  const form = checkForm(options)
  checkHooks(options as Readonly<Record<string, unknown>>)
  const args = checkArgs(options.args)
  const method = checkMethod(options.method ?? 'RK45')
  const maxStep = positive('maxStep', options.maxStep ?? Infinity)
  warnUnused(options, method, warnings)
  const rtol = checkRtol(options.rtol ?? 1e-3, n, state, warnings)
  if (method.kind !== 'fixedStep') warnIfFar(t0, t1, rtol, warnings)
  return {
    t0,
    t1,
    direction: t1 === t0 ? 1 : Math.sign(t1 - t0),
    y0: state,
    method,
    tolerance: {
      rtol,
      atol: checkAtol(options.atol ?? 1e-6, n),
    },
    tEval: checkTEval(options.tEval, t0, t1),
    isDense: flag('denseOutput', options.denseOutput),
    events: checkEvents<V>(options.events, args),
    args,
    form,
    firstStep: checkFirstStep(options.firstStep, Math.abs(t1 - t0)),
    maxStep,
    minStep: checkMinStep(options.minStep, maxStep),
    step: checkStep(options.step, method, t0, t1, warnings),
    maxSteps: checkMaxSteps(options.maxSteps ?? Infinity),
    save: checkSave(options.save ?? 'steps'),
    norm: checkNorm(options.norm, n),
    controller: checkController(options.controller),
    jacobian: checkJacobian<V>(options, n),
    warnings,
  }
}

/** @throws IvpInputError for anything but an object of known options */
export function checkNames(options: object): void {
  checkOptionNames(options, KNOWN_OPTIONS)
}

function checkForm(options: { vectorized?: boolean | undefined; inPlace?: boolean | undefined }): RhsForm {
  const inPlace = flag('inPlace', options.inPlace)
  const vectorized = flag('vectorized', options.vectorized)
  if (vectorized && inPlace) {
    throw new IvpInputError('inPlace', true, 'cannot be combined with `vectorized`; choose one')
  }
  return inPlace ? 'inPlace' : vectorized ? 'vectorized' : 'returning'
}

function checkArgs(args: unknown): ReadonlyArray<unknown> {
  if (args === undefined || args === null) return []
  if (!Array.isArray(args))
    throw new IvpInputError('args', args, 'must be an array, also for one argument: args: [a]')
  return args
}

function checkFirstStep(value: unknown, length: number): number | null {
  if (value === undefined || value === null) return null
  const step = positive('firstStep', value)
  if (step === Infinity) throw new IvpInputError('firstStep', value, 'must be finite')
  if (step > length)
    throw new IvpInputError('firstStep', value, `must not exceed the span of length ${length}`)
  return step
}

function checkMinStep(value: unknown, maxStep: number): number {
  if (value === undefined || value === null || value === 0) return 0
  const step = positive('minStep', value)
  if (step === Infinity) throw new IvpInputError('minStep', value, 'must be finite')
  if (step > maxStep) throw new IvpInputError('minStep', value, `must not exceed maxStep (${maxStep})`)
  return step
}

function checkMaxSteps(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 1) || !(Number.isInteger(value) || value === Infinity))
    throw new IvpInputError('maxSteps', value, 'must be a whole number of steps, at least 1, or Infinity')
  return value
}

function checkSave(value: unknown): SaveMode {
  if (value !== 'steps' && value !== 'last')
    throw new IvpInputError('save', value, "must be 'steps' or 'last'")
  return value
}

function checkController(value: unknown): StepController {
  if (value === undefined || value === null) return integral
  if (typeof (value as { judge?: unknown }).judge !== 'function') {
    throw new IvpInputError(
      'controller',
      value,
      'must be an object with judge({ errorNorm, errorOrder, wasRejected }) => { accept, factor }',
    )
  }
  return checkedController(value as StepController)
}
