import { isArrayLike } from './check/arrayLike.ts'
import { IvpInputError, describe } from './errors.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/** Raised inside a solve when the right-hand side returns what is no derivative; becomes a failure of the result. */
export class WrongLength extends Error {
  override readonly name = 'WrongLength'
}

/** How often the function was called, the call at hand included. */
interface Calls {
  readonly calls: number
}

/** What a function returned, to `out`, if it is a derivative of n components. @throws IvpInputError, WrongLength */
export function store(result: unknown, n: number, out: FloatArray, counter: Calls): void {
  if (typeof result === 'number') {
    if (n !== 1) throw new WrongLength(wrongLength(1, n))
    out[0] = result
    return
  }
  if ((result as ArrayLike<number> | null | undefined)?.length !== n || typeof result !== 'object')
    refuseResult(result, n, counter)
  const values = result as ArrayLike<unknown>
  for (let i = 0; i < n; i++) {
    const value = values[i]
    // What is no number would count as what JavaScript makes of it: null as 0, '5' and [5] as 5
    if (typeof value !== 'number') refuse(value, `must return numbers (component ${i} is none)`, counter)
    out[i] = value
  }
}

function refuseResult(result: unknown, n: number, counter: Calls): never {
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

/** At its first call an error of the caller; later a failure of the solve, so that what was computed before is not lost. */
export function refuse(received: unknown, expected: string, counter: Calls | null): never {
  if (counter !== null && counter.calls === 1) throw new IvpInputError('fun', received, expected)
  throw new WrongLength(`fun ${expected}; it returned ${describe(received)}`)
}

export function wrongLength(received: number, expected: number): string {
  return `fun returned ${received} components for a state of ${expected}`
}
