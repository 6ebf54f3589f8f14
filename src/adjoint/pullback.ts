import {
  IvpInputError,
  solveIvp,
  type ErkMethod,
  type FloatArray,
  type IvpFailure,
  type IvpResult,
  type StepInfo,
} from '../ivp/index.ts'
import { checkMethod } from '../ivp/check/method.ts'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { methodsOfKind } from '../ivp/methods.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { AcceptedSteps } from './acceptedSteps.ts'
import { backsolve } from './backsolve.ts'
import { incomingScale } from './backwardTolerance.ts'
import { backwardDirection, forwardFacts, withoutUndefined } from './backwardOptions.ts'
import { checkBackwardSignal } from './checkBackwardDirection.ts'
import { checkBackward, checkBackwardNames, checkNorm, checkOtherwise } from './checkBackward.ts'
import { checkIncoming } from './checkIncoming.ts'
import { checkRhs, checkStart } from './checkRhs.ts'
import { checkCheckpoints, checkpointsUnused } from './checkpoints.ts'
import { certify, checkCertify, type CertifyOptions } from './certificate.ts'
import type { BackwardOptions, DirectionOptions } from './continuousAdjoint.ts'
import { DIRECTION_OPTIONS, INSTEAD_OF_SOLVE_OPTIONS, type BesideDirection } from './directionOptions.ts'
import { discrete } from './discrete.ts'
import type { Gradients } from './gradients.ts'
import { interpolating } from './interpolating.ts'
import { checkMovableParams, movableParams } from './movableParams.ts'
import { checkParamSizes } from './paramBlocks.ts'
import { hasNoEffect, unusedWithoutBacksolve } from './noEffect.ts'
import { orReplaced } from './replacedGradient.ts'
import { checkTimes } from './times.ts'
import type { DifferentiableRhs } from './vjp.ts'

/**
 * How gradients are computed: by solving the adjoint equation backwards, with h solved backwards too (`backsolve`) or read from the dense output
 * (`interpolating`), or from the steps taken (`discrete`).
 */
export type GradientMethod = 'backsolve' | 'interpolating' | 'discrete'

/** Options of a solve with a pullback; the backward ones default to the forward ones. */
export interface PullbackOptions<V extends FloatArray> extends DirectionOptions<V> {
  /**
   * Default 'backsolve': constant memory, a gradient as exact as the tolerances, and where the state is lost on the way back one by another gradient
   * (`backward.otherwise`). 'interpolating': the same for dissipative and stiff f, with the interpolants of all steps in memory. 'discrete': one state per
   * step in memory, the exact gradient of the numbers computed, explicit methods only.
   */
  readonly gradient?: GradientMethod | undefined
  /**
   * Most states that 'discrete' keeps, at least 2; the others are computed again, bit for bit, at the cost of one more solve at most. Default: all.
   */
  readonly checkpoints?: number | undefined
  /**
   * Tolerances for each component are of [h, a, parameters], with 'interpolating' of [a, parameters]; where the forward ones are given for each
   * component, the backward ones must be given too. With `gradient: 'discrete'` only `times` and `signal` mean something: the sweep takes the forward
   * steps.
   */
  readonly backward?: BackwardOptions<V> | undefined
  /**
   * Checks every gradient, at the cost of two forward solves each, more where they do not agree at once; the certificate comes with the gradients. It covers the parameters where the right-hand side
   * brings `theta` and `withParams`. It is that of the gradient returned, which may have replaced one of 'backsolve'; but where 'discrete' took the place of a gradient that
   * it distrusts (`certify.otherwise`), it is still that of the other. Default false.
   */
  readonly certify?: boolean | CertifyOptions | undefined
}

const PULLBACK_OPTIONS: ReadonlyArray<string> = [
  ...DIRECTION_OPTIONS,
  ...optionNames<BesideDirection<PullbackOptions<FloatArray>>>({
    gradient: true,
    checkpoints: true,
    backward: true,
    certify: true,
  }),
]

/** A solution and the map from incoming gradients to gradients of what it depends on. */
export interface SolveWithPullback<V extends FloatArray> {
  /** The forward solve at the times `ts`, the same numbers whatever the gradient. With status -1 there is no gradient. */
  readonly result: IvpResult<V>
  /**
   * @param incoming - dL/d(states[j]) for every output time, each of length n
   * @returns NaN and `failure` after a forward solve that failed
   * @throws IvpInputError that names `incoming[j]` for another number of arrays, other lengths and numbers that are not finite
   */
  pullback(incoming: ReadonlyArray<V>): Gradients<V>
}

