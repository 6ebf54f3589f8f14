import { isArrayLike } from './check/arrayLike.ts'
import { LentState } from './lentState.ts'
import { WROTE, tellOnce } from './noticed.ts'
import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import { WrongLength, refuse, store, wrongLength } from './returnedDerivative.ts'
import type { Rhs } from './space/workspace.ts'

export type RhsForm = 'returning' | 'inPlace' | 'vectorized'

/** The user's right-hand side in the form that steppers call, with a counter. */
export interface CountedRhs<V> {
  /** Looks closely at its first call and at some later ones: whether the function wrote into y. */
  readonly call: Rhs<V>
  /** The same without, for who has `closely` called now and then; and `out` is set to zero before, where `wantsCleared`. */
  readonly bare: Rhs<V>
  /** Whether a function in place may leave entries of `out` as they are. */
  readonly wantsCleared: boolean
  /** Looks closely at every call. */
  readonly closely: Rhs<V>
  /** Whether every call must be looked at from now on: the function writes into y, and so gets copies. */
  readonly isWary: () => boolean
  readonly count: () => number
  /** For a solve that goes on from a snapshot. */
  readonly setCount: (count: number) => void
  /** Not counted: scipy leaves the evaluations for a finite-difference Jacobian out of nfev. */
  readonly uncounted: Rhs<V>
  /** The same at many states: one call of a vectorized function. */
  readonly many: (t: number, states: ReadonlyArray<V>) => V[]
}

type AnyFunction = (...args: unknown[]) => unknown

/** After the first call one in so many is looked at closely: a prime, so that every stage has its turn. */
const PERIOD = 127

/** Counts calls, and says which of them is looked at closely: whether the function wrote into y. */
class CallCounter {
  calls = 0
  /** The next call that is looked at closely. */
  next = 1
  /** y was written to: every call gets a copy from now on. */
  isWary = false

  planNext(): void {
    this.next = this.calls + (this.isWary ? 1 : PERIOD)
  }
}

/**
 * Adapts a right-hand side: copies what it returns, checks it, counts the calls.
 * @param form - 'inPlace': fun(t, y, dydt, ...args), entries that it does not write count as 0; 'vectorized': y and the result are n rows of k columns
 * @param warnings - where it is said, once, that the function writes into y
 */
export function countedRhs<V extends FloatArray>(
  fun: AnyFunction,
  n: number,
  args: ReadonlyArray<unknown>,
  form: RhsForm,
  warnings: string[] = [],
): CountedRhs<V> {
  const counter = new CallCounter()
  const user = new UserFunction<V>(fun, n, args, form, warnings)
  const others = new CallCounter()
  const uncounted = watched(user, others)
  const many = (t: number, states: ReadonlyArray<V>): V[] =>
    form === 'vectorized' ? user.columns(t, states) : states.map((y) => uncounted(t, y, zerosLike(y)))
  return {
    call: watched(user, counter),
    bare: bare(user, counter),
    wantsCleared: form === 'inPlace',
    closely: (t, y, out) => {
      counter.calls++
      user.t = t
      return user.callClosely(y, out, counter)
    },
    isWary: () => counter.isWary,
    count: () => counter.calls,
    setCount: (value) => {
      counter.calls = value
      counter.next = value + 1
    },
    uncounted,
    many,
  }
}

/** The right-hand side as steppers call it. One closure deep, and without arguments no spreading: either costs as much as a stage's arithmetic. */
function bare<V extends FloatArray>(user: UserFunction<V>, counter: CallCounter): Rhs<V> {
  const { fun, n, args, form } = user
  const refused = (returned: unknown, out: V): V => user.refuse(returned, out, counter)
  switch (form) {
    case 'inPlace':
      return args.length > 0
        ? (t, y, out) => {
            counter.calls++
            const returned = fun(t, y, out, ...args)
            return returned === undefined ? out : refused(returned, out)
          }
        : (t, y, out) => {
            counter.calls++
            const returned = fun(t, y, out)
            return returned === undefined ? out : refused(returned, out)
          }
    case 'returning':
      return args.length > 0
        ? (t, y, out) => {
            counter.calls++
            store(fun(t, y, ...args), n, out, counter)
            return out
          }
        : (t, y, out) => {
            counter.calls++
            store(fun(t, y), n, out, counter)
            return out
          }
    case 'vectorized':
      return vectorized(user, counter)
  }
}

/** The same, with a close look at some calls; for methods whose evaluations are few beside their linear algebra. */
function watched<V extends FloatArray>(user: UserFunction<V>, counter: CallCounter): Rhs<V> {
  const { fun, n, args, form } = user
  if (form === 'vectorized') return vectorized(user, counter)
  const closely = (y: V, out: V): V => user.callClosely(y, out, counter)
  const refused = (returned: unknown, out: V): V => user.refuse(returned, out, counter)
  // t goes to a close look through a field: V8 would box it as an argument
  if (form === 'inPlace') {
    return args.length > 0
      ? (t, y, out) => {
          if (++counter.calls === counter.next) {
            user.t = t
            return closely(y, out)
          }
          clear(out)
          const returned = fun(t, y, out, ...args)
          return returned === undefined ? out : refused(returned, out)
        }
      : (t, y, out) => {
          if (++counter.calls === counter.next) {
            user.t = t
            return closely(y, out)
          }
          clear(out)
          const returned = fun(t, y, out)
          return returned === undefined ? out : refused(returned, out)
        }
  }
  return args.length > 0
    ? (t, y, out) => {
        if (++counter.calls === counter.next) {
          user.t = t
          return closely(y, out)
        }
        store(fun(t, y, ...args), n, out, counter)
        return out
      }
    : (t, y, out) => {
        if (++counter.calls === counter.next) {
          user.t = t
          return closely(y, out)
        }
        store(fun(t, y), n, out, counter)
        return out
      }
}

