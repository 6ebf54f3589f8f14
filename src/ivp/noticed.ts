/** How warnings begin that the advice of a failure looks for. */
export const WROTE = '`fun` wrote into y'
export const STIFF = 'The problem is stiff'
export const WRONG_JACOBIAN = 'The Jacobian given is not that of fun'

/**
 * Adds what was noticed during a solve, unless it is known: a solve that goes on from a snapshot knows what was noticed before.
 * @param beginning - by which it is known
 */
export function tellOnce(warnings: string[], text: string, beginning: string = text): void {
  if (!warnings.some((known) => known.startsWith(beginning))) warnings.push(text)
}
