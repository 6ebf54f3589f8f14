import { IvpInputError } from '../ivp/index.ts'
import { NO_READS, traceReads, withCaptures, type Reads } from './captures.ts'
import { isDependent } from './gradientInputs.ts'
import { layoutOf, type TensorTree, type TreeLayout } from './flatten.ts'
import { inputLeaves } from './inputLeaves.ts'
import { UntrackedVariable } from './odeErrors.ts'
import { evaluationOf, type TensorEvaluation, type TensorFunction } from './tensorRhs.ts'
import { tf, type Tensor, type Tensor1D } from './tensor.ts'

/** What is solved, checked and taken apart: f on leaves, and the leaves of h0, the parameters and (if a tensor) the times. */
export interface TensorProblem {
  readonly evaluate: TensorEvaluation
  readonly times: ReadonlyArray<number>
  readonly state: TreeLayout
  readonly paramLayout: TreeLayout
  readonly stateLeaves: ReadonlyArray<Tensor>
  readonly paramLeaves: ReadonlyArray<Tensor>
  /** The tensor of times, or nothing. */
  readonly timeLeaves: ReadonlyArray<Tensor>
  /** What f reads besides its arguments, as far as was looked. */
  readonly reads: Reads
}

/** Functions whose variables were looked at already: outside of gradients one traced evaluation each, not one per solve. */
const traced = new WeakSet<object>()

/**
 * @param times - the values of `ts`
 * @param looksAgain - whether what f reads is looked at in every solve under a gradient, since the tensors may be others each time
 * @throws IvpInputError, UntrackedVariable, ResultMismatch, ShapeMismatch
 */
export function tensorProblem<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number> | Float64Array | Tensor1D,
  times: ReadonlyArray<number>,
  params: P,
  looksAgain = true,
): TensorProblem {
  checkTimes(times)
  const stateLeaves = inputLeaves('h0', h0)
  const paramLeaves = inputLeaves('params', params)
  const state = layoutOf(h0)
  const paramLayout = layoutOf(params)
  const timeLeaves = ts instanceof tf.Tensor ? [ts as Tensor] : []
  const evaluate = evaluationOf(f, state, paramLayout)
  const looks = !traced.has(f) || (looksAgain && tf.engine().isTapeOn())
  const reads = looks ? traceReads(evaluate, times[0]!, stateLeaves, paramLeaves) : NO_READS
  if (reads.variables.length > 0) throw new UntrackedVariable(reads.variables.map(({ name }) => name))
  traced.add(f)
  return { evaluate, times, state, paramLayout, stateLeaves, paramLeaves, timeLeaves, reads }
}

/** The same with the captured tensors as further parameters, for gradients that are not left to tfjs's tape. */
export function withCapturedParams(problem: TensorProblem): TensorProblem {
  const { evaluate, reads, paramLayout, stateLeaves, timeLeaves } = problem
  const paramLeaves = [...problem.paramLeaves, ...reads.captured]
  // tfjs asks for no gradient then
  const isOnlyForward =
    tf.engine().isTapeOn() && !isDependent([...stateLeaves, ...paramLeaves, ...timeLeaves])
  return {
    ...problem,
    evaluate: withCaptures(evaluate, reads, isOnlyForward),
    paramLeaves,
    paramLayout: reads.captured.length === 0 ? paramLayout : layoutOf(paramLeaves),
  }
}

function checkTimes(times: ReadonlyArray<number>): void {
  const direction = Math.sign((times[1] ?? 0) - (times[0] ?? 0))
  const isMonotone = times.every((t, j) => j === 0 || direction * (t - times[j - 1]!) > 0)
  if (times.length < 2 || !times.every(Number.isFinite) || !isMonotone) {
    throw new IvpInputError(
      'ts',
      times,
      'must be at least two finite times, strictly increasing or decreasing',
    )
  }
}
