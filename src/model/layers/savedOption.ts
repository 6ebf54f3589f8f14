import type { tf } from '../../bridge/tensor.ts'
import { NotSavable } from './notSavable.ts'

type Saved = tf.serialization.ConfigDictValue

/**
 * An option as a value that survives a model file. tfjs rewrites every text in it between camelCase and snake_case ('RK45' would come back as 'rK45'),
 * except below the key `name`: there texts go.
 * @throws NotSavable for functions and other objects with behaviour
 */
export function savedOption(layer: string, option: string, value: unknown): Saved {
  if (typeof value === 'string') return { name: value }
  if (typeof value === 'boolean' || value === null || Number.isFinite(value)) return value as Saved
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    return Array.from(value as ArrayLike<unknown>, (entry, i) => savedOption(layer, `${option}[${i}]`, entry))
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => [key, savedOption(layer, `${option}.${key}`, entry)]),
    )
  }
  throw new NotSavable(layer, option, 'Only numbers, texts and plain objects of them do.')
}

/** Inverse of `savedOption`; a value that was never saved passes through. */
export function restoredOption(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoredOption)
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value)
  if (entries.length === 1 && entries[0]![0] === 'name') return entries[0]![1]
  return Object.fromEntries(entries.map(([key, entry]) => [key, restoredOption(entry)]))
}

/** Made by braces or by JSON, in any realm. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
