import type { FloatArray, IvpFailure } from '../ivp/index.ts'
import type { Otherwise } from './continuousAdjoint.ts'
import type { Gradients } from './gradients.ts'
import { lossInWords } from './stateWatch.ts'

/** What takes the place of a gradient of 'backsolve', and what is said of it. */
export interface Replacement<K extends Otherwise> {
  readonly gradient: Exclude<K, 'fail'>
  readonly warning: string
}

/** What follows a backward solve that failed, because the state was lost on the way back or otherwise; null where the failure is the answer. */
export function replacement<K extends Otherwise>(failure: IvpFailure, otherwise: K): Replacement<K> | null {
  if (failure.kind === 'aborted' || otherwise === 'fail') return null
  const why =
    failure.kind === 'lostState' ? lossInWords(failure) : `The backward solve failed (${failure.kind})`
  return {
    gradient: otherwise as Exclude<K, 'fail'>,
    warning: `${why}, at t = ${failure.t}: gradient 'backsolve' was replaced by '${otherwise}', which solved forward again. Give gradient: '${otherwise}' to save the first attempt.`,
  }
}

/**
 * A gradient of 'backsolve', or the one that takes its place.
 * @param found - by 'backsolve'
 * @param make - the other gradient, of the same solve
 */
export function orReplaced<V extends FloatArray, K extends Otherwise>(
  found: Gradients<V>,
  otherwise: K,
  make: (by: Exclude<K, 'fail'>) => Gradients<V>,
): Gradients<V> {
  const by = found.failure === undefined ? null : replacement(found.failure, otherwise)
  if (by === null) return found
  const instead = make(by.gradient)
  return {
    ...instead,
    nfev: found.nfev + instead.nfev,
    warnings: [...instead.warnings, by.warning],
    replacedBy: by.gradient,
  }
}
