import type { FloatArray } from '../ivp/index.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import type { CertifiedSolve } from './movedLoss.ts'
import { largestOf, stateSizes } from './randomDirection.ts'

/** Explicit methods are unstable from |h lambda| = 2 (Euler) or about 3 (RK45) on, for an eigenvalue lambda < 0 of df/dh. */
const LONG = 2
/** Even, as is SETTLING: two quarter turns of an oscillation make up for each other, whatever the units. */
const ITERATIONS = 6
/** Not counted: what decays faster than the rest is gone after them. */
const SETTLING = 2
/** A few steps, however long, make little of what is moved at their start. */
const MANY_STEPS = 30

/**
 * Whether many steps of an explicit method are about as long as stability lets them be, at the middle and the last output time: |h| times the spectral radius of
 * df/dh, by power iteration of the vector-Jacobian product. Such a solve is held at its tolerance by its step control alone: its steps, taken again, need not be stable.
 *
 * Costs 6 products for each of the two times.
 */
export function areStepsLong<V extends FloatArray>(solve: CertifiedSolve<V>, next: () => number): boolean {
  const { ts, states, stepTimes } = solve
  if (stepTimes.length <= MANY_STEPS) return false
  const last = ts.length - 1
  return [...new Set([last >> 1, last])].some(
    (j) => lengthOfSteps(solve, ts[j]!) * spectralRadius(solve, ts[j]!, states[j]!, next) > LONG,
  )
}

/** The longest of the steps that end at or next to t: the last one of a solve is cut off. */
function lengthOfSteps({ stepTimes }: { readonly stepTimes: ReadonlyArray<number> }, t: number): number {
  const direction = Math.sign(stepTimes[1]! - stepTimes[0]!)
  const at = stepTimes.findIndex((end, i) => i > 0 && direction * (end - t) >= 0)
  let longest = 0
  for (let i = Math.max(1, at - 1); i <= Math.min(at + 1, stepTimes.length - 1); i++) {
    longest = Math.max(longest, Math.abs(stepTimes[i]! - stepTimes[i - 1]!))
  }
  return longest
}

function spectralRadius<V extends FloatArray>(
  { rhs, states }: CertifiedSolve<V>,
  t: number,
  h: V,
  next: () => number,
): number {
  // Not |h| at t, which for an oscillation passes through 0
  const sizes = stateSizes(largestOf(states), states)
  // Each component of the adjoint in units of its own
  let a = h.map((_, i) => (next() - 0.5) / sizes[i]!) as V
  const norm = (x: V): number => {
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += (x[i]! * sizes[i]!) ** 2
    return Math.sqrt(sum)
  }
  let growth = 0
  for (let k = 0; k < ITERATIONS; k++) {
    const out = { dh: zerosLike(h), ah: zerosLike(h), atheta: zerosLike(h, rhs.nParams) }
    const before = norm(a)
    rhs.vjp(t, h.slice() as V, a, out)
    const after = norm(out.ah)
    const ratio = after / before
    if (!(ratio > 0) || !Number.isFinite(after)) return 0
    if (k >= SETTLING) growth += Math.log(ratio)
    a = out.ah.map((x) => x / after) as V
  }
  // A single ratio of norms may be anything between radius / c and radius * c where the norm is not that of the rotation
  return Math.exp(growth / (ITERATIONS - SETTLING))
}
