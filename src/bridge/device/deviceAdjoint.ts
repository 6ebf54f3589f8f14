import { adjointLoop, type AdjointSegments } from '../../adjoint/adjointLoop.ts'
import { backwardFailure } from '../../adjoint/backwardFailure.ts'
import { BackwardWarnings } from '../../adjoint/backwardWarnings.ts'
import { unseenIncoming } from '../../adjoint/unseenIncoming.ts'
import type { AdjointNorm, BackwardOptions } from '../../adjoint/index.ts'
import type { ForwardFacts } from '../../adjoint/continuousAdjoint.ts'
import type { IvpFailure } from '../../ivp/index.ts'
import type { Problem } from '../../ivp/problem.ts'
import type { TensorGradients } from '../flatSolve.ts'
import type { TensorProblem } from '../tensorProblem.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../tensor.ts'
import { checkedDirection, erkOf } from './checkedDirection.ts'
import { integrateOnDevice } from './deviceIntegrate.ts'
import type { DeviceInterpolants } from './deviceInterpolants.ts'
import { apart, deviceRhs } from './deviceRhs.ts'
import { deviceSpace, type BlockGroups, type DeviceVector } from './deviceSpace.ts'
import { DeviceWatch } from './deviceWatch.ts'
import { measure, type Reading } from './reading.ts'

/** What is taken back over the solution. */
export interface DeviceAdjoint {
  readonly tensors: TensorProblem
  /** The solution at the output times, [times, n]. */
  readonly value: Tensor2D
  readonly params: ReadonlyArray<Tensor>
  /** Incoming gradients, [times, n]. */
  readonly dy: Tensor2D
  /** Of the backward solve, the forward ones for those that are absent. */
  readonly options: BackwardOptions<Float32Array>
  readonly facts: ForwardFacts<Float32Array>
  /** The solution in between; null where h is solved backwards. */
  readonly known: DeviceInterpolants | null
}

/** Gradients, unless there is a failure. */
export interface DeviceAdjointResult {
  readonly gradients: TensorGradients | null
  readonly failure: IvpFailure | null
  readonly nfev: number
  readonly warnings: ReadonlyArray<string>
}

/** A continuous adjoint with [h, a, b] on the device, or [a, b] along a known solution (see `backsolve` and `interpolating`). */
export function* adjointOnDevice(adjoint: DeviceAdjoint): Reading<DeviceAdjointResult> {
  const { tensors, value, params, dy, options, facts, known } = adjoint
  const { evaluate, times, state, paramLayout, timeLeaves } = tensors
  const { norm = 'all', parameters: _p, otherwise: _o, reconstruction, times: _t, ...direction } = options
  const n = state.total
  const ofState = known === null ? [n, n] : [n]
  /** Where a is among the blocks. */
  const A = ofState.length - 1
  const size = ofState.length * n + paramLayout.total
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
  const blocks = [...ofState, ...ofParams]
  const space = deviceSpace(tolerance, groupsOf(norm, blocks, ofState.length))
  const rhs = deviceRhs(evaluate, state, params)
  const paramsOf = (b: DeviceVector): Tensor[] => {
    if (!hasParts) return b.length === 0 ? [] : apart(b[0]!, paramLayout)
    return b.map((part, i) => part.reshape(paramLayout.shapes[i] as number[]))
  }
  const rowOf = (x: Tensor2D, j: number): Tensor1D => tf.tidy(() => x.slice([j, 0], [1, n]).reshape([n]))
  const warnings = new BackwardWarnings()
  const watch = new DeviceWatch(facts, known === null, reconstruction, direction.maxSteps)
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
    restore: (j) => {
      if (known === null) setBlock(0, rowOf(value, j))
    },
    timeGradient: (j) => setTimeGradient(j, 1, () => rowOf(dy, j)),
    jump: (j) =>
      setBlock(
        A,
        tf.tidy(() => y[A]!.add(rowOf(dy, j))),
      ),
    startTimeGradient: () => setTimeGradient(0, -1, () => y[A]!),
  }
  function* integrate(j: number): Reading<IvpFailure | null> {
    const problem = problemOf(j)
    watch.begin(
      () => rowOf(value, j),
      () => rowOf(value, j - 1),
    )
    const ending = yield* integrateOnDevice({
      space,
      rhs: known === null ? rhs.augmented(space, hasParts) : rhs.along(space, hasParts, (t) => known.at(t)),
      method: erkOf(problem),
      y0: y,
      problem,
      signal: direction.signal,
      onOutput: () => {},
      watch: (t, state) => watch.look(t, state),
    })
    problem.warnings.forEach((warning) => warnings.addOfSolve(warning))
    space.release(y)
    y = ending.y
    const { failure } = ending
    if (failure === null) return yield* watch.compare(times[j - 1]!, y[0]!)
    if (failure === watch.ended) return failure
    const largest = yield* measure({ tensor: tf.tidy(() => y[A]!.abs().max()), of: (data) => data[0]! })
    return backwardFailure(failure, largest, direction)
  }
  /** `unseenIncoming` of the largest incoming gradients over the output times. */
  function* unseenOnDevice(): Reading<string | null> {
    // Equal steps look at no tolerance
    if ((direction.step ?? null) !== null) return null
    const largest = tf.tidy(() => dy.slice([1, 0]).abs().max(0))
    try {
      const sizes = Float32Array.from(yield largest)
      const { atol = 1e-6 } = direction
      return unseenIncoming([sizes, sizes], atol, known === null ? n : 0)
    } finally {
      largest.dispose()
    }
  }
  try {
    const unseen = yield* unseenOnDevice()
    if (unseen !== null) warnings.add(unseen)
    const loop = adjointLoop(segments, times.length)
    let at = loop.next()
    while (at.done !== true) at = loop.next(yield* integrate(at.value))
    const failure = at.value
    const ending = { failure, nfev: rhs.count(), warnings: warnings.all }
    if (failure !== null) return { ...ending, gradients: null }
    const gradients = {
      h0: tf.tidy(() => apart(y[A]!, state)),
      params: tf.tidy(() => paramsOf(y.slice(A + 1))),
      ts: timeLeaves.map(() => tf.concat(gradTs.map((gradient) => gradient![0]!))),
    }
    return { ...ending, gradients }
  } finally {
    watch.release()
    space.releaseAll()
  }
}

/** The blocks of the state and those of the parameters as the adjoint norm counts them. */
function groupsOf(norm: AdjointNorm, sizes: ReadonlyArray<number>, ofState: number): BlockGroups {
  const all = sizes.map((_, b) => b)
  if (norm === 'all') return [all]
  // An empty array has no error
  return (norm === 'seminorm' ? all.slice(0, ofState) : all).filter((b) => sizes[b]! > 0).map((b) => [b])
}
