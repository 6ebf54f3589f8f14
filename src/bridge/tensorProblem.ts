import { IvpInputError } from '../ivp/index.ts'
import { layoutOf, type TensorTree, type TreeLayout } from './flatten.ts'
import { inputLeaves } from './inputLeaves.ts'
import { UntrackedVariable } from './odeErrors.ts'
import { variablesRead } from './tape.ts'
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
}

/** Functions whose variables were looked at already: one traced evaluation each, not one per solve. */
const traced = new WeakSet<object>()

/**
 * @param times - the values of `ts`
 * @throws IvpInputError, UntrackedVariable, ResultMismatch, ShapeMismatch
 */
export function tensorProblem<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number> | Float64Array | Tensor1D,
  times: ReadonlyArray<number>,
  params: P,
): TensorProblem {
  checkTimes(times)
  const stateLeaves = inputLeaves('h0', h0)
  const paramLeaves = inputLeaves('params', params)
  const state = layoutOf(h0)
  const paramLayout = layoutOf(params)
  const timeLeaves = ts instanceof tf.Tensor ? [ts as Tensor] : []
  const evaluate = evaluationOf(f, state, paramLayout)
  if (!traced.has(f)) checkVariables(evaluate, times[0]!, stateLeaves, paramLeaves)
  traced.add(f)
  return { evaluate, times, state, paramLayout, stateLeaves, paramLeaves, timeLeaves }
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

/** On copies, so that a variable which f reads is one of its closure: no gradient reaches it there, even if it is passed too. */
function checkVariables(
  evaluate: TensorEvaluation,
  t: number,
  stateLeaves: ReadonlyArray<Tensor>,
  paramLeaves: ReadonlyArray<Tensor>,
): void {
  const n = stateLeaves.length
  const read = variablesRead(
    (copies) => evaluate(tf.scalar(t), copies.slice(0, n), copies.slice(n)),
    [...stateLeaves, ...paramLeaves],
  )
  if (read.size > 0) throw new UntrackedVariable([...read].map(({ name }) => name))
}
