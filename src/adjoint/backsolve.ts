import { solveIvp, type FloatArray, type IvpOptions } from '../ivp/index.ts'
import { augmentedLayout, augmentedRhs, normBlocks, parts, type AdjointNorm } from './augmentedState.ts'
import { addTo, dot } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** Options of one direction of a solve. */
export type DirectionOptions<V extends FloatArray> = Pick<
  IvpOptions<V>,
  'method' | 'rtol' | 'atol' | 'firstStep' | 'maxStep' | 'step' | 'maxSteps' | 'signal' | 'controller'
>

/** Options of the backward solve. */
export interface BacksolveOptions<V extends FloatArray> extends DirectionOptions<V> {
  /** Default 'all'. */
  readonly norm?: AdjointNorm | undefined
  /** False leaves the gradients of the output times out and saves one evaluation of f for each. Default true. */
  readonly times?: boolean | undefined
}

/**
 * The continuous adjoint by solving backwards: from output time to output time, [h | a | b] is integrated with h restored from the stored output
 * and the incoming gradient added to a (a jump) at each. Memory: one augmented state, whatever the number of steps.
 *
 * Where it fails: h is recomputed backwards, so a strongly dissipative or stiff f makes the reconstruction unstable.
 *
 * @param ts - output times, the initial one first; strictly monotone, length at least 2
 * @param states - the solution at `ts`, each of length n
 * @param incoming - dL/d(states[j]) for every j, each of length n
 * @see Chen et al. (2018), Sec. 2, Algorithm 1, and Appendix C (several output times)
 */
export function backsolve<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  states: ReadonlyArray<V>,
  incoming: ReadonlyArray<V>,
  options: BacksolveOptions<V> = {},
): Gradients<V> {
  const { norm = 'all', times = true, firstStep, ...direction } = options
  const last = ts.length - 1
  const n = states[0]!.length
  const layout = augmentedLayout(n, rhs.nParams)
  const fun = augmentedRhs(rhs.vjp, layout)
  const gradTs = new Float64Array(ts.length).fill(NaN)
  const warnings = new Set<string>()
  let y = (
    states[0] instanceof Float32Array ? new Float32Array(layout.size) : new Float64Array(layout.size)
  ) as V
  const slope = states[0]!.slice() as V
  let nfev = 0
  for (let j = last; j >= 1; j--) {
    const now = parts(y, layout)
    now.h.set(states[j]!)
    // Moving an output time moves its state along f: dL/dt_j = incoming_j . f(t_j, h_j)
    if (times) {
      rhs.f(ts[j]!, states[j]!, slope)
      gradTs[j] = dot(incoming[j]!, slope)
    }
    addTo(now.a, incoming[j]!)
    const length = Math.abs(ts[j]! - ts[j - 1]!)
    const result = solveIvp(
      fun as (t: number, y: FloatArray, dydt: FloatArray) => void,
      [ts[j]!, ts[j - 1]!],
      y as FloatArray,
      {
        ...(direction as DirectionOptions<FloatArray>),
        ...(firstStep === undefined ? {} : { firstStep: Math.min(firstStep, length) }),
        norm: normBlocks(norm, layout),
        inPlace: true,
        save: 'last',
      },
    )
    nfev += result.nfev
    for (const warning of result.warnings) warnings.add(warning)
    y = (result.states.at(-1) as V).slice() as V
    if (result.failure !== undefined) {
      const { a, b } = parts(y, layout)
      return { h0: a, theta: b, ts: gradTs, nfev, warnings: [...warnings], failure: result.failure }
    }
  }
  const { a, b } = parts(y, layout)
  // Starting later shortens the solve: dL/dt_0 = -a(t_0) . f(t_0, h_0), before the direct gradient of states[0] is added
  if (times) {
    rhs.f(ts[0]!, states[0]!, slope)
    gradTs[0] = -dot(a, slope)
  }
  addTo(a, incoming[0]!)
  return { h0: a, theta: b, ts: gradTs, nfev, warnings: [...warnings] }
}
