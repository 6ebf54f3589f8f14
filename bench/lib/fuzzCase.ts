/** A call of `solveIvp` as plain data, written in one line and read back. */
import type { RhsKind } from './fuzzRhs.ts'

/** A number, or one per component, repeated as needed. */
type PerComponent = number | ReadonlyArray<number>

export interface FuzzCase {
  /** One of the package's, or 'own pair' (adaptive), 'own rule' (equal steps): made by `makeErk`. */
  readonly method: string
  readonly t0: number
  readonly t1: number
  readonly n: number
  /** y0[i] = values[i % values.length]. */
  readonly values: ReadonlyArray<number>
  readonly array: 'Float64Array' | 'Float32Array' | 'number[]'
  readonly rhs: { readonly kind: RhsKind; readonly k: number }
  readonly form: Form
  /** How the right-hand side misbehaves, and from where on. */
  readonly fault?: Fault
  /** The right-hand side solves other problems while it is called. */
  readonly nested?: boolean
  /** An argument or option replaced by a value that may be wrong. */
  readonly mistake?: { readonly option: string; readonly value: unknown }
  readonly options: CaseOptions
  /** From 0 to 1: where the solve is cut for `resume`, as a share of its steps. */
  readonly cut: number
  /** Bound on the calls of the right-hand side in one solve. */
  readonly budget: number
}

export type Form = 'returning' | 'same array' | 'inPlace' | 'inPlace, zeros unwritten' | 'vectorized'

export interface Fault {
  readonly what: 'NaN' | 'Infinity' | '-Infinity' | 'huge' | 'long' | 'short' | 'undefined' | 'text' | 'throw'
  /** For a value: in every component, or in one of them. */
  readonly at: 'all' | 'first' | 'last'
  /** A call's number, a share of the span, or the size of component 0. */
  readonly from: { readonly call: number } | { readonly time: number } | { readonly state: number }
}

export interface EventCase {
  readonly g: 'time' | 'state' | 'sine' | 'zero' | 'NaN' | 'throw'
  /** A share of the span, or a value of component 0. */
  readonly c: number
  readonly terminal?: boolean | number
  readonly direction?: number
  readonly isObject?: boolean
}

export interface JacCase {
  readonly is: 'right' | 'zero' | 'negative' | 'NaN' | 'wrong shape' | 'throw'
  /** A constant matrix: the Jacobian at the start. */
  readonly isMatrix?: boolean
  /** An object with `get` instead of rows. */
  readonly isObject?: boolean
}

export interface CaseOptions {
  readonly rtol?: PerComponent
  readonly atol?: PerComponent
  readonly firstStep?: number
  readonly maxStep?: number
  readonly minStep?: number
  readonly step?: number
  /** Shares of the span, in order. */
  readonly tEval?: ReadonlyArray<number>
  readonly denseOutput?: boolean
  readonly events?: ReadonlyArray<EventCase>
  readonly save?: 'steps' | 'last'
  readonly maxSteps?: number
  /** Aborted after so many steps. */
  readonly abortAfter?: number
  readonly controller?: 'halving' | 'accepts all' | 'rejects all' | 'NaN' | 'zero' | 'throw'
  /** Blocks [from, to) as shares of n. */
  readonly norm?: ReadonlyArray<readonly [number, number]>
  readonly jac?: JacCase
  readonly jacSparsity?: 'right' | 'full' | 'diagonal'
  readonly lband?: number
  readonly uband?: number
  readonly args?: boolean
}

export const ADAPTIVE: ReadonlyArray<string> = ['RK45', 'RK23', 'DOP853', 'Radau', 'BDF', 'LSODA', 'own pair']
export const FIXED: ReadonlyArray<string> = ['Euler', 'Midpoint', 'Heun', 'RK4', 'own rule']
export const IMPLICIT: ReadonlyArray<string> = ['Radau', 'BDF', 'LSODA']

/** Distance from |t| to the next float64. */
export function spacingAt(t: number): number {
  const bits = new BigInt64Array(new Float64Array([Math.abs(t)]).buffer)
  bits[0] = bits[0]! + 1n
  return new Float64Array(bits.buffer)[0]! - Math.abs(t)
}

/** In one line, without loss: numbers that JSON lacks go by name. */
export function writeCase(given: FuzzCase): string {
  return JSON.stringify(given, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `#${Object.is(value, -0) ? '-0' : value}`
      : value,
  )
}

export function readCase(text: string): FuzzCase {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('#') ? Number(value.slice(1)) : value,
  ) as FuzzCase
}
