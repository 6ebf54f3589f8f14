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

/** Most that a product and a difference of f may differ, relative to what the direction moves. */
const BOUND = 0.02

/**
 * Holds the vector-Jacobian product against differences of f at the first, the middle and the last output time, along random directions; null where
 * it matches, or where f is not smooth enough to tell.
 *
 * Costs for each of the three times one product and five evaluations of f (three where the parameters cannot be moved).
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
  const n = h.length
  const largest = largestOf(states)
  const sizes = stateSizes(h, states)
  // In units of the components, so that none is lost beside others
  const a = h.map((_, i) => (next() < 0.5 ? -1 : 1) / (largest[i]! > 0 ? largest[i]! : sizes[i]!)) as V
  const out = { dh: zerosLike(h), ah: zerosLike(h), atheta: zerosLike(h, rhs.nParams) }
  rhs.vjp(t, h.slice() as V, a.slice() as V, out)
  const slopes = zerosLike(h)
  const along = (f: typeof rhs.f, at: V): number => {
    f(t, at, slopes)
    return dot(a, slopes)
  }
  const f0 = along(rhs.f, h.slice() as V)
  let size = 0
  for (let i = 0; i < n; i++) size = Math.hypot(size, a[i]! * slopes[i]!)
  const e = h instanceof Float32Array ? 2 ** -9 : 2 ** -18
  const epsilon = h instanceof Float32Array ? 2 ** -23 : 2 ** -52
  const noise = (16 * epsilon * size) / e
  const compare = (
    product: 'ah' | 'atheta',
    at: ArrayLike<number>,
    sizesOf: Float64Array,
    value: (x: V) => number,
  ): VjpFault | null => {
    const v = randomDirection(at, sizesOf, next)
    const place = (by: number): V => zerosLike(h, at.length).map((_, i) => at[i]! + by * v[i]!) as V
    const [above, below] = [place(e), place(-e)]
    const moved = Float64Array.from(above, (x, i) => (x - below[i]!) / 2)
    const [up, down] = [value(above) - f0, f0 - value(below)]
    const byDifferences = (up + down) / (2 * e)
    const byProduct = dot(out[product], moved as V) / e
    let squares = 0
    for (let i = 0; i < at.length; i++) squares += (out[product][i]! * moved[i]!) ** 2
    const usual = Math.sqrt(squares) / e
    const bound = BOUND * Math.max(Math.abs(byDifferences), Math.abs(byProduct), usual) + noise
    // Where f has a bend, or an end, there is nothing to compare with
    const isSmooth = Math.abs(up - down) / e <= bound + noise
    if (!isSmooth || Math.abs(byDifferences - byProduct) <= bound) return null
    return { product, t, byProduct, byDifferences }
  }
  const ofState = compare('ah', h, sizes, (x) => along(rhs.f, x))
  if (ofState !== null || params === null) return ofState
  const { theta, withParams } = params
  return compare('atheta', theta, paramSizesOf(theta, rhs.paramSizes), (x) =>
    along(withParams(x).f, h.slice() as V),
  )
}
