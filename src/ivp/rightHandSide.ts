import type { FloatArray } from './space/typedArraySpace.ts'
import type { RowsOf, ViewOf } from './stateTypes.ts'

/** T where the compiler does not infer it: other places say what it is. (`NoInfer` is of TypeScript 5.4, notebooks have 5.0.) */
export type Fixed<T> = [T][T extends unknown ? 0 : never]

/** The arguments after t and y: `args` alone says what they are. */
export type Given<A extends ReadonlyArray<unknown>> = [A][A extends unknown ? 0 : never]

/** A flag among the options, in types: true, false, or known at run time only. */
export type Flag = boolean | undefined

/**
 * The right-hand side of y' = f(t, y), in the form that the options ask for: `(t, y, ...args) => dydt`; with `inPlace: true`
 * `(t, y, dydt, ...args) => void`; with `vectorized: true` `(t, rows, ...args) => rows`. Where `inPlace` is known at run time only, as in a variable of
 * type `IvpOptions`, either of the first two, if there are no args.
 *
 * y has length n and is valid during the call only. A plain number stands for the derivative of a state of one component.
 */
export type RightHandSide<
  V extends FloatArray = FloatArray,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = false,
  W extends Flag = false,
> = [P] extends [true]
  ? (t: number, y: ViewOf<V>, dydt: Fixed<V>, ...args: Given<A>) => number | void
  : [W] extends [true]
    ? (t: number, y: Fixed<RowsOf<V>>, ...args: Given<A>) => ArrayLike<ArrayLike<number> | number>
    : [true, A] extends [P, []]
      ? (t: number, y: ViewOf<V>, dydt: Fixed<V>) => ArrayLike<number> | number | void
      : (t: number, y: ViewOf<V>, ...args: Given<A>) => ArrayLike<number> | number
