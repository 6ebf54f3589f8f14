import type { FloatArray, IvpResult } from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'
import { withAdjointAtol } from './backwardTolerance.ts'
import type { BackwardOptions, DirectionOptions, ForwardFacts } from './continuousAdjoint.ts'

/** Backward steps that are allowed anyway, and times the forward ones: a ReLU network's take up to a hundred times. */
const FEW = 2000
const TIMES_FORWARD = 100
/** With a method or tolerances of its own a backward solve may need many more: RK23 at 1e-9 takes 400 times the steps of 1e-1. */
const TIMES_OWN = 100

/** The options of a backward solve: its own, and for those that are absent the forward solve's; but a forward step belongs to the forward method. */
export function backwardOptions<V extends FloatArray>(
  forward: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
): BackwardOptions<V> {
  const own = withoutUndefined(backward)
  return { ...(own.method === undefined ? forward : { ...forward, step: undefined }), ...own }
}

/**
 * The options of a solve that takes gradients back.
 * @param n - length of h. @param p - number of parameters
 * @param scale - of the incoming gradients, see `incomingScale`
 * @param isInstead - the tolerances for each component that were given are of [h, a, ..], for 'backsolve', but h is not solved
 */
export function backwardDirection<V extends FloatArray>(
  gradient: 'backsolve' | 'interpolating',
  forward: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
  n: number,
  p: number,
  scale: number,
  isInstead = false,
): BackwardOptions<V> {
  const options = backwardOptions(forward, backward)
  const nState = gradient === 'backsolve' ? n : 0
  const size = nState + n + (options.parameters === 'quadrature' ? 0 : p)
  const scaled = withAdjointAtol(options, backward?.atol, scale, size, nState)
  if (!isInstead) return scaled
  return { ...scaled, rtol: behind(n, scaled.rtol), atol: behind(n, scaled.atol) }
}

/** Of tolerances for each component those from `from` on. */
function behind(
  from: number,
  tolerance: number | ArrayLike<number> | undefined,
): number | ArrayLike<number> | undefined {
  return isArrayLike(tolerance) ? Array.from(tolerance as ArrayLike<number>).slice(from) : tolerance
}

/** What the backward solve is told of the forward one. */
export function forwardFacts<V extends FloatArray>(
  { rtol = 1e-3, atol }: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
  { nsteps }: Pick<IvpResult<V>, 'nsteps'>,
): ForwardFacts<V> {
  const own = withoutUndefined(backward)
  // Looser backwards, h cannot be followed more closely than that
  const isLooser = typeof rtol === 'number' && typeof own.rtol === 'number' && own.rtol > rtol
  // The number of equal steps is known before
  const isBounded = own.step !== undefined
  const isOther = (['method', 'rtol', 'atol', 'maxStep', 'controller'] as const).some(
    (name) => own[name] !== undefined,
  )
  const usual = Math.max(FEW, TIMES_FORWARD * nsteps)
  return {
    tolerance: { rtol: isLooser ? own.rtol : rtol, atol },
    mostSteps: isBounded ? Infinity : isOther ? TIMES_OWN * usual : usual,
  }
}

/** So that an absent option falls back to another one. */
export function withoutUndefined<T extends object>(options: T | undefined): Partial<T> {
  if (options === undefined) return {}
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}
