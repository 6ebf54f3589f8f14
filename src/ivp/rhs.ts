import { isArrayLike } from './check/arrayLike.ts'
import { IvpInputError, describe } from './errors.ts'
import { LentState } from './lentState.ts'
import { WROTE, tellOnce } from './noticed.ts'
import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import type { Rhs } from './space/workspace.ts'

/** Raised inside a solve when the right-hand side returns what is no derivative; becomes a failure of the result. */
export class WrongLength extends Error {
  override readonly name = 'WrongLength'
}

export type RhsForm = 'returning' | 'inPlace' | 'vectorized'

/** The user's right-hand side in the form that steppers call, with a counter. */
export interface CountedRhs<V> {
  readonly call: Rhs<V>
  /** The same where the caller has set `out` to zero before, for the entries that a function in place leaves as they are. */
  readonly callCleared: Rhs<V>
  /** Whether `callCleared` wants that: whether there are such entries. */
  readonly wantsCleared: boolean
  readonly count: () => number
  /** For a solve that goes on from a snapshot. */
  readonly setCount: (count: number) => void
  /** Not counted: scipy leaves the evaluations for a finite-difference Jacobian out of nfev. */
  readonly uncounted: Rhs<V>
  /** The same at many states: one call of a vectorized function. */
  readonly many: (t: number, states: ReadonlyArray<V>) => V[]
}

type AnyFunction = (...args: unknown[]) => unknown

/** Calls in a row, from the first on, that are looked at closely; then one in `PERIOD`, which is prime so that every stage has its turn. */
const FIRST_CALLS = 3
const PERIOD = 31

/** Counts calls, and says which of them is looked at closely: what the function returned, entry by entry, and whether it wrote into y. */
class CallCounter {
  calls = 0
  /** The next call that is looked at closely. */
  next = 1
  /** y was written to: every call gets a copy from now on. */
  isWary = false

  planNext(): void {
    this.next = this.calls + (this.isWary || this.calls < FIRST_CALLS ? 1 : PERIOD)
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
  const uncounted = plain(user, others, true)
  const many = (t: number, states: ReadonlyArray<V>): V[] =>
    form === 'vectorized' ? user.columns(t, states) : states.map((y) => uncounted(t, y, zerosLike(y)))
  const call = plain(user, counter, true)
  const wantsCleared = form === 'inPlace'
  return {
    call,
    callCleared: wantsCleared ? plain(user, counter, false) : call,
    wantsCleared,
    count: () => counter.calls,
    setCount: (value) => {
      counter.calls = value
      counter.next = value + 1
    },
    uncounted,
    many,
  }
}

/**
 * The right-hand side as steppers call it. One closure deep, and without arguments no spreading: either costs as much as a stage's arithmetic.
 * @param clears - whether `out` may hold anything
 */
function plain<V extends FloatArray>(user: UserFunction<V>, counter: CallCounter, clears: boolean): Rhs<V> {
  const { fun, n, args, form } = user
  const hasArgs = args.length > 0
  // One call of `fun` in each function, so that V8 can put it in line there; what is done about some calls only has no numbers as arguments, which V8 would box
  switch (form) {
    case 'inPlace':
      return hasArgs
        ? (t, y, out) => {
            const isClose = ++counter.calls === counter.next
            const given = isClose ? user.lend(y, counter) : y
            if (clears) clear(out)
            const returned = fun(t, given, out, ...args)
            if (returned !== undefined) refuseReturned(returned, counter)
            if (isClose) user.lookAtState(y, counter)
            return out
          }
        : (t, y, out) => {
            const isClose = ++counter.calls === counter.next
            const given = isClose ? user.lend(y, counter) : y
            if (clears) clear(out)
            const returned = fun(t, given, out)
            if (returned !== undefined) refuseReturned(returned, counter)
            if (isClose) user.lookAtState(y, counter)
            return out
          }
    case 'returning':
      return hasArgs
        ? (t, y, out) => {
            const isClose = ++counter.calls === counter.next
            const given = isClose ? user.lend(y, counter) : y
            const result = fun(t, given, ...args)
            if (isClose) checkEntries(result, counter)
            store(result, n, out, counter)
            if (isClose) user.lookAtState(y, counter)
            return out
          }
        : (t, y, out) => {
            const isClose = ++counter.calls === counter.next
            const given = isClose ? user.lend(y, counter) : y
            const result = fun(t, given)
            if (isClose) checkEntries(result, counter)
            store(result, n, out, counter)
            if (isClose) user.lookAtState(y, counter)
            return out
          }
    case 'vectorized':
      return (t, y, out) => {
        counter.calls++
        out.set(user.columns(t, [y], counter)[0]!)
        return out
      }
  }
}

/** What the caller gave, and calls of it that are looked at closely. */
class UserFunction<V extends FloatArray> {
  readonly fun: AnyFunction
  readonly n: number
  readonly args: ReadonlyArray<unknown>
  readonly form: RhsForm
  readonly #warnings: string[]
  #lent: LentState<V> | null = null

