import type { FloatArray } from '../ivp/index.ts'
import { largestTolerance } from '../ivp/space/typedArraySpace.ts'
import { byReplay, bySolves, isBent, type Comparison, type Direction } from './finiteDifference.ts'
import type { Gradients } from './gradients.ts'
import { areStepsLong } from './longSteps.ts'
import { lossSize } from './lossSize.ts'
import { givesSameF } from './movableParams.ts'
import { hasEqualSteps, isImplicit, type CertifiedSolve } from './movedLoss.ts'
import type { GradientMethod } from './pullback.ts'
import { lehmer, paramSizesOf, randomDirection, stateSizes } from './randomDirection.ts'
import { vjpFault, type VjpFault } from './vjpFault.ts'

/** Why a gradient does not agree with finite differences, or why that is not known. */
export type Disagreement =
  /** The vector-Jacobian product does not match f. */
  | { readonly kind: 'vjp'; readonly fault: VjpFault }
  | { readonly kind: 'notFinite' }
  /** Past the bound. */
  | { readonly kind: 'differs' }
  /** Not known: `withParams(theta)` is not f. */
  | { readonly kind: 'otherF' }
  /** Not known: moved solves fail. */
  | { readonly kind: 'failed' }
  /** Not known: the loss bends so much that its slope is not to be had by differences. */
  | { readonly kind: 'bends' }

/** A gradient against finite differences. */
export interface Agreement {
  /** Null where it cannot be formed. */
  readonly finiteDifference: number | null
  readonly directional: number
  /** Relative; null where it is not known. */
  readonly difference: number | null
  /** What was asked of `difference`. */
  readonly bound: number
  readonly disagreement: Disagreement | null
  /** Whether the steps are at the edge of stability of their explicit method. */
  readonly hasLongSteps: boolean
}

/**
 * Compares a gradient with finite differences of the loss along random directions. Where the steps can be taken again: h0 and parameters apart, by replays. Where
 * they cannot, with an implicit method or with steps at the edge of stability, or where replays fail: both at once, by solves that choose their steps anew.
 */
export function agreementOf<V extends FloatArray>(
  solve: CertifiedSolve<V>,
  incoming: ReadonlyArray<V>,
  gradients: Gradients<V>,
  gradient: GradientMethod,
  { agreement, seed = 1 }: { readonly agreement?: number | undefined; readonly seed?: number | undefined },
): Agreement {
  const { h0, states, params, rhs, forward } = solve
  const next = lehmer(seed)
  const v = randomDirection(h0, stateSizes(h0, states), next)
  const w =
    params === null ? null : randomDirection(params.theta, paramSizesOf(params.theta, rhs.paramSizes), next)
  const size = lossSize(solve, incoming)
  const fault = vjpFault(solve, next)
  const hasLongSteps = !isImplicit(forward) && !hasEqualSteps(forward) && areStepsLong(solve, next)
  const usual = usualBounds(gradient, forward)
  const nothing = { finiteDifference: null, directional: NaN, difference: null }
  if (gradients.failure !== undefined) {
    const disagreement = fault === null ? null : ({ kind: 'vjp', fault } as const)
    return { ...nothing, bound: agreement ?? usual.replays, disagreement, hasLongSteps }
  }
  if (fault === null && params !== null && !givesSameF(rhs, params, solve.ts[0]!, h0)) {
    return { ...nothing, bound: agreement ?? usual.replays, disagreement: { kind: 'otherF' }, hasLongSteps }
  }
  if (!isImplicit(forward) && !hasLongSteps) {
    const bound = agreement ?? usual.replays
    const isExact = gradient === 'discrete'
    const isClose = (of: Comparison): boolean => judge(of, usual.replays) <= bound
    const apart: Direction[] = [{ h0: v, theta: null }]
    if (w !== null && w.length > 0) apart.push({ h0: null, theta: w })
    const parts = apart.map((of) => byReplay(solve, incoming, gradients, of, size, isExact, isClose))
    const sum = (of: 'finiteDifference' | 'directional' | 'bend'): number =>
      parts.reduce((total, part) => total + part[of], 0)
    const whole = {
      finiteDifference: sum('finiteDifference'),
      directional: sum('directional'),
      bend: sum('bend'),
      difference: Math.max(...parts.map((part) => judge(part, usual.replays))),
    }
    if (Number.isFinite(whole.finiteDifference)) return { ...verdict(whole, bound, fault), hasLongSteps }
  }
  const bound = agreement ?? usual.solves
  const isClose = (of: Comparison): boolean => judge(of, usual.solves) <= bound
  const both = bySolves(solve, incoming, gradients, { h0: v, theta: w }, size, isClose)
  return { ...verdict({ ...both, difference: judge(both, usual.solves) }, bound, fault), hasLongSteps }
}

/** Bounds on `Agreement.difference` unless one is given: what is off by a fifth is never to be trusted. */
function usualBounds(
  gradient: GradientMethod,
  forward: CertifiedSolve<FloatArray>['forward'],
): { readonly replays: number; readonly solves: number } {
  const rtol = largestTolerance(forward.rtol ?? 1e-3)
  const within = (bound: number): number => Math.min(0.2, Math.max(0.02, bound))
  const isByTolerance = gradient !== 'discrete' && !hasEqualSteps(forward)
  return { replays: within(isByTolerance ? 100 * rtol : 0), solves: within(10 * rtol ** (2 / 3)) }
}

/** The difference relative to what the direction moves; what cannot be told from nothing is within the usual bound. */
function judge({ finiteDifference, directional, usual, resolution }: Comparison, usualBound: number): number {
  const off = Math.abs(finiteDifference - directional)
  const moved = Math.max(Math.abs(finiteDifference), Math.abs(directional), usual)
  return off === 0 ? 0 : off / Math.max(moved, resolution / usualBound)
}

function verdict(
  {
    finiteDifference,
    directional,
    bend,
    difference,
  }: Pick<Comparison, 'finiteDifference' | 'directional' | 'bend'> & { readonly difference: number },
  bound: number,
  fault: VjpFault | null,
): Omit<Agreement, 'hasLongSteps'> {
  const isFormed = Number.isFinite(finiteDifference)
  const isBending = difference > bound && isBent({ finiteDifference, directional, bend })
  const disagreement = ((): Disagreement | null => {
    if (fault !== null) return { kind: 'vjp', fault }
    if (!Number.isFinite(directional)) return { kind: 'notFinite' }
    if (!isFormed) return { kind: 'failed' }
    if (isBending) return { kind: 'bends' }
    return difference <= bound ? null : { kind: 'differs' }
  })()
  return {
    finiteDifference: isFormed ? finiteDifference : null,
    directional,
    difference: isFormed && Number.isFinite(directional) && !isBending ? difference : null,
    bound,
    disagreement,
  }
}
