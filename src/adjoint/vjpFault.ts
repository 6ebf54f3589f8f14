import type { FloatArray } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { dot } from './flatArray.ts'
import type { CertifiedSolve } from './movedLoss.ts'
import { largestOf, paramSizesOf, randomDirection, stateSizes } from './randomDirection.ts'

/** Which product does not match f, and where. */
export interface VjpFault {
  readonly product: 'ah' | 'atheta'
  readonly t: number
  /** By the vector-Jacobian product, and by differences of f. */
  readonly byProduct: number
  readonly byDifferences: number
}

/** Of a precision. */
interface Limits {
  /** Most that a product and a difference of f may differ, relative to what the direction moves. */
  readonly bound: number
  /** The share of its size by which a component is moved. */
  readonly step: number
  readonly spacing: number
  /** Least weight^-1 of a component of f, over their root mean square: f in single precision, of tensors above all, rounds all of them alike. */
  readonly least: number
}

const DOUBLE: Limits = { bound: 0.02, step: 2 ** -18, spacing: 2 ** -52, least: 1e-9 }
const SINGLE: Limits = { bound: 0.05, step: 2 ** -9, spacing: 2 ** -23, least: 1 }

/**
 * Holds the vector-Jacobian product against differences of f at the first, the middle and the last output time, along random directions; null where
 * it matches, or where f is not smooth enough to tell.
 *
 * Costs for each of the three times one product and five evaluations of f (three where the parameters cannot be moved), and twice as many where it does not match.
 */
export function vjpFault<V extends FloatArray>(
  solve: CertifiedSolve<V>,
  next: () => number,
): VjpFault | null {
  const { ts, states } = solve
  const last = ts.length - 1
  for (const j of new Set([0, last >> 1, last])) {
    const found = faultAt(solve, ts[j]!, states[j]!, next)
    if (found !== null) return found
  }
  return null
}

function faultAt<V extends FloatArray>(
  { rhs, states, params }: CertifiedSolve<V>,
  t: number,
  h: V,
  next: () => number,
): VjpFault | null {
  const limits = h instanceof Float32Array ? SINGLE : DOUBLE
  const a = covector(h, states, limits.least, next)
  const out = { dh: zerosLike(h), ah: zerosLike(h), atheta: zerosLike(h, rhs.nParams) }
  rhs.vjp(t, h.slice() as V, a.slice() as V, out)
  const slopes = zerosLike(h)
  const along = (f: typeof rhs.f, at: V): number => {
    f(t, at, slopes)
    return dot(a, slopes)
  }
  const f0 = along(rhs.f, h.slice() as V)
  let size = 0
  for (let i = 0; i < h.length; i++) size = Math.hypot(size, a[i]! * slopes[i]!)
  const compare = (product: 'ah' | 'atheta', along: Along<V>): VjpFault | null => {
    const near = difference(out[product], along, f0, size, limits.step, limits)
    if (near.isWithin) return null
    // What a bend or rounding makes depends on the step
    const far = difference(out[product], along, f0, size, 4 * limits.step, limits)
    const off = Math.abs(near.byDifferences - near.byProduct)
    if (far.isWithin || !(Math.abs(near.byDifferences - far.byDifferences) <= off / 4)) return null
    return { product, t, byProduct: near.byProduct, byDifferences: near.byDifferences }
  }
  const v = randomDirection(h, stateSizes(h, states), next)
  const ofState = compare('ah', { at: h, v, value: (x) => along(rhs.f, x) })
  if (ofState !== null || params === null) return ofState
  const { theta, withParams } = params
  const w = randomDirection(theta, paramSizesOf(theta, rhs.paramSizes), next)
  return compare('atheta', { at: theta, v: w, value: (x) => along(withParams(x).f, h.slice() as V) })
}

/** Weights of the components of f, each in units of its component of h, so that none is lost beside others. */
function covector<V extends FloatArray>(
  h: V,
  states: ReadonlyArray<V>,
  least: number,
  next: () => number,
): V {
  const largest = largestOf(states)
  const mean = Math.sqrt(dot(largest, largest) / h.length)
  const floor = mean > 0 ? least * mean : 1
  return h.map((_, i) => (next() < 0.5 ? -1 : 1) / Math.max(largest[i]!, floor)) as V
}

/** A function of numbers, from a point in a direction. */
interface Along<V extends FloatArray> {
  readonly at: ArrayLike<number>
  readonly v: Float64Array
  readonly value: (x: V) => number
}

function difference<V extends FloatArray>(
  gradient: V,
  { at, v, value }: Along<V>,
  f0: number,
  size: number,
  step: number,
  { bound, spacing }: Limits,
): { readonly byProduct: number; readonly byDifferences: number; readonly isWithin: boolean } {
  const place = (by: number): V => zerosLike(gradient).map((_, i) => at[i]! + by * v[i]!) as V
  const [above, below] = [place(step), place(-step)]
  const moved = Float64Array.from(above, (x, i) => (x - below[i]!) / 2)
  const [up, down] = [value(above) - f0, f0 - value(below)]
  const byDifferences = (up + down) / (2 * step)
  const byProduct = dot(gradient, moved) / step
  let usual = 0
  for (let i = 0; i < moved.length; i++) usual = Math.hypot(usual, (gradient[i]! * moved[i]!) / step)
  const noise = (16 * spacing * size) / step
  const limit = bound * Math.max(Math.abs(byDifferences), Math.abs(byProduct), usual) + noise
  // Where f has a bend, or an end, there is nothing to compare with
  const isSmooth = Math.abs(up - down) / step <= limit + noise
  return { byProduct, byDifferences, isWithin: !isSmooth || Math.abs(byDifferences - byProduct) <= limit }
}
