import { IvpInputError } from '../ivp/index.ts'
import { isRecording, releaseAbandonedTape, releaseTapeIfItFails } from './abandonedTape.ts'
import { whileAlive } from './captures.ts'
import { checkDeviceTolerances, pullOnDevice } from './device/deviceBacksolve.ts'
import { solveOnDevice } from './device/deviceForward.ts'
import { readNow } from './device/reading.ts'
import { solveFlat, type TensorGradients } from './flatSolve.ts'
import type { TensorTree, TreeLayout } from './flatten.ts'
import { lent } from './lentMemory.ts'
import { NoBlockingReads, SecondOrderGradient } from './odeErrors.ts'
import { checkTimesForm } from './outputTimes.ts'
import { prepareGradients } from './prepareGradients.ts'
import { stateLocationOf } from './stateLocation.ts'
import type { OdeintOptions } from './solveOptions.ts'
import { checkTensorOptions } from './tensorOptions.ts'
import { tensorProblem, withCapturedParams, type TensorProblem } from './tensorProblem.ts'
import type { TensorFunction } from './tensorRhs.ts'
import { tf, type Tensor, type Tensor1D, type Tensor2D } from './tensor.ts'

prepareGradients()

/**
 * Solves dh/dt = f(t, h, params) on tensors; differentiable with respect to h0, params and, if it is a tensor, ts.
 *
 * Forward and backward both run on the current tfjs backend, which must allow blocking reads (see `odeintAsync` for others). Gradients come from the
 * continuous adjoint (`backsolve`), whose memory does not grow with the number of steps, or by `gradient` from others. Leaves no tensor behind.
 *
 * @param f - pure function of tensors with the form of h0 as its result; captured tensors get their gradients too, trainable variables must be passed
 * @param ts - output times, the initial one first; strictly monotone, at least two
 * @returns the solution stacked over time, `[ts.length, ...h.shape]`, in the form of h0; the first entry is h0 at ts[0]
 * @throws IvpInputError, ResultMismatch, ShapeMismatch, UntrackedVariable, UntrackedTensor for bad input; SolveFailed, with the partial solution, for a solve that fails;
 * SecondOrderGradient for a gradient of its gradient; NoBlockingReads on a backend without them
 * @see Chen et al., "Neural Ordinary Differential Equations" (NeurIPS 2018), Algorithm 1
 */
export function odeint<H extends TensorTree, P extends TensorTree = []>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number> | Float64Array | Tensor1D,
  options: OdeintOptions<P> = {},
): H {
  return releasingTapeOnError(releaseTapeIfItFails, () => solved(f, h0, ts, options))
}

function solved<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number> | Float64Array | Tensor1D,
  options: OdeintOptions<P>,
): H {
  checkTensorOptions(options)
  checkTimesForm(ts)
  // In a browser a blocking read of it may return zeros without a word
  if (tf.getBackend() === 'webgpu') throw new NoBlockingReads('webgpu')
  const times = ts instanceof tf.Tensor ? Array.from(ts.dataSync()) : Array.from(ts)
  const isOurs = options.gradient !== 'autodiff'
  const given = tensorProblem(f, h0, ts, times, options.params ?? ([] as unknown as P), isOurs)
  const location = stateLocationOf(options, given.state.total)
  if (!isOurs) return throughTheSolver(given, options)
  const problem = withCapturedParams(given)
  const { stateLeaves, paramLeaves, timeLeaves, reads } = problem
  const outside = [...reads.captured, ...reads.constants]
  const solve = location === 'flat' ? flat : device
  const operation = tf.customGrad((...args: unknown[]) => {
    const save = args.pop() as (tensors: Tensor[]) => void
    const tensors = args as Tensor[]
    const start = tensors.slice(0, stateLeaves.length)
    const values = tensors.slice(stateLeaves.length, stateLeaves.length + paramLeaves.length)
    const { value, pullback } = solve(problem, start, values, options)
    // Not before: what is saved by a forward pass that throws stays for ever
    save([...values, ...reads.constants, ...(location === 'flat' ? [] : [value])])
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const isInner = isRecording()
      // An error in the backward pass ends the whole gradient computation
      return releasingTapeOnError(isInner ? releaseTapeIfItFails : releaseAbandonedTape, () => {
        if (isInner) throw secondOrder(options.gradient ?? 'backsolve')
        const own = paramLeaves.length - reads.captured.length
        const {
          h0: start0,
          params,
          ts: gradTs,
        } = lent(outside, saved.slice(own), () => whileAlive(() => pullback(dy, saved)))
        return [...start0, ...params, ...gradTs]
      })
    }
    return { value, gradFunc }
  })
  return tf.tidy(() => {
    const solution = operation(...stateLeaves, ...paramLeaves, ...timeLeaves) as Tensor2D
    return stacked(solution, problem.state) as Tensor
  }) as unknown as H
}

