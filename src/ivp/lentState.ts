import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'

/** States of up to this length are compared whole after each call; of longer ones a window. */
const WHOLE = 256
const WINDOW = 64

/**
 * What a callback is handed in place of the solver's own state: a copy, so that a write does no harm. One buffer, filled anew for each call;
 * whether the last call wrote into it is seen by comparing.
 */
export class LentState<V extends FloatArray> {
  private readonly copy: V
  /** Where the next window begins. */
  private from = 0

  /** @param like - gives length and element type */
  constructor(like: V) {
    this.copy = zerosLike(like)
  }

  /** A copy of y, valid until the next call. */
  lend(y: V): V {
    const copy = this.copy
    // A loop: below some ten components `set` takes longer
    if (copy.length > 16) copy.set(y)
    else for (let i = 0; i < copy.length; i++) copy[i] = y[i]!
    return copy
  }

  /** Whether the copy differs from y, which was lent last. Of long states 64 components are looked at, others at each call. */
  wasWritten(y: V): boolean {
    const copy = this.copy
    const n = copy.length
    if (n <= WHOLE) return differs(copy, y, 0, n)
    const from = this.from
    const to = Math.min(from + WINDOW, n)
    this.from = to === n ? 0 : to
    return differs(copy, y, from, to)
  }

  /** The first component that differs; -1 if none does. */
  firstWritten(y: V): number {
    return this.copy.findIndex((value, i) => !Object.is(value, y[i]))
  }
}

/** NaN counts as equal to NaN. */
function differs(a: FloatArray, b: FloatArray, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const x = a[i]!
    const y = b[i]!
    if (x !== y && (x === x || y === y)) return true
  }
  return false
}
