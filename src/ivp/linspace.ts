import { IvpInputError } from './errors.ts'

/** Longest array that engines allow. */
const LONGEST = 2 ** 32 - 1

/**
 * Equally spaced numbers with both ends, as numpy's `linspace`: for `tEval`, for plots.
 * @param start - first number, finite
 * @param stop - last number, finite, exactly so where num > 1; may lie below start
 * @param num - how many; 1 gives [start], 0 none. Default 50
 * @returns float64, length num
 * @throws IvpInputError
 * @example
 * solveIvp(f, [0, 10], y0, { tEval: linspace(0, 10, 101) })
 */
export function linspace(start: number, stop: number, num: number = 50): Float64Array {
  for (const [name, value] of [
    ['start', start],
    ['stop', stop],
  ] as const) {
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new IvpInputError(name, value, 'must be a finite number')
  }
  const delta = stop - start
  if (!Number.isFinite(delta))
    throw new IvpInputError('stop', stop, `must not be further from start (${start}) than the largest number`)
  if (typeof num !== 'number' || !Number.isInteger(num) || num < 0 || num > LONGEST)
    throw new IvpInputError('num', num, 'must be a whole number from 0')
  const list = new Float64Array(num)
  const parts = num - 1
  const step = delta / parts
  // A step that underflows is divided last, as in numpy
  for (let i = 0; i < num; i++) list[i] = start + (step === 0 ? (i / parts) * delta : i * step)
  if (num > 0) list[0] = start
  if (num > 1) list[parts] = stop
  return list
}
