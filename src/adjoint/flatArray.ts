import type { FloatArray } from '../ivp/index.ts'

/** target += terms. */
export function addTo(target: FloatArray, terms: FloatArray): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + terms[i]!
}

/** target += factor terms. */
export function addScaled(target: FloatArray, factor: number, terms: FloatArray): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + factor * terms[i]!
}

/** x . y, summed in double. */
export function dot(x: FloatArray, y: FloatArray): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!
  return total
}

/** Whether every component is zero; NaN is not. */
export function isZero(x: FloatArray): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) return false
  return true
}

/** |x|, summed in double. */
export function norm(x: FloatArray): number {
  return Math.sqrt(dot(x, x))
}
