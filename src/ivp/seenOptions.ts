/** What the options of a solve tell of the type of its result. */

/**
 * In the place of the options: lets the compiler see their type O without being part of what it checks, so that an option that does not exist stays
 * an error of one line. (The branch that is never taken is a place to infer from.)
 *
 * Of a variable whose type is a union it sees one member: there `sol` and `tEvents` may be typed as if all members had them.
 */
export type Seen<O> = O extends unknown ? unknown : O

/** Whether there is a `sol`: true or false where the options say so by their type, else either. */
export type DenseOf<O> = [O] extends [never]
  ? boolean
  : O extends { readonly denseOutput: infer D }
    ? IsTrue<D>
    : boolean

type IsTrue<D> = D extends true ? true : false

/** Any type that `tEvents` may have. */
export type EventTimes = ReadonlyArray<Float64Array> | null

/** The type of `tEvents`, an array of times for each event: known where the options have events by their type. */
export type EventTimesOf<O> = [O] extends [never]
  ? EventTimes
  : O extends { readonly events: infer E }
    ? TimesOf<E>
    : EventTimes

type TimesOf<E> = E extends undefined | null
  ? null
  : E extends ReadonlyArray<unknown>
    ? E extends readonly []
      ? ReadonlyArray<Float64Array>
      : { readonly [K in keyof E]: Float64Array }
    : readonly [Float64Array]
