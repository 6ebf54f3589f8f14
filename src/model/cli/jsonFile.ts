import { readFileSync } from 'node:fs'
import { attempt } from './attempt.ts'

/** Replacer for JSON.stringify: JSON has no Infinity. */
export function withInfinity(_key: string, value: unknown): unknown {
  return value === Infinity ? 'Infinity' : value
}

/** Reads what was written with `withInfinity`. @throws UsageError */
export function readJson<T>(file: string): T {
  return attempt(file, 'cannot be read', () => JSON.parse(readFileSync(file, 'utf8'), withoutNames) as T)
}

/** `maxImages` may be infinite, which JSON cannot say. */
export function withoutNames(key: string, value: unknown): unknown {
  return key === 'maxImages' && value === 'Infinity' ? Infinity : value
}
