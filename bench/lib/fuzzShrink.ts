/** Makes a case as small as it can be while it still raises the same alarm. */
import type { FuzzCase } from './fuzzCase.ts'

/** Tries per case: each is as much work as a case. */
const TRIES = 100

/** @param isAlarming - whether the smaller case still raises the alarm */
export async function shrink(
  given: FuzzCase,
  isAlarming: (smaller: FuzzCase) => Promise<boolean>,
  tries: number = TRIES,
): Promise<FuzzCase> {
  let best = given
  let left = tries
  for (let hasShrunk = true; hasShrunk && left > 0;) {
    hasShrunk = false
    for (const smaller of smallerOnes(best)) {
      if (left-- <= 0) break
      if (!(await isAlarming(smaller))) continue
      best = smaller
      hasShrunk = true
      break
    }
  }
  return best
}

/** The case with one thing made simpler, the greatest simplifications first. */
function* smallerOnes(given: FuzzCase): Generator<FuzzCase> {
  const { options, t0, t1, n, values, rhs } = given
  for (const name of ['fault', 'nested', 'mistake'] as const) if (name in given) yield without(given, name)
  for (const name of Object.keys(options))
    yield { ...given, options: without(options, name as keyof typeof options) }
  if (given.form !== 'returning') yield { ...given, form: 'returning' }
  if (given.array !== 'Float64Array') yield { ...given, array: 'Float64Array' }
  for (const fewer of [0, 1, 2, 3, n >> 1]) if (fewer < n) yield { ...given, n: fewer }
  if (values.length > 1 || values[0] !== 1) yield { ...given, values: [1] }
  if (values.length > 1) for (const value of values) yield { ...given, values: [value] }
  for (const kind of ['zero', 'constant', 'linear'] as const) {
    if (rhs.kind === kind) break
    yield { ...given, rhs: { ...rhs, kind } }
  }
  for (const k of [0, 1, -1]) {
    if (rhs.k === k || (k === -1 && rhs.k === 1)) break
    yield { ...given, rhs: { ...rhs, k } }
  }
  if (given.cut !== 0 && given.cut !== 0.5) for (const cut of [0, 0.5]) yield { ...given, cut }
  if (t0 !== 0 && Number.isFinite(t1)) yield { ...given, t0: 0, t1: t1 - t0 }
  if (t0 !== 0) yield { ...given, t0: 0 }
  for (const length of [0, 1]) {
    if (Math.abs(t1 - t0) === length) break
    yield { ...given, t1: t0 + length }
    if (t1 < t0) yield { ...given, t1: t0 - length }
  }
  const { fault } = given
  if (fault !== undefined) {
    if (fault.what !== 'NaN') yield { ...given, fault: { ...fault, what: 'NaN' } }
    if (fault.at !== 'all') yield { ...given, fault: { ...fault, at: 'all' } }
  }
  for (const [name, value] of Object.entries(options)) {
    for (const simpler of simplerValues(value)) yield { ...given, options: { ...options, [name]: simpler } }
  }
  for (const digits of [1, 2, 3]) {
    const round = (x: number): number => Number(x.toPrecision(digits))
    if (Number.isFinite(t1) && round(t1) !== t1) yield { ...given, t1: round(t1) }
    if (round(rhs.k) !== rhs.k) yield { ...given, rhs: { ...rhs, k: round(rhs.k) } }
  }
}

function* simplerValues(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && value.length > 1; i++) yield value.filter((_, j) => j !== i)
    for (const [i, item] of value.entries()) {
      if (typeof item !== 'object' || item === null || Array.isArray(item)) continue
      for (const simpler of simplerValues(item)) yield value.map((other, j) => (j === i ? simpler : other))
    }
    if (value.length === 1 && typeof value[0] === 'number') yield value[0]
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value))
      if (!REQUIRED.includes(name)) yield without(value as Record<string, unknown>, name)
  } else if (typeof value === 'number') {
    for (const simple of [1, 2, 10, 0.1])
      if (
        Math.abs(Math.log10(value / simple)) < 1.5 &&
        value !== simple &&
        String(simple).length < String(value).length
      )
        yield simple
    for (const digits of [1, 2]) {
      const rounded: number = Number(value.toPrecision(digits))
      if (rounded !== value) yield rounded
    }
  }
}

/** Parts of events and Jacobians that have no default. */
const REQUIRED = ['g', 'c', 'is']

function without<T extends object, K extends keyof T>(value: T, name: K): T {
  const { [name]: _, ...rest } = value
  return rest as unknown as T
}
