import type { ErkMethod } from './method/butcherTableau.ts'
import type { StepController } from './control/stepController.ts'
import type { SaveMode } from './output/observer.ts'
import type { Flag, Given } from './rightHandSide.ts'
import type { NormBlocks } from './space/norm.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'
import type { ViewOf } from './stateTypes.ts'

/** Methods that choose their steps by the tolerances. */
export type AdaptiveMethod = 'RK23' | 'RK45' | 'DOP853' | 'Radau' | 'BDF' | 'LSODA'
/** ★ Methods that take equal steps of the size `step`. */
export type FixedStepMethod = 'Euler' | 'Midpoint' | 'Heun' | 'RK4'
export type MethodName = AdaptiveMethod | FixedStepMethod

/** A matrix by its entries: nested rows, or an object such as ml-matrix's Matrix. */
export type MatrixLike =
  | ReadonlyArray<ArrayLike<number>>
  | { readonly rows: number; readonly columns: number; get(i: number, j: number): number }

/** A Jacobian [df_i/dy_j] of shape (n, n); with `lband` and `uband` in scipy's packed form, shape (lband + uband + 1, n). */
export type JacobianOption<V extends FloatArray, A extends ReadonlyArray<unknown> = []> =
  MatrixLike | ((t: number, y: ViewOf<V>, ...args: Given<A>) => MatrixLike)

/**
 * An event function: the event occurs where its value changes sign. Its y is a copy, valid during the call only; the attributes may hang on it, as in
 * scipy.
 */
export interface EventFunction<V extends FloatArray, A extends ReadonlyArray<unknown> = []> {
  /** A number whose sign changes at the event. */
  (t: number, y: ViewOf<V>, ...args: Given<A>): number
  /** Whether the solve ends where it occurs, or after how many occurrences. Default false. */
  terminal?: boolean | number
  /** Which changes of sign count, along the integration: above 0 from minus to plus, below 0 from plus to minus, 0 (the default) both. */
  direction?: number
}

/** An event function with its attributes beside it. */
export interface EventObject<V extends FloatArray, A extends ReadonlyArray<unknown> = []> {
  /** The event occurs where its value changes sign. Its y is a copy, valid during the call only. */
  readonly fn: (t: number, y: ViewOf<V>, ...args: Given<A>) => number
  /** Whether the solve ends where it occurs, or after how many occurrences. Default false. */
  readonly terminal?: boolean | number | undefined
  /** Which changes of sign count, along the integration: above 0 from minus to plus, below 0 from plus to minus, 0 (the default) both. */
  readonly direction?: number | undefined
}

export type EventOption<V extends FloatArray, A extends ReadonlyArray<unknown> = []> =
  EventFunction<V, A> | EventObject<V, A>

/** One event, or a list of them. (The empty tuple lets the compiler count the events of a list that is written out.) */
export type EventsOption<V extends FloatArray, A extends ReadonlyArray<unknown> = []> =
  EventOption<V, A> | readonly [] | ReadonlyArray<EventOption<V, A>>

/** Progress of a solve, reported after each accepted step. */
export interface StepInfo<V> {
  /** Where the step ended. */
  readonly t: number
  /** The state at t, shape (n); a copy, so that what is written into it has no effect on the solve. */
  readonly y: V
  /** Where the step began. */
  readonly tOld: number
  /** Evaluations of `fun` so far. */
  readonly nfev: number
  /** ★ Where the solve stands, as plain JSON; `resume` goes on from it. */
  snapshot(): Snapshot
}

/**
 * Options that the steps depend on: those of a solver object such as `RK45`. What goes beyond scipy is marked ★.
 *
 * V is the type of the states, A of `args`, P of `inPlace`, W of `vectorized`.
 */
export interface SolverOptions<
  V extends FloatArray = FloatArray,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = Flag,
  W extends Flag = Flag,
