import type { FloatArray } from '../ivp/index.ts'

/**
 * Where a vector-Jacobian product writes.
 *
 * Symbols: h state (n), a adjoint (n), theta parameters (p), f right-hand side.
 */
export interface VjpOutput<V extends FloatArray> {
  /** f(t, h), length n. */
  readonly dh: V
  /** a . df/dh, length n. */
  readonly ah: V
  /** a . df/dtheta, length p. */
  readonly atheta: V
  /**
   * a . df/dt, length 1. There only where it is wanted, for the gradients of the times by 'discrete', with NaN in it: a product that does not
   * know it leaves it so, and those gradients are then as the exact solution moves. An f without t in it writes 0.
   */
  readonly at?: Float64Array
}

/**
 * Fills f(t, h) and both products at once, because evaluating them together is what a tape does. All arrays are views of the solver's memory, valid
 * during the call only.
 */
export type Vjp<V extends FloatArray> = (t: number, h: V, a: V, out: VjpOutput<V>) => void

/** A right-hand side with its vector-Jacobian product: all that a gradient of a solve needs to know of a model. */
export interface DifferentiableRhs<V extends FloatArray> {
  /** f(t, h) written to dh. */
  readonly f: (t: number, h: V, dh: V) => void
  readonly vjp: Vjp<V>
  /** Number of parameters p. */
  readonly nParams: number
  /**
   * Lengths of the arrays (weights, biases, ...) that lie one after another in theta; their sum is p. Norm 'blocks' takes each for itself, all else
   * ignores them. Default: one array, [p].
   */
  readonly paramSizes?: ReadonlyArray<number> | undefined
  /** The parameters at which f and vjp are evaluated, length p; with `withParams` a certificate checks their gradient too. */
  readonly theta?: ArrayLike<number> | undefined
  /** f at other parameters, of length p: at `theta` the numbers of f. */
  readonly withParams?: ((theta: V) => Pick<DifferentiableRhs<V>, 'f'>) | undefined
}
