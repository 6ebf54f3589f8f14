import { IvpInputError, type FloatArray } from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'
import { largestOf } from '../ivp/space/typedArraySpace.ts'
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

/** The largest incoming gradient, or 1 where that is more or none is finite; the first is not integrated. @param incoming - dL/d(states[j]) for every output time */
export function incomingScale(incoming: ReadonlyArray<FloatArray>): number {
  return scaleOfLargest(incoming.slice(1).reduce((most, a) => Math.max(most, largestOf(a)), 0))
}

/** The same from the largest of them. */
export function scaleOfLargest(largest: number): number {
  return largest > 1 && largest < Infinity ? largest : 1
}

/**
 * The backward options with an atol that fits the adjoint. A forward one is in units of h; the adjoint and the parameter gradient scale with the incoming gradients.
 * So where none is given for the backward solve, theirs is the forward one times the largest incoming gradient, if that is above 1.
 *
 * @param options - the backward options, the forward ones for those that are absent
 * @param own - `backward.atol` as it was given
 * @param scale - see `incomingScale`
 * @param size - of the state that is integrated backwards; its first `nState` numbers are h, and keep their tolerance
 */
export function withAdjointAtol<V extends FloatArray>(
  options: BackwardOptions<V>,
  own: unknown,
  scale: number,
  size: number,
  nState: number,
): BackwardOptions<V> {
  const { atol = 1e-6 } = options
  if (own !== undefined || typeof atol !== 'number' || scale === 1) return options
  const scaled = atol * scale
  if (nState === 0) return { ...options, atol: scaled }
  return { ...options, atol: new Float64Array(size).fill(atol, 0, nState).fill(scaled, nState) }
}
