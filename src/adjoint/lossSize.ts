import type { FloatArray } from '../ivp/index.ts'
import { toleranceAt } from '../ivp/space/vectorSpace.ts'
import type { CertifiedSolve } from './movedLoss.ts'
import { largestOf } from './randomDirection.ts'

/** What L = sum_j incoming_j . h(t_j) is made of, as root sums of squares over components and output times. */
export interface LossSize {
  /** Of the terms, each with the largest |h| of its component. */
  readonly terms: number
  /** Of the errors that the forward tolerances allow in the terms. */
  readonly errors: number
}

export function lossSize<V extends FloatArray>(
  { states, forward: { rtol = 1e-3, atol = 1e-6 } }: CertifiedSolve<V>,
  incoming: ReadonlyArray<V>,
): LossSize {
  const largest = largestOf(states)
  let terms = 0
  let errors = 0
  for (const a of incoming) {
    for (let i = 0; i < a.length; i++) {
      terms += (a[i]! * largest[i]!) ** 2
      errors += (a[i]! * (toleranceAt(atol, i) + toleranceAt(rtol, i) * largest[i]!)) ** 2
    }
  }
  return { terms: Math.sqrt(terms), errors: Math.sqrt(errors) }
}
