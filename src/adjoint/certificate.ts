import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { checkMethod } from '../ivp/check/method.ts'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { agreementOf, type Disagreement } from './agreement.ts'
import { distrust, type Distrust } from './distrust.ts'
import type { Gradients } from './gradients.ts'
import type { CertifiedSolve } from './movedLoss.ts'
import type { GradientMethod } from './pullback.ts'

/** What a certificate demands. */
export interface CertifyOptions {
  /** Most that the state may be off where it was solved backwards, in tolerances atol + rtol |h| (root mean square). Default 1000. */
  readonly reconstruction?: number | undefined
  /**
   * Most that gradient and finite difference may differ, see `GradientCertificate.difference`. Default: 100 rtol, and 0.02 for 'discrete' and for equal steps; 10 rtol^(2/3)
   * where the steps cannot be taken again (implicit methods, steps at the edge of stability); at least 0.02 and at most 0.2.
   */
  readonly agreement?: number | undefined
  /**
   * What to do past a bound: 'warn' (default), or 'discrete': take the exact gradient of the steps instead; explicit methods only. Where the tolerances are too loose for
   * the gradient, that is no better.
   */
  readonly otherwise?: 'warn' | 'discrete' | undefined
  /** Chooses the direction. Default 1. */
  readonly seed?: number | undefined
}

const CERTIFY_OPTIONS = optionNames<CertifyOptions>({
  reconstruction: true,
  agreement: true,
  otherwise: true,
  seed: true,
})

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
  checkOptionNames(request, CERTIFY_OPTIONS, { within: 'certify' })
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
  /** Which gradients were checked: 'h0' where the right-hand side brings no `theta` and `withParams`, so that the parameters cannot be moved. */
  readonly covers: 'h0' | 'h0 and parameters'
  /** |h_back - h| in tolerances, the largest at any output time; null where h was not solved backwards. */
  readonly reconstruction: number | null
  /** The slope of L along a random direction that moves every component by about its own size, by more solves; null where it cannot be formed. */
  readonly finiteDifference: number | null
  /** The gradient . that direction, which should be the same; NaN where it was not compared. */
  readonly directional: number
  /**
   * How far these two are apart; of h0 and of the parameters, if moved one after the other, the larger. Relative to the larger of both and of the root sum of squares of gradient times
   * direction; but what the solves themselves are off (tolerances, rounding) counts as no more than the default bound. Null where it is not known.
   */
  readonly difference: number | null
  /** The bounds that were applied. */
  readonly bounds: { readonly reconstruction: number; readonly agreement: number }
  /**
   * True: all that was checked holds. False: a bound is broken, or there is no gradient. Null: nothing speaks against it, but the difference is not known.
   *
   * For 'discrete' it speaks of the steps as they were taken, not of the exact solution: where the steps are too long, the finite difference over the same steps is off
   * by as much as the gradient. Whether they are is seen by smaller tolerances (or a smaller `step`).
   */
  readonly isTrusted: boolean | null
}

/** With these the difference is not known. */
const UNKNOWN: ReadonlySet<Disagreement['kind']> = new Set(['otherF', 'failed', 'bends'] as const)

/** A certificate, and what to say of it. */
export interface Certified {
  readonly certificate: GradientCertificate
  readonly distrust: Distrust | null
}

/**
 * Checks a gradient of L = sum_j incoming_j . h(t_j), with the incoming gradients held constant.
 *
 * Cost: two forward solves, one with `covers: 'h0'`. An explicit method takes the steps of the solve again, with h0 and then with the parameters moved by
 * 2^-17 (single precision: 2^-9) of their sizes, without attempts that are rejected; where that is not close, also moved the other way. Steps that stay the same
 * leave no noise of step control. An implicit method, and an explicit one with more than 30 steps at the edge of stability, solves twice with steps chosen anew, h0
 * and parameters moved at once by the cube root of rtol, 0.1 at most; where that is not close, again by a quarter of it, and where both disagree, by a sixteenth: where
 * these disagree still, the difference is not known. Besides: at three output times a product and five evaluations of f (and two evaluations that hold `withParams` against f), which hold `vjp` against f itself, and,
 * after more than 30 steps, 12 products for the edge of stability.
 */
export function certify<V extends FloatArray>(
  solve: CertifiedSolve<V>,
  incoming: ReadonlyArray<V>,
  gradients: Gradients<V>,
  gradient: GradientMethod,
  options: CertifyOptions,
): Certified {
  const { reconstruction = null, failure } = gradients
  const { kind } = checkMethod(solve.forward.method ?? 'RK45')
  const found = agreementOf(solve, incoming, gradients, gradient, options)
  const { finiteDifference, directional, difference, bound, disagreement } = found
  const bounds = { reconstruction: options.reconstruction ?? 1000, agreement: bound }
  const isLost = reconstruction !== null && !(reconstruction <= bounds.reconstruction)
  const isKnown = disagreement === null || !UNKNOWN.has(disagreement.kind)
  const isWrong = failure !== undefined || isLost || (disagreement !== null && isKnown)
  const certificate: GradientCertificate = {
    covers: solve.params === null && solve.rhs.nParams > 0 ? 'h0' : 'h0 and parameters',
    reconstruction,
    finiteDifference,
    directional,
    difference,
    bounds,
    isTrusted: isWrong ? false : isKnown ? true : null,
  }
  return { certificate, distrust: distrust(certificate, failure, found, { gradient, kind }) }
}
