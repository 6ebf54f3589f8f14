import {
  IvpInputError,
  solveIvp,
  type FloatArray,
  type IvpFailure,
  type IvpResult,
  type NormBlocks,
} from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { zerosLike } from '../ivp/space/typedArraySpace.ts'
import { checkRhs, checkStart } from './checkRhs.ts'
import { DIRECTION_OPTIONS, INSTEAD_OF_SOLVE_OPTIONS, type BesideDirection, type DirectionOptions } from './directionOptions.ts' // prettier-ignore
import { checkTimes } from './times.ts'
import type { DifferentiableRhs } from './vjp.ts'

/**
 * Whose errors steer the steps: 'state' those of h alone, with the steps of a plain solve; 'blocks' (default) the larger of the errors of h and of
 * the sensitivities.
 */
export type SensitivityNorm = 'state' | 'blocks'

export interface SensitivityOptions<V extends FloatArray> extends DirectionOptions<V> {
  /** Also dh/dh0. Default true. */
  readonly initial?: boolean | undefined
  readonly norm?: SensitivityNorm | undefined
}

const SENSITIVITY_OPTIONS: ReadonlyArray<string> = [
  ...DIRECTION_OPTIONS,
  ...optionNames<BesideDirection<SensitivityOptions<FloatArray>>>({ initial: true, norm: true }),
]

/** Nothing is solved backwards. */
const FORWARD_ONLY = 'the derivatives come from one solve forwards; leave it out'
const INSTEAD = {
  ...INSTEAD_OF_SOLVE_OPTIONS,
  gradient: FORWARD_ONLY,
  backward: FORWARD_ONLY,
  certify: FORWARD_ONLY,
  checkpoints: FORWARD_ONLY,
}

/** A solution with its derivatives at every output time. */
export interface Sensitivities<V extends FloatArray> {
  readonly ts: Float64Array
  /** h at `ts`, each of length n. */
  readonly states: ReadonlyArray<V>
  /** dh/dtheta at `ts`, each of shape (n, p) row by row. */
  readonly theta: ReadonlyArray<V>
  /** dh/dh0 at `ts`, each of shape (n, n) row by row; empty if it was left out. */
  readonly h0: ReadonlyArray<V>
  /** Evaluations of the vector-Jacobian product: n for each evaluation of the variational system. */
  readonly nfev: number
  readonly warnings: ReadonlyArray<string>
  /** Present when the solve failed; what was reached before is there. */
  readonly failure?: IvpFailure
}

/**
 * Forward sensitivities: h and the derivatives of h at every output time, by the variational equations
 *
 *     S' = (df/dh) S + df/dtheta,  S(t0) = 0      and      R' = (df/dh) R,  R(t0) = I,
 *
 * solved together with h' = f(t, h). The Jacobians come from n vector-Jacobian products with unit vectors.
 *
 * When to use it: few components and few parameters, and derivatives of every component rather than of one loss; then one pass gives all. Works
 * with every method. Cost: n products and n^2 (n + p) multiplications an evaluation, n (1 + n + p) numbers of state; the gradient of one loss is
 * cheaper by `solveWithPullback`. Nothing is solved backwards: dissipative and stiff f do no harm.
 *
 * A tolerance for each component of h holds for the derivatives of that component too, as in CVODES with parameters of size 1.
 *
 * @param ts - output times, the initial one first; strictly monotone
 * @throws IvpInputError as `solveIvp`
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. I.14
 * @see Hindmarsh, Serban et al., "User documentation for CVODES", on sensitivity tolerances
 */
export function solveWithSensitivities<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  ts: ArrayLike<number>,
  h0: V,
  options: SensitivityOptions<V> = {},
): Sensitivities<V> {
  checkOptionNames(options, SENSITIVITY_OPTIONS, { of: 'solveWithSensitivities', instead: INSTEAD })
  checkTimes(ts)
  checkRhs(rhs)
  checkStart(h0)
  const { initial = true, norm = 'blocks', rtol, atol, ...direction } = options
  if (norm !== 'state' && norm !== 'blocks') {
    throw new IvpInputError('norm', norm, "must be 'state' or 'blocks'")
  }
  const n = h0.length
  const p = rhs.nParams
  const columns = p + (initial ? n : 0)
  const size = n * (1 + columns)
  const start = zerosLike(h0, size)
  start.set(h0)
  if (initial) for (let i = 0; i < n; i++) start[n * (1 + p + i) + i] = 1
  const isAlone = norm === 'state' || columns === 0
  const blocks: NormBlocks = isAlone ? [[0, n]] : [[0, n], [n, size]] // prettier-ignore
  const result = solveIvp(
    variationalRhs(rhs, h0, columns) as (t: number, y: FloatArray, dydt: FloatArray) => void,
    [ts[0]!, ts[ts.length - 1]!],
    start as FloatArray,
    {
      ...(direction as DirectionOptions<FloatArray>),
      rtol: repeated(rtol, n, size),
      atol: repeated(atol, n, size),
      tEval: ts,
      inPlace: true,
      norm: blocks,
    },
  ) as IvpResult<V>
  const { states, nfev, warnings, failure } = result
  return {
    ts: result.t,
    states: states.map((y) => y.slice(0, n) as V),
    theta: states.map((y) => rowsOf(y, n, n, p)),
    h0: initial ? states.map((y) => rowsOf(y, n, n * (1 + p), n)) : [],
    nfev: n * nfev,
    warnings,
    ...(failure === undefined ? {} : { failure }),
  }
}

/** A tolerance for each of n components as one for each entry of columns of n; what is none is for `solveIvp` to name. */
function repeated(
  tolerance: number | ArrayLike<number> | undefined,
  n: number,
  size: number,
): number | ArrayLike<number> | undefined {
  if (!isArrayLike(tolerance) || tolerance.length !== n) return tolerance
  return Float64Array.from({ length: size }, (_, i) => tolerance[i % n]!)
}

/** d[h | S columns | R columns]/dt. A column is n numbers in one piece. */
function variationalRhs<V extends FloatArray>(
  rhs: DifferentiableRhs<V>,
  h0: V,
  columns: number,
): (t: number, y: V, dydt: V) => void {
  const n = h0.length
  const p = rhs.nParams
  const unit = zerosLike(h0)
  const row = zerosLike(h0)
  const parameterRow = zerosLike(h0, p)
  return (t, y, dydt) => {
    const h = y.subarray(0, n) as V
    const out = { dh: dydt.subarray(0, n) as V, ah: row, atheta: parameterRow }
    for (let i = 0; i < n; i++) {
      unit[i] = 1
      rhs.vjp(t, h, unit, out)
      unit[i] = 0
      for (let k = 0; k < columns; k++) {
        const column = n * (1 + k)
        let sum = k < p ? parameterRow[k]! : 0
        for (let j = 0; j < n; j++) sum += row[j]! * y[column + j]!
        dydt[column + i] = sum
      }
    }
  }
}

/** The matrix of n rows whose m columns lie one after another from `from` on, row by row. */
function rowsOf<V extends FloatArray>(y: V, n: number, from: number, m: number): V {
  const rows = zerosLike(y, n * m)
  for (let i = 0; i < n; i++) for (let k = 0; k < m; k++) rows[i * m + k] = y[from + n * k + i]!
  return rows
}
