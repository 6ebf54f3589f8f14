import { adjointLoop, type AdjointSegments } from '../../adjoint/adjointLoop.ts'
import { backwardOptions } from '../../adjoint/backwardOptions.ts'
import { checkBackward } from '../../adjoint/checkBackward.ts'
import type { AdjointNorm } from '../../adjoint/index.ts'
import type { IvpFailure } from '../../ivp/index.ts'
import type { Problem } from '../../ivp/problem.ts'
import type { TensorGradients } from '../flatRoad.ts'
import type { TensorTree } from '../flatten.ts'
import { SolveFailed } from '../odeErrors.ts'
import type { OdeintOptions } from '../solveOptions.ts'
import type { TensorProblem } from '../tensorProblem.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../tensor.ts'
import { checkedDirection, directionOf, erkOf } from './checkedDirection.ts'
import type { DeviceSolution } from './deviceForward.ts'
import { integrateOnDevice } from './deviceIntegrate.ts'
import { readResult } from './deviceResult.ts'
import { apart, deviceRhs } from './deviceRhs.ts'
import { deviceSpace, type BlockGroups, type DeviceVector } from './deviceSpace.ts'
import type { Reading } from './reading.ts'

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
    return checkedDirection(
      firstStep === undefined ? direction : { ...direction, firstStep: Math.min(firstStep, length) },
      span,
      size,
    )
  }
  const { tolerance } = problemOf(1)
  // Each parameter tensor counts for itself in that norm
  const hasParts = norm === 'blocks'
  const ofParams = hasParts || params.length === 0 ? paramLayout.sizes : [paramLayout.total]
  const blocks = [n, n, ...ofParams]
  const space = deviceSpace(tolerance, groupsOf(norm, blocks))
  const rhs = deviceRhs(evaluate, state, params)
  const paramsOf = (b: DeviceVector): Tensor[] => {
    if (!hasParts) return b.length === 0 ? [] : apart(b[0]!, paramLayout)
    return b.map((part, i) => part.reshape(paramLayout.shapes[i] as number[]))
  }
  const rowOf = (x: Tensor2D, j: number): Tensor1D => tf.tidy(() => x.slice([j, 0], [1, n]).reshape([n]))
  const warnings = new Set<string>()
  const gradTs: (DeviceVector | null)[] = times.map(() => null)
  let y = space.adopt(blocks.map((length) => tf.fill([length], 0)) as Tensor1D[])
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
  const segments: AdjointSegments = {
    restore: (j) => setBlock(0, rowOf(value, j)),
    timeGradient: (j) => setTimeGradient(j, 1, () => rowOf(dy, j)),
    jump: (j) =>
      setBlock(
        1,
        tf.tidy(() => y[1]!.add(rowOf(dy, j))),
      ),
    compare: () => {},
    startTimeGradient: () => setTimeGradient(0, -1, () => y[1]!),
  }
  function* integrate(j: number): Reading<IvpFailure | null> {
    const problem = problemOf(j)
    for (const warning of problem.warnings) warnings.add(warning)
    const ending = yield* integrateOnDevice({
      space,
      rhs: rhs.augmented(space, hasParts),
      method: erkOf(problem),
      y0: y,
      problem,
      signal: direction.signal,
      onOutput: () => {},
    })
    space.release(y)
    y = ending.y
    return ending.failure
  }
  try {
    const loop = adjointLoop(segments, times.length)
    let at = loop.next()
    while (at.done !== true) at = loop.next(yield* integrate(at.value))
    const failure = at.value
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
      params: tf.tidy(() => paramsOf(y.slice(2))),
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
  checkBackward('backsolve', directionOf(options), backward, state.total, paramLayout.total)
}

/** The blocks h, a and those of the parameters as the adjoint norm counts them. */
function groupsOf(norm: AdjointNorm, sizes: ReadonlyArray<number>): BlockGroups {
  const all = sizes.map((_, b) => b)
  if (norm === 'all') return [all]
  // An empty array has no error
  return (norm === 'seminorm' ? [0, 1] : all).filter((b) => sizes[b]! > 0).map((b) => [b])
}
