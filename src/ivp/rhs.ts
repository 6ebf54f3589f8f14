import { copyOf, type FloatArray } from './space/typedArraySpace.ts'
import type { Rhs } from './stepper/erkStepper.ts'

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
}

type AnyFunction = (...args: unknown[]) => unknown

/**
 * Adapts a right-hand side: copies what it returns, checks the length, counts the calls.
 * @param form - 'inPlace': fun(t, y, dydt, ...args); 'vectorized': y and the result are n rows of one column
 */
export function countedRhs<V extends FloatArray>(
  fun: AnyFunction,
  n: number,
  args: ReadonlyArray<unknown>,
  form: RhsForm,
): CountedRhs<V> {
  let count = 0
  const returning = (t: number, y: V, out: V): V => {
    count++
    store(args.length === 0 ? fun(t, y) : fun(t, y, ...args), n, out)
    return out
  }
  const inPlace = (t: number, y: V, out: V): V => {
    count++
    fun(t, y, out, ...args)
    return out
  }
  const vectorized = (t: number, y: V, out: V): V => {
    count++
    const rows = fun(t, columns(y), ...args) as ArrayLike<ArrayLike<number> | number>
    const column = Array.from(rows, (row) => (typeof row === 'number' ? row : row[0]!))
    store(column, n, out)
    return out
  }
  return { call: { returning, inPlace, vectorized }[form], count: () => count }
}

/** y as n rows of one column, the shape that scipy hands to a vectorized function. */
export function columns<V extends FloatArray>(y: V): V[] {
  return Array.from(y, (_, i) => copyOf(y.subarray(i, i + 1) as V))
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