/**
 * Solves h' = f(t, h) and keeps what is needed to differentiate the solution.
 * @param ts - output times, the initial one first; strictly monotone
 * @throws IvpInputError as `solveIvp`, for `gradient: 'discrete'` with an implicit method, for `paramSizes` that do not make up the parameters, for a name inside of `backward` or `certify` that is
 * no option, and for a continuous adjoint whose `backward` has no tolerances of its own where the forward ones are given for each component
 */
export function solveWithPullback<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  h0: V,
  options: PullbackOptions<V> = {},
): SolveWithPullback<V> {
  checkOptionNames(options, PULLBACK_OPTIONS, { of: 'solveWithPullback', instead: INSTEAD_OF_SOLVE_OPTIONS })
  const { backward, gradient = 'backsolve', certify: request, checkpoints = Infinity, ...forward } = options
  const wanted = checkCertify(request)
  const afterCertify = wanted?.otherwise ?? 'warn'
  checkTimes(ts)
  checkBackwardNames(backward, true)
  checkGradient(gradient)
  checkRhs(rhs)
  checkStart(h0)
  checkParamSizes(rhs)
  if (wanted !== null) checkMovableParams(rhs)
  const otherwise = checkOtherwise(
    backward?.otherwise,
    ['interpolating', 'discrete', 'fail'],
    afterCertify === 'discrete' ? 'discrete' : 'interpolating',
  )
  const isOfSteps = gradient === 'discrete' || afterCertify === 'discrete'
  const mayBeOfSteps = gradient === 'backsolve' && otherwise === 'discrete'
  const asking = gradient === 'discrete' ? 'gradient' : isOfSteps ? 'certify.otherwise' : 'backward.otherwise'
  const erk = isOfSteps || mayBeOfSteps ? explicitMethod(asking, forward.method) : null
  checkCheckpoints(checkpoints)
  if (gradient === 'discrete') {
    checkNorm(backward?.norm)
    checkBackwardSignal(backward?.signal)
  } else {
    checkBackward(gradient, forward, backward, h0.length, rhs.nParams, [ts[ts.length - 1]!, ts[0]!])
  }
  const solve = (isDense: boolean, hasSteps: boolean): ForwardSolve<V> => {
    const steps = hasSteps ? new AcceptedSteps(ts[0]!, h0, checkpoints) : null
    const stepTimes = [ts[0]!]
    const certifying = (step: Pick<StepInfo<V>, 't' | 'y'>): void => {
      stepTimes.push(step.t)
      steps?.record(step)
    }
    const result = solveIvp(
      rhs.f as (t: number, h: FloatArray, dh: FloatArray) => void,
      [ts[0]!, ts[ts.length - 1]!],
      h0 as FloatArray,
      {
        ...(forward as DirectionOptions<FloatArray>),
        tEval: ts,
        denseOutput: isDense,
        inPlace: true,
        onStep: (wanted === null ? steps?.record : certifying) as
          AcceptedSteps<FloatArray>['record'] | undefined,
      },
    ) as IvpResult<V>
    return { result, steps, stepTimes }
  }
  const solved = solve(gradient === 'interpolating', isOfSteps)
  const { result } = solved
  // Once a gradient had to be replaced
  let again: ForwardSolve<V> | null = null
  return {
    result,
    pullback(incoming) {
      const { failure } = result
      // A loss of states that are not there has no gradient to look at
      if (failure !== undefined) return withoutGradients(failure)
      checkIncoming(incoming, ts.length, h0.length)
      const made =
        gradient === 'discrete'
          ? transposed(solved, incoming)
          : gradient === 'interpolating'
            ? along(solved, incoming)
            : orReplaced(solvedBack(incoming), otherwise, (by) => instead(by, incoming))
      const found = withUnused(made)
      if (wanted === null) return found
      const { states } = result
      const { stepTimes } = solved
      const certified = { rhs, ts, h0, forward, states, stepTimes, params: movableParams(rhs) }
      const inUse = found.replacedBy ?? gradient
      const { certificate, distrust } = certify(certified, incoming, found, inUse, wanted)
      if (distrust === null) return { ...found, certificate }
      const { finding, advice, canReplace } = distrust
      if (afterCertify === 'warn' || inUse === 'discrete' || !canReplace) {
        return { ...found, certificate, warnings: [...found.warnings, `${finding} ${advice}`.trim()] }
      }
      const exact = transposed(solved, incoming)
      const warnings = [...exact.warnings, `${finding} It was replaced by that of 'discrete'.`]
      return { ...exact, certificate, warnings, nfev: found.nfev + exact.nfev }
    },
  }

  function withUnused(gradients: Gradients<V>): Gradients<V> {
    if (erk !== null || options.checkpoints === undefined) return gradients
    return { ...gradients, warnings: [...gradients.warnings, checkpointsUnused(gradient)] }
  }

  function withoutGradients(failure: IvpFailure): Gradients<V> {
    return { ...noGradients(h0, rhs.nParams, ts.length), failure }
  }

  /** The gradient that takes the place of one whose state was lost. */
  function instead(by: 'interpolating' | 'discrete', incoming: ReadonlyArray<V>): Gradients<V> {
    again ??=
      by === 'discrete' && solved.steps !== null ? solved : solve(by === 'interpolating', by === 'discrete')
    const { failure } = again.result
    if (failure !== undefined) return withoutGradients(failure)
    return by === 'discrete' ? transposed(again, incoming) : along(again, incoming)
  }

  function solvedBack(incoming: ReadonlyArray<V>): Gradients<V> {
    const facts = forwardFacts(forward, backward, result)
    return backsolve(rhs, ts, result.states, incoming, directionOf('backsolve', incoming), facts)
  }

  function along({ result: { sol, states } }: ForwardSolve<V>, incoming: ReadonlyArray<V>): Gradients<V> {
    const facts = forwardFacts(forward, backward, result)
    const direction = directionOf('interpolating', incoming)
    const found = interpolating(rhs, sol!, ts, states, incoming, direction, facts)
    if (gradient === 'backsolve') return found
    return { ...found, warnings: [...found.warnings, ...unusedWithoutBacksolve(backward)] }
  }

  function directionOf(kind: 'backsolve' | 'interpolating', incoming: ReadonlyArray<V>): BackwardOptions<V> {
    const scale = incomingScale(incoming)
    return backwardDirection(kind, forward, backward, h0.length, rhs.nParams, scale, kind !== gradient)
  }

  function transposed({ steps }: ForwardSolve<V>, incoming: ReadonlyArray<V>): Gradients<V> {
    const { times = true, signal = forward.signal, ...unused } = withoutUndefined(backward)
    const found = discrete(rhs, erk!, steps!, ts, incoming, { times, signal })
    if (gradient !== 'discrete') return found
    return {
      ...found,
      warnings: [...found.warnings, ...Object.keys(unused).map((name) => hasNoEffect(name, 'discrete'))],
    }
  }
}

