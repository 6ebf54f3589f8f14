/** A case in numbers: its initial state, times and derivatives. */
import type { FuzzCase } from './fuzzCase.ts'
import { rhsNamed } from './fuzzRhs.ts'
import type { Floats } from './fuzzWatch.ts'

/** One value per component. */
export function repeated(values: ReadonlyArray<number>, n: number): number[] {
  return Array.from({ length: n }, (_, i) => values[i % values.length]!)
}

/** The initial state in numbers, as the case's array type holds it. */
export function startOf({ n, values, array }: FuzzCase): Floats {
  const start = repeated(values, n)
  return array === 'Float32Array' ? Float32Array.from(start) : Float64Array.from(start)
}

/** A time by its share of the span; of an infinite span by its distance from t0. */
export function timeAt({ t0, t1 }: FuzzCase, share: number): number {
  if (share === 1 && Number.isFinite(t1)) return t1
  return Number.isFinite(t1) ? t0 + share * (t1 - t0) : t0 + Math.sign(t1) * 10 * share
}

/** The derivative without the case's fault, for the checks. */
export function derivativeOf(given: FuzzCase, t: number, y: ArrayLike<number>): number[] {
  const { component } = rhsNamed(given.rhs.kind)
  const place = placeOf(given, t, y)
  return Array.from({ length: given.n }, (_, i) => component(place, i))
}

export function placeOf(
  { t0, t1, n, rhs }: FuzzCase,
  t: number,
  y: ArrayLike<number>,
): { tau: number; y: ArrayLike<number>; n: number; k: number; span: number } {
  return { tau: t - t0, y, n, k: rhs.k, span: Number.isFinite(t1) ? t1 - t0 : 10 }
}