  constructor(fun: AnyFunction, n: number, args: ReadonlyArray<unknown>, form: RhsForm, warnings: string[]) {
    this.fun = fun
    this.n = n
    this.args = args
    this.form = form
    this.#warnings = warnings
  }

  /** A copy of y for a call that is looked at closely. */
  lend(y: V, counter: CallCounter): V {
    counter.planNext()
    return (this.#lent ??= new LentState(y)).lend(y)
  }

  /** Whether the function wrote into what it was lent. */
  lookAtState(y: V, counter: CallCounter): void {
    const component = this.#lent!.firstWritten(y)
    if (component >= 0) this.#warnOfWrite(component, counter)
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

function store(result: unknown, n: number, out: FloatArray, counter: CallCounter): void {
  if (typeof result === 'number') {
    if (n !== 1) throw new WrongLength(wrongLength(1, n))
    out[0] = result
    return
  }
  if ((result as ArrayLike<number> | null | undefined)?.length !== n || typeof result !== 'object')
    refuseResult(result, n, counter)
  const values = result as ArrayLike<number>
  try {
    for (let i = 0; i < n; i++) out[i] = values[i]!
  } catch (error) {
    // BigInts and symbols are no numbers even for JavaScript
    checkEntries(result, counter)
    throw error
  }
}

/** Entries that are no numbers would count as what JavaScript makes of them: null as 0, '5' and [5] as 5. */
function checkEntries(result: unknown, counter: CallCounter): void {
  if (!isArrayLike(result) || result instanceof Float64Array || result instanceof Float32Array) return
  const values = result
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === 'number') continue
    refuse(values[i], `must return numbers (component ${i} is none)`, counter)
  }
}

function refuseResult(result: unknown, n: number, counter: CallCounter): never {
  if (isArrayLike(result) && result.length !== n) throw new WrongLength(wrongLength(result.length, n))
  const isPromise = typeof (result as { then?: unknown } | null | undefined)?.then === 'function'
  const cure =
    result === undefined
      ? '; it has no `return`, or writes into a third argument and wants `inPlace: true`'
      : isPromise
        ? '; an async function cannot be waited for here'
        : ''
  return refuse(
    result,
    `must return ${n === 1 ? 'a number or an array of 1' : `an array of ${n} numbers`}, the derivative of each component${cure}`,
    counter,
  )
}

/** A function in place returned something. */
function refuseReturned(returned: unknown, counter: CallCounter): never {
  return refuse(
    returned,
    'must return nothing with `inPlace: true`: write the derivatives into its third argument, or leave `inPlace` out and return them',
    counter,
  )
}

/** At its first call an error of the caller; later a failure of the solve, so that what was computed before is not lost. */
function refuse(received: unknown, expected: string, counter: CallCounter | null): never {
  if (counter !== null && counter.calls === 1) throw new IvpInputError('fun', received, expected)
  throw new WrongLength(`fun ${expected}; it returned ${describe(received)}`)
}

function wrongLength(received: number, expected: number): string {
  return `fun returned ${received} components for a state of ${expected}`
}
