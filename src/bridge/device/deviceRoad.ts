import { adjointLoop, type AdjointSegments } from '../../adjoint/adjointLoop.ts'
import { backwardOptions } from '../../adjoint/backwardOptions.ts'
import { checkBackwardTolerances } from '../../adjoint/backwardTolerance.ts'
import type { AdjointNorm } from '../../adjoint/index.ts'
import { checkProblem } from '../../ivp/check/problem.ts'
import { IvpInputError, type IvpFailure } from '../../ivp/index.ts'
import type { ErkMethod } from '../../ivp/method/butcherTableau.ts'
import type { Problem } from '../../ivp/problem.ts'
import type { TensorGradients } from '../flatRoad.ts'
import type { TensorTree } from '../flatten.ts'
import { SolveFailed } from '../odeErrors.ts'
import type { Direction, OdeintOptions } from '../solveOptions.ts'
import type { TensorProblem } from '../tensorProblem.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../tensor.ts'
import { integrateOnDevice } from './deviceIntegrate.ts'
import { readResult } from './deviceResult.ts'
import { apart, deviceRhs, joined } from './deviceRhs.ts'
import { deviceSpace, type BlockGroups, type DeviceVector } from './deviceSpace.ts'
import { measure, type Reading } from './reading.ts'

/** A solution that lives on the device. */
export interface DeviceSolution {
  /** The states one after another, [times, n]; the caller's. */
  readonly value: Tensor2D
  readonly nfev: number
  readonly nsteps: number
  readonly nrejected: number
}

/**
 * Solves forward with the state on the device.
 * @param h0 - leaves of the initial state, not disposed; as `params`
 * @throws SolveFailed, IvpInputError
 */
export function* solveOnDevice<P extends TensorTree>(
  tensors: TensorProblem,
  h0: ReadonlyArray<Tensor>,
  params: ReadonlyArray<Tensor>,
  options: OdeintOptions<P>,
): Reading<DeviceSolution> {
  const { evaluate, times, state } = tensors
  const problem = checked(directionOf(options), [times[0]!, times.at(-1)!], state.total, times)
  const space = deviceSpace(problem.tolerance, [[0]])
  const rhs = deviceRhs(evaluate, state, params)
  const outputs: Tensor1D[] = []
  try {
    const y0 = space.adopt([tf.tidy(() => joined(h0))])
    if (Number.isNaN(yield* measure(space.finiteness(y0)))) {
      throw new IvpInputError('h0', NaN, 'must be finite in every component')
    }
    const { failure, message, nsteps, nrejected } = yield* integrateOnDevice({
      space,
      rhs: rhs.state(space),
      method: erkOf(problem),
      y0,
      problem,
      signal: options.signal,
      onOutput: ([h]) => void outputs.push(h!),
    })
    const nfev = rhs.count()
    options.onSolve?.({ phase: 'forward', state: 'device', nfev, warnings: problem.warnings })
    if (failure !== null) {
      const ending = { message, nfev, nsteps, nrejected, failure, warnings: problem.warnings }
      throw new SolveFailed('forward', failure, nfev, yield* readResult(times, outputs, ending))
    }
    return { value: tf.stack(outputs) as Tensor2D, nfev, nsteps, nrejected }
  } finally {
    tf.dispose(outputs)
    space.releaseAll()
  }
}

/**
 * The continuous adjoint by solving backwards (see `backsolve`) with [h, a, b] on the device.
 * @param value - the solution, [times, n]
 * @param dy - incoming gradients, [times, n]
 * @throws SolveFailed
 */
