import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'

/** States up to this size are compared whole after each call. */
const WHOLE = 256
/** Of larger ones so many components are, in a window that moves on from call to call. */
const WINDOW = 64
/** Up to here a loop copies faster than a call of `set`. */
const SHORT = 32

/**
 * The state that a user's function sees: a copy in one buffer that is filled anew for each call, so that a
 * function that writes into its y does no harm, and what it wrote can be noticed.
 */
export class LentState<V extends FloatArray> {
  declare private readonly lent: V
  /** Start of the window. */
  private next = 0

  /** @param like - gives the element type and length n */
  constructor(like: V) {
    this.lent = zerosLike(like)
  }

  /** @param y - shape (n); not kept. @returns a copy of it, valid until the next call */
  lend(y: V): V {
    const { lent } = this
    if (lent.length > SHORT) lent.set(y)
    else for (let i = 0; i < lent.length; i++) lent[i] = y[i]!
    return lent
  }

  /**
   * Whether the copy differs from the state that it was made of. A write to one component of a state of more
   * than 256 is found in one of the next n / 64 calls.
   * @param y - the state lent last
   */
  wasWritten(y: V): boolean {
    const { length } = this.lent
    if (length <= WHOLE) return this.firstWritten(y) >= 0
    const from = this.next
    const to = Math.min(from + WINDOW, length)
    this.next = to === length ? 0 : to
    return this.firstWritten(y, from, to) >= 0
  }

  /** The first component from `from` on, before `to`, that differs from the state that the copy was made of; -1 if none does. */
  firstWritten(y: V, from: number = 0, to: number = y.length): number {
    return firstDifference(this.lent, y, from, to)
  }
}

/** The first component from `from` on, before `to`, in which a and b differ; -1 if none does. NaN is NaN still. */
export function firstDifference(
  a: FloatArray,
  b: FloatArray,
  from: number = 0,
  to: number = a.length,
): number {
  for (let i = from; i < to; i++) {
    const x = a[i]!
    const y = b[i]!
    if (x !== y && (x === x || y === y)) return i
  }
  return -1
}

/** For `warnings`. @param who - whose y it was. @param cure - what to do instead, continuing a sentence */
export function wroteIntoY(who: string, cure: string): string {
  return `${who} wrote into y: it sees a copy, so that this has no effect on the solve; ${cure}.`
}
