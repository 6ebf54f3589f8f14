import type { FloatArray } from '../ivp/index.ts'
import { largestTolerance } from '../ivp/space/typedArraySpace.ts'
import type { Gradients } from './gradients.ts'
import type { LossSize } from './lossSize.ts'
import { changeOfLoss, type CertifiedSolve, type Moved } from './movedLoss.ts'

/** What is moved; null stays. */
export interface Direction {
  readonly h0: Float64Array | null
  readonly theta: Float64Array | null
}

/** A gradient along a direction, against a finite difference of the loss. */
export interface Comparison {
  /** NaN where it cannot be formed: a moved solve fails. */
  readonly finiteDifference: number
  /** The gradient . direction. */
  readonly directional: number
  /** Root sum of squares of the components of `directional`: what it is for usual signs of the direction. */
  readonly usual: number
  /** What the finite difference cannot tell from nothing. */
  readonly resolution: number
  /** How far from a straight line L is along the direction: the difference of both one-sided differences, halved, or of two steps; 0 where there is but one. */
  readonly bend: number
}

/** The share of each component's size by which a replay moves it: beside it bends are small, and rounding of f to single precision too. */
const stepOfReplay = (h0: FloatArray): number => (h0 instanceof Float32Array ? 2 ** -9 : 2 ** -17)
/** Roundings of a step in spacings: coefficients of DOP853 add up to dozens. */
const ROUNDINGS = 32
const spacing = (h0: FloatArray): number => (h0 instanceof Float32Array ? 2 ** -23 : 2 ** -52)

/**
 * By one replay of the steps taken: the steps do not change, so L is as smooth as f and the step may be tiny. Where that fails, or is not close enough, by
 * another one in the other direction.
 * @param isExact - whether the gradient is that of the steps taken, and so owes nothing to tolerances
 */
export function byReplay<V extends FloatArray>(
  solve: CertifiedSolve<V>,
  incoming: ReadonlyArray<V>,
  gradients: Gradients<V>,
  direction: Direction,
  size: LossSize,
  isExact: boolean,
  isClose: (found: Comparison) => boolean,
): Comparison {
  const e = stepOfReplay(solve.h0)
  const rounding = ROUNDINGS * Math.sqrt(solve.stepTimes.length) * spacing(solve.h0) * size.terms
  const resolution = rounding / e + (isExact ? 0 : size.errors)
  const at = (by: number): Comparison => {
    const moved = movedBy(solve, direction, by)
    const finiteDifference = changeOfLoss(solve, incoming, moved, true) / by
    return { ...along(solve, gradients, moved, solve, by), finiteDifference, resolution, bend: 0 }
  }
  const above = at(e)
  if (isClose(above)) return above
  const below = at(-e)
  if (!Number.isFinite(above.finiteDifference)) return below
  if (!Number.isFinite(below.finiteDifference)) return above
  const mean = (of: 'finiteDifference' | 'directional'): number => (above[of] + below[of]) / 2
  const bend = Math.abs(above.finiteDifference - below.finiteDifference) / 2
  return {
    ...above,
    finiteDifference: mean('finiteDifference'),
    directional: mean('directional'),
    bend,
  }
}

/** Steps of `bySolves`, in units of the first. */
const STEPS = [1, 1 / 4, 1 / 16]

/**
 * By two solves that choose their steps anew. The step is the cube root of rtol: then the solver's error in the difference, rtol / e, and its curvature,
 * e^2, are both rtol^(2/3). Where that is not close, by two more with a quarter of the step: where h0 and parameters moved by a tenth turn an oscillation by
 * radians, the first difference is no slope. Where these two disagree, once more; where they still do, the loss bends.
 */
export function bySolves<V extends FloatArray>(
  solve: CertifiedSolve<V>,
  incoming: ReadonlyArray<V>,
  gradients: Gradients<V>,
  direction: Direction,
  size: LossSize,
  isClose: (found: Comparison) => boolean,
): Comparison {
  const step = Math.min(
    0.1,
    Math.max(stepOfReplay(solve.h0), Math.cbrt(largestTolerance(solve.forward.rtol ?? 1e-3))),
  )
  // Also for smaller steps: what they see less well is not to be trusted for that
  const resolution = (2 * size.errors) / step
  const by = (e: number): Comparison => {
    const [above, below] = [movedBy(solve, direction, e), movedBy(solve, direction, -e)]
    const up = changeOfLoss(solve, incoming, above, false)
    const down = Number.isFinite(up) ? changeOfLoss(solve, incoming, below, false) : NaN
    return {
      ...along(solve, gradients, above, below, 2 * e),
      finiteDifference: (up - down) / (2 * e),
      resolution,
      bend: Math.abs(up + down) / (2 * e),
    }
  }
  let last: Comparison | null = null
  for (const part of STEPS) {
    const found = by(part * step)
    if (isClose(found)) return found
    if (last === null || !Number.isFinite(last.finiteDifference)) {
      last = found
    } else if (Number.isFinite(found.finiteDifference)) {
      const apart = Math.abs(found.finiteDifference - last.finiteDifference)
      last = { ...found, bend: Math.max(found.bend, apart) }
      if (!isBent(last)) break
    }
  }
  return last!
}

/** Whether the loss is as far from a straight line as to explain why a difference is not close. */
export function isBent({
  finiteDifference,
  directional,
  bend,
}: Pick<Comparison, 'finiteDifference' | 'directional' | 'bend'>): boolean {
  return bend > Math.abs(finiteDifference - directional) / 2
}

function movedBy<V extends FloatArray>(
  { h0, params }: CertifiedSolve<V>,
  { h0: v, theta: w }: Direction,
  by: number,
): Moved<V> {
  return {
    h0: v === null ? h0 : (h0.map((value, i) => value + by * v[i]!) as V),
    theta: w === null || params === null ? null : paramsMoved(params.theta, w, by, h0),
  }
}

/** In the precision of the state, as gradients are. */
function paramsMoved<V extends FloatArray>(
  theta: ArrayLike<number>,
  w: Float64Array,
  by: number,
  like: V,
): V {
  const moved = Float64Array.from(theta, (value, i) => value + by * w[i]!)
  return (like instanceof Float32Array ? Float32Array.from(moved) : moved) as V
}

/** The gradient along the way from one place to another, as it was rounded. */
function along<V extends FloatArray>(
  { h0, params }: CertifiedSolve<V>,
  gradients: Gradients<V>,
  to: Moved<V>,
  from: { readonly h0: V; readonly theta?: V | null },
  length: number,
): Pick<Comparison, 'directional' | 'usual'> {
  let sum = 0
  let usual = 0
  const add = (gradient: V, end: ArrayLike<number>, start: ArrayLike<number>): void => {
    for (let i = 0; i < gradient.length; i++) {
      const move = end[i]! - start[i]!
      const term = move === 0 ? 0 : gradient[i]! * move
      sum += term
      // Gradients of unstable steps have squares that overflow
      usual = Math.hypot(usual, term)
    }
  }
  if (to.h0 !== h0) add(gradients.h0, to.h0, from.h0)
  if (to.theta !== null && params !== null) add(gradients.theta, to.theta, from.theta ?? params.theta)
  return { directional: sum / length, usual: usual / Math.abs(length) }
}