export function* pullOnDevice<P extends TensorTree>(
  tensors: TensorProblem,
  solution: DeviceSolution,
  params: ReadonlyArray<Tensor>,
  dy: Tensor2D,
  options: OdeintOptions<P>,
): Reading<TensorGradients> {
  checkDeviceTolerances(tensors, options)
  const { evaluate, times, state, paramLayout, timeLeaves } = tensors
  const { value } = solution
  const { norm = 'all', ...direction } = backwardOptions<Float32Array>(directionOf(options), options.backward)
  const n = state.total
  const size = 2 * n + paramLayout.total
  const problemOf = (j: number): Problem<Float32Array> => {
    const span = [times[j]!, times[j - 1]!] as const
    const length = Math.abs(span[1] - span[0])
    const { firstStep } = direction
    return checked(
      firstStep === undefined ? direction : { ...direction, firstStep: Math.min(firstStep, length) },
      span,
      size,
    )
  }
  const { tolerance } = problemOf(1)
  const blocks = params.length === 0 ? [n, n] : [n, n, paramLayout.total]
  const space = deviceSpace(tolerance, groupsOf(norm, blocks.length))
  const rhs = deviceRhs(evaluate, state, params)
  const rowOf = (x: Tensor2D, j: number): Tensor1D => tf.tidy(() => x.slice([j, 0], [1, n]).reshape([n]))
  const warnings = new Set<string>()
  const gradTs: (DeviceVector | null)[] = times.map(() => null)
  let y = space.adopt(blocks.map((length) => tf.zeros([length])) as Tensor1D[])
  /** Puts another tensor in the place of a block. */
  const setBlock = (b: number, tensor: Tensor1D): void => {
    const old = y
    y = space.adopt(y.map((block, i) => (i === b ? tensor : block.clone())))
    space.release(old)
  }
  /** sign a . f(t_j, h_j) as the gradient of t_j. */
  const setTimeGradient = (j: number, sign: number, a: () => Tensor1D): void => {
    if (timeLeaves.length === 0) return
    const gradient = tf.tidy(
      () => rhs.f(times[j]!, rowOf(value, j)).dot(a()).mul(sign).reshape([1]) as Tensor1D,
    )
    gradTs[j] = space.adopt([gradient])
  }
  const segments: AdjointSegments<Tensor, ArrayLike<number>> = {
    restore: (j) => setBlock(0, rowOf(value, j)),
    timeGradient: (j) => setTimeGradient(j, 1, () => rowOf(dy, j)),
    jump: (j) =>
      setBlock(
        1,
        tf.tidy(() => y[1]!.add(rowOf(dy, j))),
      ),
    *integrate(j) {
      const problem = problemOf(j)
      for (const warning of problem.warnings) warnings.add(warning)
      const ending = yield* integrateOnDevice({
        space,
        rhs: rhs.augmented(space),
        method: erkOf(problem),
        y0: y,
        problem,
        signal: direction.signal,
        onOutput: () => {},
      })
      space.release(y)
      y = ending.y
      return ending.failure
    },
    compare: () => {},
    startTimeGradient: () => setTimeGradient(0, -1, () => y[1]!),
  }
  try {
    const failure: IvpFailure | null = yield* adjointLoop(segments, times.length)
    const nfev = rhs.count()
    options.onSolve?.({ phase: 'backward', state: 'device', nfev, warnings: [...warnings] })
    if (failure !== null) {
      const rows = tf.unstack(value) as Tensor1D[]
      try {
        const forward = yield* readResult(times, rows, { ...solution, warnings: [] })
        throw new SolveFailed('backward', failure, nfev, forward)
      } finally {
        tf.dispose(rows)
      }
    }
    return {
      h0: tf.tidy(() => apart(y[1]!, state)),
      params: params.length === 0 ? [] : tf.tidy(() => apart(y[2]!, paramLayout)),
      ts: timeLeaves.map(() => tf.concat(gradTs.map((gradient) => gradient![0]!))),
    }
  } finally {
    space.releaseAll()
  }
}

/** @throws IvpInputError for tolerances that do not fit [h, a, parameters] */
export function checkDeviceTolerances<P extends TensorTree>(
  { state, paramLayout }: TensorProblem,
  options: OdeintOptions<P>,
): void {
  const { backward } = options
  checkBackwardTolerances('backsolve', directionOf(options), backward, state.total, paramLayout.total)
}

/** The options that `solveIvp` knows. */
function directionOf<P extends TensorTree>(options: OdeintOptions<P>): Direction {
  const {
    params: _p,
    gradient: _g,
    checkpoints: _k,
    certify: _c,
    backward: _b,
    state: _s,
    onSolve: _o,
    ...direction
  } = options
  return direction
}

/** The options of a solve, checked as those of `solveIvp` in single precision. */
function checked(
  direction: Direction,
  span: readonly [number, number],
  size: number,
  tEval?: ReadonlyArray<number>,
): Problem<Float32Array> {
  const options = tEval === undefined ? direction : { ...direction, tEval }
  return checkProblem(() => {}, span, new Float32Array(size), options as never)
}

/** Of a method that `roadOf` let pass. */
function erkOf({ method }: Problem<Float32Array>): ErkMethod {
  if (method.kind === 'implicit') throw new Error(`${method.name} cannot run on device tensors`)
  return method.erk
}

/** The blocks [h], [a], [b] as the adjoint norm counts them. */
function groupsOf(norm: AdjointNorm, blocks: number): BlockGroups {
  const all = Array.from({ length: blocks }, (_, b) => b)
  if (norm === 'all') return [all]
  return (norm === 'seminorm' ? [0, 1] : all).map((b) => [b])
}
