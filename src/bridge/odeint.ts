import {
  solveWithPullback,
  type AdjointNorm,
  type CertifyOptions,
  type DirectionOptions,
  type GradientCertificate,
  type GradientMethod,
  type Gradients,
} from '../adjoint/index.ts'
import { IvpInputError } from '../ivp/index.ts'
import { layoutOf, leavesOf, readLeaves, toLeaves, type TensorTree } from './flatten.ts'
import { SecondOrderGradient, SolveFailed, UntrackedVariable } from './odeErrors.ts'
import { isRecording, releaseAbandonedTape, variablesRead } from './tape.ts'
import { tensorRhs, type TensorFunction } from './tensorRhs.ts'
import { tf, type Tensor, type Tensor1D } from './tensor.ts'

type Direction = DirectionOptions<Float32Array>

/** What a solve reports when it ends. */
export interface SolveReport {
  readonly phase: 'forward' | 'backward'
  /** Evaluations of f; backward, of its vector-Jacobian product. */
  readonly nfev: number
  readonly warnings: ReadonlyArray<string>
  /** Of a gradient, on request (`certify`). */
  readonly certificate?: GradientCertificate
}

/** Options of `odeint`. */
export interface OdeintOptions<P extends TensorTree> extends Direction {
  /** Everything trainable that `f` uses; receives gradients. */
  readonly params?: P
  /** How gradients are computed, see `solveWithPullback`; 'adjoint' is another name of 'backsolve', the default. */
  readonly gradient?: GradientMethod | 'adjoint'
  /** Most states that gradient 'discrete' keeps in memory, see `solveWithPullback`. Default: all. */
  readonly checkpoints?: number
  /** Checks every gradient at the cost of two forward solves, see `solveWithPullback`; `onSolve` gets the certificate. */
  readonly certify?: boolean | CertifyOptions
  /** The backward solve; each option defaults to the forward one, the norm to 'all'. */
  readonly backward?: Direction & { readonly norm?: AdjointNorm }
  readonly onSolve?: (report: SolveReport) => void
}

const GRADIENTS: ReadonlyArray<string> = ['backsolve', 'adjoint', 'interpolating', 'discrete']

/** Functions whose variables were looked at already: one traced evaluation each, not one per solve. */
const traced = new WeakSet<object>()

/**
 * Solves dh/dt = f(t, h, params) on tensors; differentiable with respect to h0, params and, if it is a tensor, ts.
 *
 * Forward and backward both run `solveIvp` on flat float32 arrays with the current tfjs backend, which must allow blocking reads. Gradients come
 * from the continuous adjoint (`backsolve`), whose memory does not grow with the number of steps, or by `gradient` from others. Leaves no tensor
 * behind.
 *
 * @param f - pure function of tensors with the form of h0 as its result; captured plain tensors are constants
 * @param ts - output times, the initial one first; strictly monotone, at least two
 * @returns the solution stacked over time, `[ts.length, ...h.shape]`, in the form of h0; the first entry is h0 at ts[0]
 * @throws IvpInputError, ShapeMismatch, UntrackedVariable for bad input; SolveFailed, with the partial solution, for a solve that fails;
 * SecondOrderGradient for a gradient of its gradient
 * @see Chen et al., "Neural Ordinary Differential Equations" (NeurIPS 2018), Algorithm 1
 */