> {
  /**
   * Relative tolerance of the error of a step, one number or one per component. Default 1e-3. Below 100 spacings of numbers (2.2e-14; 1.2e-5 for a
   * Float32Array) it is raised, with a warning. Not for fixed-step methods.
   */
  readonly rtol?: number | ArrayLike<number> | undefined
  /**
   * Absolute tolerance of the error of a step, in the units of y, one number or one per component. Default 1e-6: too coarse for components below it.
   * Not for fixed-step methods.
   */
  readonly atol?: number | ArrayLike<number> | undefined
  /** Length of the first step, in units of t, above 0 and up to the span's. Default: chosen by the method. */
  readonly firstStep?: number | undefined
  /** Longest step, in units of t, above 0. Default Infinity; give one where `fun` is zero for long and then acts for a short time. */
  readonly maxStep?: number | undefined
  /** Smallest |step| that LSODA's error control may choose; below it the solve fails. Default 0. */
  readonly minStep?: number | undefined
  /** ★ Length of the equal steps of a fixed-step method, in units of t, above 0: needed by these, refused by others. The last step may be shorter. */
  readonly step?: number | undefined
  /** Passed on to `fun`, `jac` and the events after t and y (and dydt); an array also for one argument: `args: [a]`. */
  readonly args?: readonly [...A] | undefined
  /** ★ `fun(t, y, dydt, ...args)` writes into dydt and returns nothing; an entry that it does not write counts as 0. Default false. */
  readonly inPlace?: P
  /** `fun` takes and returns n rows of k columns: many states at once, for finite differences. Default false. */
  readonly vectorized?: W
  /** Jacobian for the implicit methods: a function, or a constant matrix. Default: finite differences. */
  readonly jac?: JacobianOption<V, A> | undefined
  /** Pattern of the Jacobian, shape (n, n), non-zero where df_i/dy_j may be: finite differences by groups of columns, sparse factorizations. */
  readonly jacSparsity?: MatrixLike | undefined
  /** Width of the Jacobian's band below the diagonal: df_i/dy_j is 0 for i > j + lband. Default: no band, or 0 where `uband` is given. */
  readonly lband?: number | undefined
  /** Width of the Jacobian's band above the diagonal: df_i/dy_j is 0 for j > i + uband. Default: no band, or 0 where `lband` is given. */
  readonly uband?: number | undefined
  /** ★ Decides acceptance and the next step size from numbers alone; for explicit adaptive methods. Default: scipy's. */
  readonly controller?: StepController | undefined
  /**
   * ★ Blocks of components that count in the error norm (the largest RMS of them). Default: all as one. Others must stay finite, and implicit
   * methods solve their equations; but nothing bounds their errors.
   */
  readonly norm?: NormBlocks | undefined
}

/**
 * Options of `solveIvp`: scipy's in camelCase; what goes beyond scipy is marked ★.
 *
 * V is the type of the states, A of `args`, P of `inPlace`, W of `vectorized`: `IvpOptions` alone is the type for options in a variable, whatever y0 will
 * be; with args `IvpOptions<Float64Array, [number]>`, and for a right-hand side in place that takes such `IvpOptions<Float64Array, [number], true>`.
 */
export interface IvpOptions<
  V extends FloatArray = FloatArray,
  A extends ReadonlyArray<unknown> = [],
  P extends Flag = Flag,
  W extends Flag = Flag,
> extends SolverOptions<V, A, P, W> {
  /**
   * Default 'RK45', for problems that are not stiff; 'Radau', 'BDF' and 'LSODA' for stiff ones; 'Euler', 'Midpoint', 'Heun' and 'RK4' take equal steps of
   * the size `step`. ★ A method object (`makeErk`) is taken too.
   */
  readonly method?: MethodName | ErkMethod | undefined
  /**
   * Times to report at, sorted along the integration and within the span; up to 4 spacings of float64 beyond
   * its ends count as the end. Default: every step.
   */
  readonly tEval?: ArrayLike<number> | undefined
  /** Whether the result has a `sol`, the solution at any time of the span. Default false. */
  readonly denseOutput?: boolean | undefined
  /** Functions of t and y whose changes of sign are looked for, one or a list; their times and states are `tEvents` and `yEvents`. */
  readonly events?: EventsOption<V, A> | undefined
  /** ★ 'last' keeps the end state only. Default 'steps'. */
  readonly save?: SaveMode | undefined
  /** ★ Bound on the number of accepted steps, after which the solve ends with failure 'maxSteps'. Default Infinity. */
  readonly maxSteps?: number | undefined
  /**
   * ★ Ends the solve between two steps, when it is aborted by `onStep`, an event or `fun`, or before; the
   * partial solution is returned with failure 'aborted'. `AbortSignal.timeout` cannot fire while a
   * synchronous solve runs: use `timeout`.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * ★ Milliseconds of the wall clock from the start of the solve, above 0, after which it ends between two
   * steps: with the partial solution, failure 'aborted', and a snapshot to go on from. Default Infinity.
   */
  readonly timeout?: number | undefined
  /** ★ Called after each accepted step. */
  readonly onStep?: ((step: StepInfo<V>) => void) | undefined
}
