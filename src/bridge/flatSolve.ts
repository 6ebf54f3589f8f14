import { solveWithPullback, type Gradients } from '../adjoint/index.ts'
import { readLeaves, toLeaves, type TensorTree } from './flatten.ts'
import { checkFinite } from './inputLeaves.ts'
import { SolveFailed } from './odeErrors.ts'
import type { OdeintOptions } from './solveOptions.ts'
import { isRecording } from './abandonedTape.ts'
import type { TensorProblem } from './tensorProblem.ts'
import { tensorRhs } from './tensorRhs.ts'
import { tf, type Tensor } from './tensor.ts'
import { tell } from './solveReport.ts'

/** For a solve that no tape sees, so that nothing is asked of a backward solve. */
const UNUSED = { rtol: 1e-3, atol: 1e-6, method: 'RK45' } as const

/** Gradients of a solve on tensors, in new tensors. */
export interface TensorGradients {
  readonly h0: Tensor[]
  readonly params: Tensor[]
  /** One tensor, of the gradients of all output times, if they are wanted. */
  readonly ts: Tensor[]
}

/** A solution on tensors and its pullback. */
export interface FlatSolution {
  /** The states one after another, [times, n]. */
  readonly value: Tensor
  /**
   * @param dy - incoming gradients, [times, n]
   * @param saved - the parameters
   */
  pullback(dy: Tensor, saved: ReadonlyArray<Tensor>): TensorGradients
}

/**
 * Solves with the state on the host: `solveIvp` on a flat float32 array, with copies at both borders of every evaluation.
 * @throws SolveFailed, IvpInputError
 */
export function solveFlat<P extends TensorTree>(
  problem: TensorProblem,
  h0: ReadonlyArray<Tensor>,
  params: ReadonlyArray<Tensor>,
  options: OdeintOptions<P>,
): FlatSolution {
  const { evaluate, times, state, paramLayout, timeLeaves } = problem
  const { params: _, gradient = 'backsolve', onSolve, state: __, backward, ...rest } = options
  const start = new Float32Array(state.total)
  readLeaves(h0, state, start)
  checkFinite(start)
  let paramsNow = params
  const rhs = tensorRhs(evaluate, state, () => paramsNow, paramLayout)
  const solve = solveWithPullback(rhs, times, start, {
    ...rest,
    gradient: gradient === 'adjoint' || gradient === 'autodiff' ? 'backsolve' : gradient,
    backward: { ...(isRecording() ? {} : UNUSED), ...backward, times: timeLeaves.length > 0 },
  })
  const { result } = solve
  tell(onSolve, { phase: 'forward', state: 'flat', nfev: result.nfev, warnings: result.warnings })
  if (result.failure !== undefined) throw new SolveFailed('forward', result.failure, result.nfev, result)
  const flat = new Float32Array(times.length * state.total)
  result.states.forEach((h, j) => flat.set(h, j * state.total))
  return {
    value: tf.tensor2d(flat, [times.length, state.total]),
    pullback(dy, saved) {
      // A `tf.tidy` around the loss has disposed of its own by now
      paramsNow = saved
      const incoming = dy.dataSync() as Float32Array
      const perTime = times.map((_t, j) =>
        Float32Array.from(incoming.subarray(j * state.total, (j + 1) * state.total)),
      )
      const made: Gradients<Float32Array> = solve.pullback(perTime)
      const { nfev, warnings, certificate, replacedBy } = made
      tell(onSolve, {
        phase: 'backward',
        state: 'flat',
        nfev,
        warnings,
        ...(replacedBy === undefined ? {} : { replacedBy }),
        ...(certificate === undefined ? {} : { certificate }),
      })
      if (made.failure !== undefined) throw new SolveFailed('backward', made.failure, made.nfev, result)
      return {
        h0: toLeaves(made.h0, state),
        params: toLeaves(made.theta, paramLayout),
        ts: timeLeaves.map(() => tf.tensor1d(Float32Array.from(made.ts))),
      }
    },
  }
}
