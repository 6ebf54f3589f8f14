import { solveIvp, type FloatArray, type IvpResult } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { backsolve, type BacksolveOptions, type DirectionOptions } from './backsolve.ts'
import type { Gradients } from './gradients.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** Options of a solve with a pullback; the backward ones default to the forward ones. */
export interface PullbackOptions<V extends FloatArray> extends DirectionOptions<V> {
  readonly backward?: BacksolveOptions<V> | undefined
}

/** A solution and the map from incoming gradients to gradients of what it depends on. */
export interface SolveWithPullback<V extends FloatArray> {
  /** The forward solve at the times `ts`. With status -1 there is no gradient. */
  readonly result: IvpResult<V>
  /**
   * @param incoming - dL/d(states[j]) for every output time, each of length n
   * @returns NaN and `failure` after a forward solve that failed
   */
  pullback(incoming: ReadonlyArray<V>): Gradients<V>
}

/**
 * Solves h' = f(t, h) and keeps what is needed to differentiate the solution.
 * @param ts - output times, the initial one first; strictly monotone
 * @throws IvpInputError as `solveIvp`
 */
export function solveWithPullback<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  h0: V,
  options: PullbackOptions<V> = {},
): SolveWithPullback<V> {
  const { backward, ...forward } = options
  const result = solveIvp(
    rhs.f as (t: number, h: FloatArray, dh: FloatArray) => void,
    [ts[0]!, ts[ts.length - 1]!],
    h0 as FloatArray,
    { ...(forward as DirectionOptions<FloatArray>), tEval: ts, inPlace: true },
  ) as IvpResult<V>
  const own = withoutUndefined(backward)
  return {
    result,
    pullback(incoming) {
      const { failure } = result
      if (failure !== undefined) return { ...noGradients(h0, rhs.nParams, ts.length), failure }
      // The forward step belongs to the forward method
      const direction = own.method === undefined ? forward : { ...forward, step: undefined }
      return backsolve(rhs, ts, result.states, incoming, { ...direction, ...own })
    },
  }
}

function noGradients<V extends FloatArray>(h0: V, p: number, nTimes: number): Gradients<V> {
  const theta = (h0 instanceof Float32Array ? new Float32Array(p) : new Float64Array(p)) as V
  const ts = new Float64Array(nTimes)
  return {
    h0: zerosLike(h0).fill(NaN) as V,
    theta: theta.fill(NaN) as V,
    ts: ts.fill(NaN),
    nfev: 0,
    warnings: [],
  }
}

/** So that an absent backward option falls back to the forward one. */
function withoutUndefined<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