function secondOrder(gradient: string): SecondOrderGradient {
  const way =
    "Choose `gradient: 'autodiff'` for this solve, with an explicit method and times as numbers: it leaves the steps to tfjs's tape."
  return new SecondOrderGradient(`a solve by '${gradient}'`, way)
}

/** Outside of a custom gradient tfjs records what the steps do. */
function throughTheSolver<H extends TensorTree, P extends TensorTree>(
  problem: TensorProblem,
  options: OdeintOptions<P>,
): H {
  const { stateLeaves, paramLeaves, timeLeaves, state } = problem
  if (timeLeaves.length > 0) {
    throw new IvpInputError(
      'ts',
      'a tensor',
      "must be numbers with gradient 'autodiff', which gives none of times",
    )
  }
  const told = tellingOfUnused(options)
  return tf.tidy(
    () => stacked(readNow(solveOnDevice(problem, stateLeaves, paramLeaves, told)).value, state) as Tensor,
  ) as unknown as H
}

/** Its report warns of options of gradients that go back over steps in another way than tfjs. */
function tellingOfUnused<P extends TensorTree>(options: OdeintOptions<P>): OdeintOptions<P> {
  const { onSolve } = options
  const unused = (['backward', 'checkpoints'] as const).filter((name) => options[name] !== undefined)
  if (onSolve === undefined || unused.length === 0) return options
  const more = unused.map((name) => `\`${name}\` has no effect on gradient 'autodiff', which goes back through the recorded operations.`) // prettier-ignore
  return { ...options, onSolve: (report) => onSolve({ ...report, warnings: [...report.warnings, ...more] }) }
}

/** A solution as one tensor [times, n], and its pullback. */
interface LocatedSolution {
  readonly value: Tensor
  /** @param saved - first the parameters, which themselves may be gone by then, and with the state on the device last the solution */
  pullback(dy: Tensor, saved: ReadonlyArray<Tensor>): TensorGradients
}

function flat<P extends TensorTree>(
  problem: TensorProblem,
  h0: ReadonlyArray<Tensor>,
  params: ReadonlyArray<Tensor>,
  options: OdeintOptions<P>,
): LocatedSolution {
  const { value, pullback } = solveFlat(problem, h0, params, options)
  return { value, pullback: (dy, saved) => pullback(dy, saved.slice(0, params.length)) }
}

function device<P extends TensorTree>(
  problem: TensorProblem,
  h0: ReadonlyArray<Tensor>,
  params: ReadonlyArray<Tensor>,
  options: OdeintOptions<P>,
): LocatedSolution {
  if (isRecording()) checkDeviceTolerances(problem, options)
  const solved = readNow(solveOnDevice(problem, h0, params, options))
  return {
    value: solved.value,
    pullback: (dy, saved) => {
      const solution = { ...solved, value: saved.at(-1) as Tensor2D }
      return readNow(pullOnDevice(problem, solution, saved.slice(0, params.length), dy as Tensor2D, options))
    },
  }
}

/** A solution [times, n] in the form of the state, each leaf stacked over time. */
export function stacked(solution: Tensor2D, state: TreeLayout): TensorTree {
  const [nTimes] = solution.shape
  const parts = state.shapes.length === 1 ? [solution] : tf.split(solution, state.sizes as number[], 1)
  return state.rebuild(parts.map((part, i) => part.reshape([nTimes, ...state.shapes[i]!])))
}

/** After an error tfjs would keep what the tape saved for ever. */
function releasingTapeOnError<T>(release: () => void, body: () => T): T {
  try {
    return body()
  } catch (error) {
    release()
    throw error
  }
}
