import { IvpInputError, solveIvp, type FloatArray, type IvpFailure, type IvpResult } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import type { DirectionOptions } from './continuousAdjoint.ts'
import { dot } from './flatArray.ts'
import type { Gradients } from './gradients.ts'
import { checkNestedNames } from './nestedNames.ts'
import type { DifferentiableRhs } from './vjp.ts'

/** What a certificate demands. */
export interface CertifyOptions {
  /** Most that the state may be off where it was solved backwards, in tolerances atol + rtol |h| (root mean square). Default 1000. */
  readonly reconstruction?: number | undefined
  /** Most that gradient and finite difference may differ, see `GradientCertificate.difference`. Default max(0.02, 10 rtol^(2/3)). */
  readonly agreement?: number | undefined
  /** What to do past a bound: 'warn' (default), or 'discrete': take the exact gradient of the steps instead; explicit methods only. */
  readonly otherwise?: 'warn' | 'discrete' | undefined
  /** Chooses the direction. Default 1. */
  readonly seed?: number | undefined
}

const KNOWN: ReadonlyArray<keyof CertifyOptions> = ['reconstruction', 'agreement', 'otherwise', 'seed']

/**
 * What the option `certify` asks for; null for nothing.
 * @throws IvpInputError
 */
export function checkCertify(request: unknown): CertifyOptions | null {
  if (request === undefined || request === false) return null
  if (request === true) return {}
  if (request === null || typeof request !== 'object') {
    throw new IvpInputError('certify', request, 'must be true, false, or an object of options')
  }
  checkNestedNames('certify', request, KNOWN)
  const { reconstruction, agreement, otherwise, seed } = request as Record<string, unknown>
  for (const [name, bound] of Object.entries({ reconstruction, agreement })) {
    if (bound === undefined || (typeof bound === 'number' && bound >= 0)) continue
    throw new IvpInputError(`certify.${name}`, bound, 'must be a number >= 0')
  }
  if (otherwise !== undefined && otherwise !== 'warn' && otherwise !== 'discrete') {
    throw new IvpInputError('certify.otherwise', otherwise, "must be 'warn' or 'discrete'")
  }
  if (seed !== undefined && !Number.isFinite(seed)) {
    throw new IvpInputError('certify.seed', seed, 'must be a finite number')
  }
  return request
}

/** How far a gradient was checked against the solve that it belongs to. */
export interface GradientCertificate {
  /** |h_back - h| in tolerances, the largest at any output time; null where h was not solved backwards. */
  readonly reconstruction: number | null
  /** (L(h0 + e v) - L(h0 - e v)) / (2 e) for a random direction v of h0, by two more solves. */
  readonly finiteDifference: number
  /** dL/dh0 . v, which should be the same. */
  readonly directional: number
  /** Their difference, over the larger of |dL/dh0 . v| and what it is in the mean over directions, |dL/dh0| |v| / sqrt(n). */
  readonly difference: number
  /** The bounds that were applied. */
  readonly bounds: { readonly reconstruction: number; readonly agreement: number }
  /** Both bounds hold and the backward solve did not fail. */
  readonly isTrusted: boolean
}

/**
 * Checks a gradient of L = sum_j incoming_j . h(t_j), with the incoming gradients held constant.
 *
 * The step e is the cube root of rtol, relative to the size of h0: then the solver's error in the difference, rtol / e, and its curvature, e^2, are both
 * rtol^(2/3). Costs two forward solves.
 */
export function certify<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  h0: V,
  forward: DirectionOptions<V>,
  incoming: ReadonlyArray<V>,
  gradients: Gradients<V>,
  options: CertifyOptions,
): GradientCertificate {
  const { reconstruction = null } = gradients
  const bounds = {
    reconstruction: options.reconstruction ?? 1000,
    agreement: options.agreement ?? Math.max(0.02, 10 * largestRtol(forward) ** (2 / 3)),
  }
  const n = h0.length
  const v = directionOf(h0, options.seed ?? 1)
  const size = Math.sqrt(dot(h0, h0) / n)
  const e = Math.cbrt(largestRtol(forward)) * (size > 0 ? size : 1)
  const loss = (by: number): number => {
    const start = h0.map((value, i) => value + by * v[i]!) as V
    const result = solveIvp(
      rhs.f as (t: number, h: FloatArray, dh: FloatArray) => void,
      [ts[0]!, ts[ts.length - 1]!],
      start as FloatArray,
      { ...(forward as DirectionOptions<FloatArray>), tEval: ts, inPlace: true },
    ) as IvpResult<V>
    if (result.failure !== undefined) return NaN
    return result.states.reduce((sum, h, j) => sum + dot(incoming[j]!, h), 0)
  }
  const finiteDifference = (loss(e) - loss(-e)) / (2 * e)
  const directional = dot(gradients.h0, v)
  const usual = Math.sqrt((dot(gradients.h0, gradients.h0) * dot(v, v)) / n)
  const scale = Math.max(Math.abs(directional), usual)
  const off = Math.abs(finiteDifference - directional)
  const difference = off === 0 ? 0 : off / scale
  return {
    reconstruction,
    finiteDifference,
    directional,
    difference,
    bounds,
    // Written so that NaN is not trusted
    isTrusted:
      gradients.failure === undefined &&
      (reconstruction === null || reconstruction <= bounds.reconstruction) &&
      difference <= bounds.agreement,
  }
}

/** What is wrong, in one sentence for `Gradients.warnings`. */
export function distrust(
  { reconstruction, difference, bounds }: GradientCertificate,
  failure: IvpFailure | undefined,
): string {
  if (failure !== undefined) return `There is no gradient: the backward solve failed (${failure.kind}).`
  const lost =
    reconstruction !== null && !(reconstruction <= bounds.reconstruction)
      ? `the state solved backwards is ${reconstruction.toPrecision(2)} tolerances off (bound ${bounds.reconstruction})`
      : `it differs from a finite difference by ${difference.toPrecision(2)} (bound ${bounds.agreement.toPrecision(2)})`
  return `The gradient is not to be trusted: ${lost}. Use gradient 'discrete', or 'interpolating' with an implicit method.`
}

function largestRtol({ rtol = 1e-3 }: Pick<DirectionOptions<FloatArray>, 'rtol'>): number {
  return typeof rtol === 'number' ? rtol : Array.from(rtol).reduce((most, value) => Math.max(most, value))
}

/** Components 1 or -1, by Lehmer's generator. @see Park, Miller, "Random number generators: good ones are hard to find", CACM 31 (1988) */
function directionOf<V extends FloatArray>(like: V, seed: number): V {
  const v = zerosLike(like)
  const modulus = 2 ** 31 - 1
  let state = 1 + (Math.abs(Math.trunc(seed)) % (modulus - 1))
  const next = (): number => (state = (state * 16_807) % modulus)
  // The first numbers from small seeds are small
  next()
  for (let i = 0; i < v.length; i++) v[i] = next() < modulus / 2 ? -1 : 1
  return v
}