/** A forward solve, and its accepted steps if they were kept. */
interface ForwardSolve<V extends FloatArray> {
  readonly result: IvpResult<V>
  readonly steps: AcceptedSteps<V> | null
  /** Ends of the steps taken, t0 first, where a certificate is asked for; else t0 alone. */
  readonly stepTimes: ReadonlyArray<number>
}

function checkGradient(gradient: unknown): void {
  if (gradient === 'backsolve' || gradient === 'interpolating' || gradient === 'discrete') return
  throw new IvpInputError('gradient', gradient, "must be 'backsolve', 'interpolating' or 'discrete'")
}

/** What options that ask for 'discrete' must be with an implicit method. */
const INSTEAD_OF_DISCRETE = {
  gradient: "'backsolve' or 'interpolating'",
  'certify.otherwise': "'warn'",
  'backward.otherwise': "'interpolating' or 'fail'",
} as const

/**
 * The method whose steps are to be transposed.
 * @param option - the one that asks for 'discrete'
 * @throws IvpInputError for an implicit method
 */
function explicitMethod(option: keyof typeof INSTEAD_OF_DISCRETE, method: unknown = 'RK45'): ErkMethod {
  const checked = checkMethod(method)
  if (checked.kind !== 'implicit') return checked.erk
  const instead = INSTEAD_OF_DISCRETE[option]
  throw new IvpInputError(
    option,
    'discrete',
    `must be ${instead} with the implicit method ${checked.name}; 'discrete' needs an explicit method: ${[...methodsOfKind('explicit'), ...methodsOfKind('fixedStep')].join(', ')}, or one of makeErk`,
  )
}

function noGradients<V extends FloatArray>(h0: V, p: number, nTimes: number): Gradients<V> {
  const ts = new Float64Array(nTimes)
  return {
    h0: zerosLike(h0).fill(NaN) as V,
    theta: zerosLike(h0, p).fill(NaN) as V,
    ts: ts.fill(NaN),
    nfev: 0,
    warnings: [],
  }
}
