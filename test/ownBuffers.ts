import { assert } from 'vitest'

/**
 * Asserts that no array anywhere in `value` has a buffer larger than itself, which `structuredClone` and `postMessage` would copy whole.
 * @returns how many arrays there were
 */
export function assertOwnBuffers(value: unknown, path = 'it', seen: Set<object> = new Set()): number {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value))
    return 0
  seen.add(value)
  if (ArrayBuffer.isView(value)) {
    assert.equal(value.buffer.byteLength, value.byteLength, `the buffer of ${path}`)
    return 1
  }
  let count = 0
  for (const [name, of] of Object.entries(value)) count += assertOwnBuffers(of, `${path}.${name}`, seen)
  return count
}
