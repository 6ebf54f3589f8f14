/** The functions and matrices that a case hands to `solveIvp`. */
import { solveIvp } from '../../src/index.ts'
import type { CaseOptions, EventCase, Form, FuzzCase } from './fuzzCase.ts'
import { placeOf, repeated, startOf, timeAt } from './fuzzQuantities.ts'
import { rhsNamed } from './fuzzRhs.ts'
import { OwnError, type Floats, type Watch } from './fuzzWatch.ts'

/** The right-hand side in the form asked for. @param nested - it solves other problems while it is called */
export function rhsOf(
  given: FuzzCase,
  form: Form,
  nested: boolean,
  watch: Watch,
): (...all: never[]) => unknown {
  const { t0, t1, n, fault } = given
  const { component } = rhsNamed(given.rhs.kind)
  const direction = t1 < t0 ? -1 : 1
  const isSingle = given.array === 'Float32Array'
  const isFaulty = (t: number, y: ArrayLike<number>): boolean => {
    if (fault === undefined) return false
    const { from } = fault
    if ('call' in from) return watch.calls >= from.call
    if ('time' in from) return direction * (t - timeAt(given, from.time)) >= 0
    return n > 0 && Math.abs(y[0]!) >= from.state
  }
  /** dy/dt as numbers, or what a misbehaving function returns instead. */
  const evaluate = (t: number, y: ArrayLike<number>): number[] | string | undefined => {
    watch.calls++
    watch.spend(t)
    const place = placeOf(given, t, y)
    const derivative = Array.from({ length: n }, (_, i) => component(place, i))
    if (nested && watch.calls % 7 === 1) solveAnother(watch.calls)
    if (!isFaulty(t, y)) return derivative
    const { what, at } = fault!
    const put = (value: number): number[] => {
      if (at === 'all') derivative.fill(value)
      else if (n > 0) derivative[at === 'first' ? 0 : n - 1] = value
      return derivative
    }
    switch (what) {
      case 'throw':
        return watch.raise(new OwnError('the right-hand side'))
      case 'long':
        return [...derivative, 0]
      case 'short':
        return derivative.slice(1)
      case 'undefined':
        return undefined
      case 'text':
        return 'x'.repeat(n)
      case 'huge':
        return put(1e308)
      default:
        return put(Number(what))
    }
  }
  const isValue = (value: unknown): value is number[] => Array.isArray(value) && value.length === n
  const same = new Float64Array(n)
  const forms: Record<Form, (...all: never[]) => unknown> = {
    returning: (t: number, y: Floats, ...rest: unknown[]) => {
      watch.look(t, y, rest)
      const value = evaluate(t, y)
      // Of a fixed point the state itself, which is a derivative like any other
      return isValue(value) && value.every((x, i) => Object.is(x, y[i])) ? y : value
    },
    'same array': (t: number, y: Floats, ...rest: unknown[]) => {
      watch.look(t, y, rest)
      const value = evaluate(t, y)
      if (!isValue(value)) return value
      same.set(value)
      return same
    },
    inPlace: (t: number, y: Floats, dydt: Floats | undefined, ...rest: unknown[]) => {
      watch.look(t, y, rest)
      const out = dydt ?? watch.raise(new OwnError('no place to write to'))
      const value = evaluate(t, y)
      if (!isValue(value)) return
      for (let i = 0; i < out.length; i++) out[i] = value[i]!
    },
    'inPlace, zeros unwritten': (t: number, y: Floats, dydt: Floats | undefined, ...rest: unknown[]) => {
      watch.look(t, y, rest)
      const out = dydt ?? watch.raise(new OwnError('no place to write to'))
      const value = evaluate(t, y)
      if (isValue(value)) value.forEach((x, i) => Object.is(x, 0) || (out[i] = x))
    },
    vectorized: (t: number, rows: ReadonlyArray<Floats>, ...rest: unknown[]) => {
      const count = rows[0]?.length ?? 1
      const columns = Array.from({ length: count }, (_, q) => {
        const y = isSingle
          ? Float32Array.from(rows, (row) => row[q]!)
          : Float64Array.from(rows, (row) => row[q]!)
        watch.look(t, y, rest)
        return evaluate(t, y)
      })
      const odd = columns.find((column) => !isValue(column))
      if (odd === undefined && columns.some((column) => column === undefined)) return undefined
      const height = (odd ?? columns[0]!).length
      return Array.from({ length: height }, (_, i) => columns.map((column) => column![i]))
    },
  }
  return forms[form]
}

