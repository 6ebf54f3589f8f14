import type { FloatArray } from './space/typedArraySpace.ts'

/** What `y0` may be: an array of n numbers (plain ones count as float64). */
export type InitialState = FloatArray | ReadonlyArray<number>

/** A number for each element of Y. */
type Numbers<Y> = { -readonly [K in keyof Y]: number }

/** What is known of an array with as many components as the tuple C: each by its index, and the length. */
type Components<C> = { -readonly [K in keyof C as K extends `${number}` | 'length' ? K : never]: C[K] }

/**
 * A state whose number of components the compiler knows, since y0 was written out: `State<[number, number]>` for `[1, 0]`. Its components need no `!`
 * under `noUncheckedIndexedAccess`.
 */
export type State<C> = Float64Array & Components<C>

/** What arrays have and typed arrays lack, so that nobody calls it. */
interface NotOfTypedArrays {
  readonly concat: never
  readonly flat: never
  readonly flatMap: never
}

/**
 * The same as an argument of `fun`, `jac` and events: it can be taken apart too, `(t, [x, v]) => [v, -x]`. Only there, where what is returned is
 * checked, since a type with this has the methods of plain arrays beside those of typed ones.
 */
export type StateView<C> = Float64Array & Components<C> & Readonly<C> & NotOfTypedArrays

/** The states of a solve from an initial state of type Y: of its element type, with its number of components where that is known. */
export type StateOf<Y> = Y extends Float32Array
  ? Float32Array
  : Y extends Float64Array
    ? Float64Array
    : Y extends ReadonlyArray<number>
      ? number extends Y['length']
        ? Float64Array
        : State<Numbers<Y>>
      : Float64Array

/** A state of type V as `fun`, `jac` and events see it. */
export type ViewOf<V extends FloatArray> = number extends V['length']
  ? V
  : V extends State<infer C>
    ? StateView<C>
    : V

/** States of type V turned into rows, one for each component. */
export type RowsOf<V extends FloatArray> = number extends V['length']
  ? V[]
  : V extends State<infer C>
    ? { [K in keyof C]: Float64Array }
    : V[]
