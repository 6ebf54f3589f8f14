import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import type { Rhs } from './space/workspace.ts'

/** Raised inside a solve when the right-hand side returns the wrong number of components; becomes a failure of the result. */
export class WrongLength extends Error {
  override readonly name = 'WrongLength'
  readonly received: number
  readonly expected: number
  constructor(received: number, expected: number) {
    super(`fun returned ${received} components for a state of ${expected}`)
    this.received = received
    this.expected = expected
  }
}

export type RhsForm = 'returning' | 'inPlace' | 'vectorized'

/** The user's right-hand side in the form that steppers call, with a counter. */
export interface CountedRhs<V> {
  readonly call: Rhs<V>
  readonly count: () => number
  /** For a solve that goes on from a snapshot. */
  readonly setCount: (count: number) => void
  /** Not counted: scipy leaves the evaluations for a finite-difference Jacobian out of nfev. */
  readonly uncounted: Rhs<V>
  /** The same at many states: one call of a vectorized function. */
  readonly many: (t: number, states: ReadonlyArray<V>) => V[]
}

type AnyFunction = (...args: unknown[]) => unknown

/**
 * Adapts a right-hand side: copies what it returns, checks the length, counts the calls.
 * @param form - 'inPlace': fun(t, y, dydt, ...args); 'vectorized': y and the result are n rows of k columns
 */
export function countedRhs<V extends FloatArray>(
  fun: AnyFunction,
  n: number,
  args: ReadonlyArray<unknown>,
  form: RhsForm,
): CountedRhs<V> {
  const counter = { calls: 0 }
  const uncounted = plain<V>(fun, n, args, form, { calls: 0 })
  const many = (t: number, states: ReadonlyArray<V>): V[] => {
    if (form !== 'vectorized') return states.map((y) => uncounted(t, y, zerosLike(y)))
    const rows = fun(t, columns(states), ...args) as ArrayLike<ArrayLike<number>>
    return states.map((y, q) => {
      const out = zerosLike(y)
      store(
        Array.from(rows, (row) => row[q]!),
        n,
        out,
      )
      return out
    })
  }
  return {
    call: plain<V>(fun, n, args, form, counter),
    count: () => counter.calls,
    setCount: (value) => {
      counter.calls = value
    },
    uncounted,
    many,
  }
}

/** The right-hand side as steppers call it. One closure deep, and without arguments no spreading: either costs as much as a stage's arithmetic. */
function plain<V extends FloatArray>(
  fun: AnyFunction,
  n: number,
  args: ReadonlyArray<unknown>,
  form: RhsForm,
  counter: { calls: number },
): Rhs<V> {
  switch (form) {
    case 'inPlace':
      return args.length > 0
        ? (t, y, out) => {
            counter.calls++
            fun(t, y, out, ...args)
            return out
          }
        : (t, y, out) => {
            counter.calls++
            fun(t, y, out)
            return out
          }
    case 'returning':
      return args.length > 0
        ? (t, y, out) => {
            counter.calls++
            store(fun(t, y, ...args), n, out)
            return out
          }
        : (t, y, out) => {
            counter.calls++
            store(fun(t, y), n, out)
            return out
          }
    case 'vectorized':
      return (t, y, out) => {
        counter.calls++
        const rows = fun(t, columns([y]), ...args) as ArrayLike<ArrayLike<number> | number>
        const column = Array.from(rows, (row) => (typeof row === 'number' ? row : row[0]!))
        store(column, n, out)
        return out
      }
  }
}

/** States as n rows of one column each, the shape that scipy hands to a vectorized function. */
function columns<V extends FloatArray>(states: ReadonlyArray<V>): V[] {
  const [first] = states
  return Array.from(first!, (_, i) => {
    const row = zerosLike(first!, states.length)
    states.forEach((y, q) => (row[q] = y[i]!))
    return row
  })
}

function store(result: unknown, n: number, out: FloatArray): void {
  if (typeof result === 'number') {
    if (n !== 1) throw new WrongLength(1, n)
    out[0] = result
    return
  }
  const length = (result as ArrayLike<number> | null | undefined)?.length
  if (length !== n) throw new WrongLength(length ?? 0, n)
  const values = result as ArrayLike<number>
  for (let i = 0; i < n; i++) out[i] = values[i]!
}
