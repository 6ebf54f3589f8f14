/** Arrays, typed arrays and whatever else has a length. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null) return false
  const { length } = value as { length?: unknown }
  return typeof length === 'number' && Number.isSafeInteger(length) && length >= 0
}

/**
 * Index of the first entry that is not a number, -1 if all are. By index, since `every` skips the holes of a
 * sparse array. NaN is a number here.
 */
export function firstNonNumber(list: ArrayLike<unknown>): number {
  if (list instanceof Float64Array || list instanceof Float32Array) return -1
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'number') return i
  }
  return -1
}
