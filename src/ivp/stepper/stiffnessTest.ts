import type { ErkMethod, SparseRow } from '../method/butcherTableau.ts'
import { STIFF, tellOnce } from '../noticed.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import type { ErkStepper } from './erkStepper.ts'

/** Steps between two looks while nothing is suspicious. */
export const PERIOD = 500
/** Looks that must find the step at the stability limit, and those between that take it back. HW II, Sec. IV.2 */
const HITS = 15
const MISSES = 6
/** Share of the stability interval from which on stability, not accuracy, chooses the step; dopri5 takes 3.25 of 3.31. */
const AT_LIMIT = 0.98
/** Components that are looked at. */
const MOST = 1024

/**
 * Notices that stability limits the steps of an explicit method, from stages that are there anyway: |h| times the quotient of two stages'
 * derivatives and states estimates the largest eigenvalue, and is compared with the method's stability interval.
 *
 * Two stages at the same time are best (both at the end of the step in dopri5 and dop853). A method without such takes a divided difference of
 * its last four, which leaves out what f has of low order in t.
 * @see Hairer, Wanner, "Solving Ordinary Differential Equations II", Sec. IV.2, eq. (2.25) ff.
 */
export class StiffnessTest<V extends FloatArray> {
  declare private readonly method: ErkMethod
  declare private readonly warnings: string[]
  private hits = 0
  private misses = 0
  /** A field: V8 boxes numbers that a call returns. */
  private sum = 0
  /** Made at the first look. */
  private rows: StiffnessRows | null = null

  /** @param method - with an error estimate */
  constructor(method: ErkMethod, warnings: string[]) {
    this.method = method
    this.warnings = warnings
  }

  /** After an accepted step. Returns after how many more the next look is due; null for never. */
  look({ t, k }: ErkStepper<V>): number | null {
    this.rows ??= knownRows(this.method)
    const { slopes, states, limit } = this.rows
    // |h| |slope| / |h state|
    this.addSquares(slopes, k)
    const slope = this.sum
    this.addSquares(states, k)
    const isAtLimit = this.sum > 0 && slope > limit * limit * this.sum
    if (isAtLimit) {
      this.misses = 0
      this.hits++
      if (this.hits === HITS) {
        const cure = "An implicit method takes fewer: 'Radau', 'BDF' or 'LSODA'."
        const text = `${STIFF} from t = ${t} on, or before: stability, not accuracy, limits the steps of ${this.method.name}. ${cure}`
        tellOnce(this.warnings, text, STIFF)
        return null
      }
    } else if (this.hits > 0 && ++this.misses === MISSES) {
      this.hits = 0
      this.misses = 0
    }
    return this.hits > 0 ? 1 : PERIOD
  }

  /** Sum of the squares of the row's components, of a part of them where there are many. */
  private addSquares({ index, weight }: SparseRow, k: ReadonlyArray<V>): void {
    const n = k[0]!.length
    const stride = Math.ceil(n / MOST)
    this.sum = 0
    for (let i = 0; i < n; i += stride) {
      let component = 0
      for (let q = 0; q < index.length; q++) component += weight[q]! * k[index[q]!]![i]!
      this.sum += component * component
    }
  }
}

interface StiffnessRows {
  /** Weights of the stages in a difference of derivatives and, times h, in that of the states that they belong to. */
  readonly slopes: SparseRow
  readonly states: SparseRow
  /** h lambda at the limit. */
  readonly limit: number
}

/** Made once for a method: the stability interval takes as long as many a solve. */
const known = new WeakMap<ErkMethod, StiffnessRows>()

function knownRows(method: ErkMethod): StiffnessRows {
  const rows = known.get(method) ?? rowsOf(method)
  known.set(method, rows)
  return rows
}

function rowsOf(method: ErkMethod): StiffnessRows {
  const { tableau, nStages } = method
  const nodes = [...tableau.c, 1]
  // The stage before the last has the same time, or the last four differ
  const isPair = nodes[nStages - 1] === 1
  const used = isPair ? [nStages - 1, nStages] : lastDistinct(nodes, 4)
  const weights = isPair
    ? [-1, 1]
    : used.map((j) => 1 / used.reduce((p, m) => (m === j ? p : p * (nodes[j]! - nodes[m]!)), 1))
  const a = [...tableau.a, tableau.b]
  const states = nodes.map((_, i) => used.reduce((sum, j, q) => sum + weights[q]! * (a[j]![i] ?? 0), 0))
  return {
    slopes: { index: used, weight: Float64Array.from(weights) },
    states: { index: [...states.keys()], weight: Float64Array.from(states) },
    limit: AT_LIMIT * stabilityInterval(method),
  }
}

function lastDistinct(nodes: ReadonlyArray<number>, count: number): number[] {
  const used: number[] = []
  for (let j = nodes.length - 1; j >= 0 && used.length < count; j--)
    if (!used.some((m) => nodes[m] === nodes[j])) used.unshift(j)
  return used
}

/** The largest x for which |R| <= 1 on [-x, 0], R(z) = 1 + z b^T 1 + z^2 b^T A 1 + ... being the method's stability function. */
export function stabilityInterval({ tableau, nStages }: ErkMethod): number {
  const { a, b } = tableau
  const coefficients = [1]
  let v = b.map(() => 1)
  for (let power = 1; power <= nStages; power++) {
    coefficients.push(b.reduce((sum, weight, i) => sum + weight * v[i]!, 0))
    v = a.map((row) => row.reduce((sum, weight, j) => sum + weight * v[j]!, 0))
  }
  const isStable = (x: number): boolean =>
    Math.abs(coefficients.reduceRight((sum, c) => sum * -x + c, 0)) <= 1 + 1e-12
  const step = 1 / 64
  let x = 0
  while (x < 4 * nStages * nStages && isStable(x + step)) x += step
  return x
}
