import { IvpInputError } from '../ivp/index.ts'
import { pullOnDevice } from './device/deviceBacksolve.ts'
import { solveOnDevice } from './device/deviceForward.ts'
import { readAwaited } from './device/reading.ts'
import { layoutOf, leavesOf, type TensorTree, type TreeLayout } from './flatten.ts'
import { inputLeaves } from './inputLeaves.ts'
import { stacked } from './odeint.ts'
import { checkTimesForm } from './outputTimes.ts'
import { checkDevice } from './stateLocation.ts'
import type { OdeintOptions } from './solveOptions.ts'
import { checkTensorOptions, INSTEAD_ON_TENSORS } from './tensorOptions.ts'
import { UntrackedTensor } from './odeErrors.ts'
import { tensorProblem, withCapturedParams } from './tensorProblem.ts'
import type { TensorFunction } from './tensorRhs.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from './tensor.ts'

/** Gradients of a loss; all tensors are the caller's. */
export interface AwaitedGradients<H extends TensorTree, P extends TensorTree> {
  readonly h0: H
  readonly params: P
  /** Of the output times; null where they were given as numbers. */
  readonly ts: Tensor1D | null
}

/** A solution and its pullback. */
export interface AwaitedSolution<H extends TensorTree, P extends TensorTree> {
  /** As `odeint` returns it: stacked over time, in the form of h0. The caller's. */
  readonly solution: H
  /**
   * From gradients of the loss with respect to the solution, in its form, to gradients of what it depends on. May be called any number of times.
   * @throws IvpInputError for incoming gradients of other shapes, SolveFailed
   */
  pullback(incoming: H): Promise<AwaitedGradients<H, P>>
  /** Releases what `pullback` needs; not the solution. Idempotent. */
  dispose(): void
}

/**
 * `odeint` for backends that cannot read at once (WebGPU): the same solve, with an await for each attempted step. A tape of tfjs cannot span an await, so
 * the gradient is asked for: take the gradient of the loss with respect to `solution` and hand it to `pullback`.
 *
 * The state stays on the device; explicit methods and gradient 'backsolve' only. Inputs may be disposed or changed while it runs: copies are kept.
 *
 * @throws as `odeint`
 * @example
 * const solved = await odeintAsync(f, h0, [0, 1], { params: { w } })
 * const { value, grad } = tf.valueAndGrad((h) => lossOf(h))(solved.solution)
 * const { params } = await solved.pullback(grad)
 * optimizer.applyGradients({ [w.name]: params.w })
 * solved.dispose()
 */
export async function odeintAsync<H extends TensorTree, P extends TensorTree = []>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number> | Float64Array | Tensor1D,
  options: OdeintOptions<P> = {},
): Promise<AwaitedSolution<H, P>> {
  checkTensorOptions(options, { of: 'odeintAsync', instead: INSTEAD_ON_TENSORS })
  checkTimesForm(ts)
  const { params = [] as unknown as P, state } = options
  if (state === 'flat') {
    throw new IvpInputError(
      'state',
      state,
      "must be 'device' or absent: `odeintAsync` keeps the state on the device",
    )
  }
  if (options.gradient === 'autodiff') {
    throw new IvpInputError('gradient', 'autodiff', "must be 'backsolve': a tape cannot span an await")
  }
  checkDevice(options, true)
  // Copies, before the first await: the caller may dispose of its own then
  const [stateGiven, paramsGiven] = [inputLeaves('h0', h0), inputLeaves('params', params)]
  const h0Copy = copyOf(h0, stateGiven)
  const paramsCopy = copyOf(params, paramsGiven)
  const release = (): void => tf.dispose(leavesOf(paramsCopy))
  try {
    const times = ts instanceof tf.Tensor ? await valuesOf(ts.clone()) : Array.from(ts)
    const problem = withCapturedParams(tensorProblem(f, h0Copy, ts, times, paramsCopy))
    const [captured] = problem.reads.captured
    if (captured !== undefined) throw new UntrackedTensor(captured.shape, 'awaited')
    const { stateLeaves, paramLeaves, state: layout, paramLayout } = problem
    const solved = await readAwaited(solveOnDevice(problem, stateLeaves, paramLeaves, options))
    let isDisposed = false
    return {
      solution: tf.tidy(() => stacked(solved.value, layout) as Tensor) as unknown as H,
      async pullback(incoming) {
        if (isDisposed) throw new IvpInputError('pullback', 'disposed', 'must be called before `dispose()`')
        const dy = flattened(incoming, layout, times.length)
        // Its own, since `dispose` may be called while it runs
        const [value, ...given] = [solved.value, ...paramLeaves].map((tensor) => tensor.clone())
        try {
          const solution = { ...solved, value: value as Tensor2D }
          const gradients = await readAwaited(pullOnDevice(problem, solution, given, dy, options))
          return {
            h0: layout.rebuild(gradients.h0) as H,
            params: paramLayout.rebuild(gradients.params) as P,
            ts: (gradients.ts[0] ?? null) as Tensor1D | null,
          }
        } finally {
          tf.dispose([dy, value!, ...given])
        }
      },
      dispose() {
        if (isDisposed) return
        isDisposed = true
        solved.value.dispose()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  } finally {
    tf.dispose(leavesOf(h0Copy))
  }
}

function copyOf<T extends TensorTree>(tree: T, leaves: ReadonlyArray<Tensor>): T {
  return layoutOf(tree).rebuild(leaves.map((leaf) => leaf.clone())) as T
}

/** Leaves [times, ...shape] as one tensor [times, n]. */
function flattened(incoming: TensorTree, { shapes }: TreeLayout, nTimes: number): Tensor2D {
  const leaves = leavesOf(incoming)
  const text = (all: ReadonlyArray<ReadonlyArray<number>>): string =>
    all.map((shape) => `[${shape.join(', ')}]`).join(', ')
  const received = text(leaves.map((leaf) => leaf.shape))
  const expected = text(shapes.map((shape) => [nTimes, ...shape]))
  if (received !== expected) {
    throw new IvpInputError('incoming', received, `must have the shapes of the solution, ${expected}`)
  }
  return tf.tidy(
    () =>
      tf.concat(
        leaves.map((leaf) => leaf.reshape([nTimes, -1])),
        1,
      ) as Tensor2D,
  )
}

async function valuesOf(tensor: Tensor): Promise<number[]> {
  try {
    return Array.from(await tensor.data())
  } finally {
    tensor.dispose()
  }
}
