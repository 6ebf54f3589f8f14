import type { ErkMethod } from './method/butcherTableau.ts'
import type { StepController } from './control/stepController.ts'
import type { SaveMode } from './output/observer.ts'
import type { NormBlocks } from './space/norm.ts'
import type { Snapshot } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

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
export type JacobianOption<V, A extends ReadonlyArray<unknown> = []> =
  MatrixLike | ((t: number, y: V, ...args: A) => MatrixLike)

/**
 * An event function: its y is a copy, valid during the call only; the attributes may hang on it, as in scipy.
 */
export interface EventFunction<V, A extends ReadonlyArray<unknown> = []> {
  (t: number, y: V, ...args: A): number
  terminal?: boolean | number
  direction?: number
}

/** An event function with its attributes beside it. */
export interface EventObject<V, A extends ReadonlyArray<unknown> = []> {
  readonly fn: (t: number, y: V, ...args: A) => number
  readonly terminal?: boolean | number | undefined
  readonly direction?: number | undefined
}

export type EventOption<V, A extends ReadonlyArray<unknown> = []> = EventFunction<V, A> | EventObject<V, A>

/** Progress of a solve, reported after each accepted step. */
export interface StepInfo<V> {
  readonly t: number
  /** The state at t, shape (n); a copy, so that what is written into it has no effect on the solve. */
  readonly y: V
  readonly tOld: number
  readonly nfev: number
  /** ★ Where the solve stands, as plain JSON; `resume` goes on from it. */
  snapshot(): Snapshot
}

/** Options of `solveIvp`: scipy's in camelCase; what goes beyond scipy is marked ★. */
export interface IvpOptions<V extends FloatArray = FloatArray, A extends ReadonlyArray<unknown> = []> {
  /** Default 'RK45'. ★ A method object (`makeErk`) is taken too. */
  readonly method?: MethodName | ErkMethod | undefined
  /**
   * Times to report at, sorted along the integration and within the span; up to 4 spacings of float64 beyond
   * its ends count as the end. Default: every step.
   */
  readonly tEval?: ArrayLike<number> | undefined
  readonly denseOutput?: boolean | undefined
  readonly events?: EventOption<V, A> | ReadonlyArray<EventOption<V, A>> | undefined
  /** `fun` takes and returns n rows of k columns. */
  readonly vectorized?: boolean | undefined
  /** Passed on to `fun` and the events after t and y. */
  readonly args?: A | undefined
  /** Relative tolerance, one number or one per component. Default 1e-3. */
  readonly rtol?: number | ArrayLike<number> | undefined
  /** Absolute tolerance, one number or one per component. Default 1e-6. */
  readonly atol?: number | ArrayLike<number> | undefined
  readonly firstStep?: number | undefined
  readonly maxStep?: number | undefined
  /** Smallest |step| that LSODA's error control may choose; below it the solve fails. Default 0. */
  readonly minStep?: number | undefined
  /** ★ Size of the equal steps of a fixed-step method. */
  readonly step?: number | undefined
  /** Jacobian for the implicit methods: a function, or a constant matrix. Default: finite differences. */
  readonly jac?: JacobianOption<V, A> | undefined
  /** Pattern of the Jacobian, shape (n, n), non-zero where df_i/dy_j may be: finite differences by groups of columns, sparse factorizations. */
  readonly jacSparsity?: MatrixLike | undefined
  /** Width of the Jacobian's band below and above the diagonal. */
  readonly lband?: number | undefined
  readonly uband?: number | undefined
  /** ★ `fun(t, y, dydt, ...args)` writes into dydt and returns nothing; an entry that it does not write counts as 0. */
  readonly inPlace?: boolean | undefined
  /** ★ 'last' keeps the end state only. Default 'steps'. */
  readonly save?: SaveMode | undefined
  /** ★ Bound on the number of accepted steps. */
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
  /** ★ Decides acceptance and the next step size from numbers alone; for explicit methods. */
  readonly controller?: StepController | undefined
  /**
   * ★ Blocks of components that count in the error norm (the largest RMS of them). Default: all as one. Others must stay finite, and implicit
   * methods solve their equations; but nothing bounds their errors.
   */
  readonly norm?: NormBlocks | undefined
}