export function odeint<H extends TensorTree, P extends TensorTree = []>(
  f: TensorFunction<H, P>,
  h0: H,
  ts: ReadonlyArray<number> | Float64Array | Tensor1D,
  options: OdeintOptions<P> = {},
): H {
  const {
    params = [] as unknown as P,
    gradient = 'backsolve',
    certify,
    backward,
    onSolve,
    ...direction
  } = options
  if (!GRADIENTS.includes(gradient)) {
    throw new IvpInputError('gradient', gradient, `must be one of ${GRADIENTS.join(', ')}`)
  }
  const times = ts instanceof tf.Tensor ? Array.from(ts.dataSync()) : Array.from(ts)
  checkTimes(times)
  const stateLeaves = leavesOf(h0)
  const paramLeaves = leavesOf(params)
  const timeLeaves = ts instanceof tf.Tensor ? [ts as Tensor] : []
  const state = layoutOf(h0)
  const paramLayout = layoutOf(params)
  checkVariables(f, times[0]!, h0, params, paramLeaves)

  const stacked = { ...state, shapes: state.shapes.map((shape) => [times.length, ...shape]) }
  const inputs = [...stateLeaves, ...paramLeaves, ...timeLeaves]
  const operation = tf.customGrad((...args: unknown[]) => {
    const save = args.pop() as (tensors: Tensor[]) => void
    const tensors = args as Tensor[]
    const start = new Float32Array(state.total)
    readLeaves(tensors.slice(0, stateLeaves.length), state, start)
    const given = tensors.slice(stateLeaves.length, stateLeaves.length + paramLeaves.length)
    const { result, pullback } = solveWithPullback(tensorRhs(f, state, given, paramLayout), times, start, {
      ...direction,
      gradient: gradient === 'adjoint' ? 'backsolve' : gradient,
      certify,
      backward: { ...backward, times: timeLeaves.length > 0 },
    })
    onSolve?.({ phase: 'forward', nfev: result.nfev, warnings: result.warnings })
    if (result.failure !== undefined) throw new SolveFailed('forward', result.failure, result.nfev, result)
    // Not before: what is saved by a forward pass that throws stays for ever
    save(given)
    const flat = new Float32Array(times.length * state.total)
    result.states.forEach((h, j) => flat.set(h, j * state.total))
    const gradFunc = (dy: Tensor): Tensor[] => {
      if (isRecording()) throw new SecondOrderGradient()
      const incoming = dy.dataSync() as Float32Array
      const perTime = times.map((_, j) =>
        Float32Array.from(incoming.subarray(j * state.total, (j + 1) * state.total)),
      )
      const grads = releasingTapeOnError(() => {
        const made: Gradients<Float32Array> = pullback(perTime)
        const { nfev, warnings, certificate } = made
        onSolve?.({
          phase: 'backward',
          nfev,
          warnings,
          ...(certificate === undefined ? {} : { certificate }),
        })
        if (made.failure !== undefined) throw new SolveFailed('backward', made.failure, made.nfev, result)
        return made
      })
      return [
        ...toLeaves(grads.h0, state),
        ...toLeaves(grads.theta, paramLayout),
        ...timeLeaves.map(() => tf.tensor1d(Float32Array.from(grads.ts))),
      ]
    }
    return { value: tf.tensor2d(flat, [times.length, state.total]), gradFunc }
  })

  return tf.tidy(() => {
    const solution = operation(...inputs) as Tensor
    let from = 0
    const parts = stacked.shapes.map((shape, i) => {
      const size = state.sizes[i]!
      const part = state.sizes.length === 1 ? solution : tf.slice(solution, [0, from], [times.length, size])
      from += size
      return part.reshape(shape as number[])
    })
    return state.rebuild(parts) as unknown as Tensor
  }) as unknown as H
}

/** An error in the backward pass ends the whole gradient computation: what its tape saved would stay for ever. */
function releasingTapeOnError<T>(body: () => T): T {
  try {
    return body()
  } catch (error) {
    releaseAbandonedTape()
    throw error
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

function checkVariables<H extends TensorTree, P extends TensorTree>(
  f: TensorFunction<H, P>,
  t: number,
  h0: H,
  params: P,
  passed: ReadonlyArray<Tensor>,
): void {
  if (traced.has(f)) return
  const state = leavesOf(h0)
  const missing = [...variablesRead(() => f(tf.scalar(t), h0, params))].filter(
    (variable) => !passed.includes(variable) && !state.includes(variable),
  )
  if (missing.length > 0)
    throw new UntrackedVariable(missing.map((variable) => (variable as unknown as { name: string }).name))
  traced.add(f)
}
