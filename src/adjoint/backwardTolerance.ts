import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'
import type { BackwardState } from './checkBackward.ts'
import type { BackwardOptions, DirectionOptions } from './continuousAdjoint.ts'

/**
 * Refuses tolerances that do not fit the state of a continuous adjoint, before anything is solved.
 *
 * A forward tolerance for each component says nothing about the adjoint, whose units are those of L / h, or about parameters, which have no
 * component: no default would be right, so that the backward solve has to be given its own. (CVODES asks for them always.)
 *
 * @param n - length of h
 * @param state - what is integrated backwards
 * @throws IvpInputError for `backward.rtol` and `backward.atol`
 */
export function checkBackwardTolerances<V extends FloatArray>(
  forward: DirectionOptions<V>,
  backward: BackwardOptions<V> | undefined,
  n: number,
  { size, text }: BackwardState,
): void {
  const expected = `a number >= 0, or ${size} of them for ${text}`
  for (const name of ['rtol', 'atol'] as const) {
    const own = backward?.[name]
    if (own === undefined) {
      // A forward one that does not fit forwards is for the forward solve to name
      const given: unknown = forward[name]
      if (!isArrayLike(given) || given.length !== n) continue
      const why = `where \`${name}\` has one for each component of h`
      throw new IvpInputError(`backward.${name}`, own, `must be given ${why}: ${expected}`)
    }
    const values: ArrayLike<unknown> | null =
      typeof own === 'number' ? [own] : isArrayLike(own) && own.length === size ? own : null
    if (values === null || !Array.from(values).every((value) => (value as number) >= 0)) {
      throw new IvpInputError(`backward.${name}`, own, `must be ${expected}`)
    }
  }
}