/** An event function, or an object with one. */
export function eventOf(
  { g, c, terminal, direction, isObject }: EventCase,
  given: FuzzCase,
  watch: Watch,
): unknown {
  const { t0, t1 } = given
  const sense = t1 < t0 ? -1 : 1
  const at = timeAt(given, c)
  const fn = (t: number, y: Floats, ...rest: unknown[]): number => {
    watch.looks++
    watch.spend(t)
    watch.look(t, y, rest)
    switch (g) {
      case 'time':
        return t - at
      case 'state':
        return (y[0] ?? 0) - c
      case 'sine':
        return Math.sin((20 * (t - t0)) / (Math.abs(at - t0) || 1))
      case 'zero':
        return 0
      case 'NaN':
        return sense * (t - at) > 0 ? NaN : 1
      case 'throw':
        return sense * (t - at) > 0 ? watch.raise(new OwnError('an event')) : 1
    }
  }
  const attributes = {
    ...(terminal === undefined ? {} : { terminal }),
    ...(direction === undefined ? {} : { direction }),
  }
  return isObject ? { fn, ...attributes } : Object.assign(fn, attributes)
}

/** The Jacobian: a function, or a constant matrix. */
export function jacOf(given: FuzzCase, watch: Watch): unknown {
  const { t0, n, options } = given
  const { jac, lband, uband } = options
  if (jac === undefined) return undefined
  const { partial } = rhsNamed(given.rhs.kind)
  const band = lband === undefined && uband === undefined ? null : ([lband ?? 0, uband ?? 0] as const)
  const at = (t: number, y: ArrayLike<number>): unknown => {
    if (jac.is === 'throw') return watch.raise(new OwnError('the Jacobian'))
    const place = placeOf(given, t, y)
    const entry = (i: number, j: number): number => {
      if (jac.is === 'zero') return 0
      if (jac.is === 'NaN') return NaN
      return (jac.is === 'negative' ? -1 : 1) * partial(place, i, j)
    }
    const size = jac.is === 'wrong shape' ? n + 1 : n
    const asObject = jac.isObject ?? false
    if (band === null) return matrix(size, size, entry, asObject)
    const packed = (d: number, j: number): number => {
      const i = d - band[1] + j
      return i >= 0 && i < n ? entry(i, j) : 0
    }
    return matrix(band[0] + band[1] + 1, size, packed, asObject)
  }
  if (jac.isMatrix && jac.is !== 'throw') return at(t0, startOf(given))
  return (t: number, y: Floats, ...rest: unknown[]) => {
    watch.look(t, y, rest)
    return at(t, y)
  }
}

/** `jacSparsity`. */
export function patternOf(given: FuzzCase): unknown {
  const { t0, n } = given
  const { jacSparsity: pattern } = given.options
  const { partial } = rhsNamed(given.rhs.kind)
  if (pattern === undefined) return undefined
  // Where no state makes it zero
  const place = placeOf(given, t0, repeated([0.7, 0.3, 0.2], n))
  const entry = (i: number, j: number): number =>
    pattern === 'full' ? 1 : i === j || (pattern === 'right' && partial(place, i, j) !== 0) ? 1 : 0
  return matrix(n, n, entry, false)
}

function matrix(
  rows: number,
  columns: number,
  entry: (i: number, j: number) => number,
  asObject: boolean,
): unknown {
  if (asObject) return { rows, columns, get: entry }
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => entry(i, j)))
}

export function controllerOf(name: CaseOptions['controller'], watch: Watch): unknown {
  const judging = (judge: (errorNorm: number) => { accept: boolean; factor: number }): unknown => ({
    judge: ({ errorNorm }: { errorNorm: number }) => judge(errorNorm),
  })
  switch (name) {
    case undefined:
      return undefined
    case 'halving':
      return judging((error) => ({ accept: error < 1, factor: error < 0.1 ? 2 : error < 1 ? 1 : 0.5 }))
    case 'accepts all':
      return judging(() => ({ accept: true, factor: 1 }))
    case 'rejects all':
      return judging(() => ({ accept: false, factor: 0.5 }))
    case 'NaN':
      return judging((error) => ({ accept: error < 1, factor: NaN }))
    case 'zero':
      return judging((error) => ({ accept: error < 1, factor: 0 }))
    case 'throw':
      return judging(() => watch.raise(new OwnError('the controller')))
  }
}

/** A small solve of another size, so that memory in use is neither first nor last. */
function solveAnother(seed: number): void {
  const n = seed % 2 === 0 ? 1 : 50
  const method = seed % 3 === 0 ? 'LSODA' : 'RK45'
  solveIvp((_, y) => Float64Array.from(y, (x) => -x), [0, 1], new Float64Array(n).fill(seed), { method })
}
