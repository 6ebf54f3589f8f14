import { IvpInputError } from '../errors.ts'
import type { FloatArray } from '../space/typedArraySpace.ts'
import { isArrayLike } from './arrayLike.ts'

/** Below this an rtol asks for more than rounding allows: 100 spacings in float64 as in scipy, and likewise in float32. */
export const RTOL_FLOOR: { readonly float64: number; readonly float32: number } = {
  float64: 100 * Number.EPSILON,
  float32: 1.2e-5,
}

function checkTolerance(option: 'rtol' | 'atol', value: unknown, n: number): number | Float64Array {
  const expected = `must be a number >= 0, or ${n} of them (one per component)`
  if (typeof value === 'number') {
    if (!(value >= 0)) throw new IvpInputError(option, value, expected)
    return value
  }
  if (!isArrayLike(value) || value.length !== n) throw new IvpInputError(option, value, expected)
  const isFloats = value instanceof Float64Array || value instanceof Float32Array
  // From, since `every` passes over holes
  if (!isFloats && !Array.from(value).every((component) => typeof component === 'number'))
    throw new IvpInputError(option, value, expected)
  const vector = Float64Array.from(value as ArrayLike<number>)
  if (!vector.every((component) => component >= 0)) throw new IvpInputError(option, value, expected)
  return vector
}

export function checkAtol(value: unknown, n: number): number | Float64Array {
  return checkTolerance('atol', value, n)
}

export function checkRtol(
  value: unknown,
  n: number,
  y0: FloatArray,
  warnings: string[],
): number | Float64Array {
  const rtol = checkTolerance('rtol', value, n)
  const precision = y0 instanceof Float32Array ? 'float32' : 'float64'
  const floor = RTOL_FLOOR[precision]
  const isBelow = typeof rtol === 'number' ? rtol < floor : rtol.some((component) => component < floor)
  if (!isBelow) return rtol
  warnings.push(`\`rtol\` is below what ${precision} can resolve and was raised to ${floor}.`)
  return typeof rtol === 'number' ? floor : rtol.map((component) => Math.max(component, floor))
}