function vectorized<V extends FloatArray>(user: UserFunction<V>, counter: CallCounter): Rhs<V> {
  return (t, y, out) => {
    counter.calls++
    out.set(user.columns(t, [y], counter)[0]!)
    return out
  }
}

/** What the caller gave, and calls of it that are looked at closely. */
class UserFunction<V extends FloatArray> {
  readonly fun: AnyFunction
  readonly n: number
  readonly args: ReadonlyArray<unknown>
  readonly form: RhsForm
  /** Time of a call that is looked at closely. */
  t: number = NaN
  readonly #warnings: string[]
  #lent: LentState<V> | null = null

  constructor(fun: AnyFunction, n: number, args: ReadonlyArray<unknown>, form: RhsForm, warnings: string[]) {
    this.fun = fun
    this.n = n
    this.args = args
    this.form = form
    this.#warnings = warnings
  }

  /** One call at `t` on a copy of y. */
  callClosely(y: V, out: V, counter: CallCounter): V {
    const { t, fun, args } = this
    if (this.form === 'vectorized') {
      // It is handed rows of their own in any case
      out.set(this.columns(t, [y], counter)[0]!)
      return out
    }
    const lent = (this.#lent ??= new LentState(y))
    const copy = lent.lend(y)
    counter.planNext()
    if (this.form === 'inPlace') {
      clear(out)
      const returned = fun(t, copy, out, ...args)
      if (returned !== undefined) this.refuse(returned, out, counter)
    } else {
      const result = fun(t, copy, ...args)
      store(result, this.n, out, counter)
    }
    const component = lent.firstWritten(y)
    if (component >= 0) this.#warnOfWrite(component, counter)
    return out
  }

  /**
   * A function in place returned something: a derivative that goes nowhere. The number that it has just written is none: `(t, y, dydt) => (dydt[0] = -y[0])`
   * returns it.
   */
  refuse(returned: unknown, out: V, counter: CallCounter): V {
    if (typeof returned === 'number') {
      const written = out instanceof Float32Array ? Math.fround(returned) : returned
      for (let i = 0; i < out.length; i++) if (Object.is(out[i], written)) return out
    }
    return refuse(
      returned,
      'must return nothing with `inPlace: true`: write the derivatives into its third argument, or leave `inPlace` out and return them',
      counter,
    )
  }

  /** f at many states, by one call of a vectorized function on n rows of one column each, the shape that scipy hands to it. */
  columns(t: number, states: ReadonlyArray<V>, counter: CallCounter | null = null): V[] {
    const { n } = this
    const [first] = states
    const k = states.length
    const given = Array.from(first!, (_, i) => {
      const row = zerosLike(first!, k)
      states.forEach((y, q) => (row[q] = y[i]!))
      return row
    })
    const rows = this.fun(t, given, ...this.args)
    if (!isArrayLike(rows)) {
      return refuse(rows, `must return ${n} rows with \`vectorized: true\`, one for each component`, counter)
    }
    if (rows.length !== n) throw new WrongLength(wrongLength(rows.length, n))
    const results = states.map((y) => zerosLike(y))
    for (let i = 0; i < n; i++) {
      const row = rows[i]
      const isNumber = typeof row === 'number'
      if (!isNumber && !isArrayLike(row))
        return refuse(row, `must return rows of ${k} numbers (row ${i} is none)`, counter)
      // A row that is one number stands for all columns
      if (!isNumber && row.length !== k) {
        throw new WrongLength(`fun returned ${row.length} columns in row ${i} for ${k} states`)
      }
      for (let q = 0; q < k; q++) {
        const value = isNumber ? row : row[q]
        if (typeof value !== 'number')
          return refuse(value, `must return numbers (row ${i}, column ${q} is none)`, counter)
        results[q]![i] = value
      }
    }
    return results
  }

  #warnOfWrite(component: number, counter: CallCounter): void {
    if (!counter.isWary) {
      counter.isWary = true
      counter.planNext()
    }
    const noticed = `(component ${component}, noticed at call ${counter.calls})`
    const text =
      `${WROTE} ${noticed}: y is the state itself, and must not be changed. It gets copies from here on; ` +
      `writes that were not noticed before have changed the solution. Work on \`y.slice()\` instead.`
    tellOnce(this.#warnings, text, WROTE)
  }
}

/** Sets to zero. A loop: of few components `fill` takes longer. */
function clear(out: FloatArray): void {
  if (out.length > 16) out.fill(0)
  else for (let i = 0; i < out.length; i++) out[i] = 0
}
