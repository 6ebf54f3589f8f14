import type { FloatArray } from '../ivp/index.ts'
import { toleranceAt } from '../ivp/space/vectorSpace.ts'

/** Components that are named. */
const NAMED = 5

/**
 * Says which incoming gradients the backward solve does not see, since its absolute tolerance is larger than they are at every output time; null where it sees
 * all of them. The first output's are not integrated.
 *
 * What the backward state does later is no reason to warn: an adjoint that decays below its tolerance is that of any dissipative problem.
 *
 * @param incoming - dL/d(states[j]) for every output time
 * @param atol - of the backward state, in which the adjoint begins at component `from`
 */
export function unseenIncoming(
  incoming: ReadonlyArray<FloatArray>,
  atol: number | ArrayLike<number>,
  from: number,
): string | null {
  const n = incoming[0]!.length
  const unseen: string[] = []
  for (let i = 0; i < n; i++) {
    let size = 0
    for (let j = 1; j < incoming.length; j++) size = Math.max(size, Math.abs(incoming[j]![i]!))
    const allowed = toleranceAt(atol as number | Float64Array, from + i)
    if (size > 0 && size < allowed) unseen.push(`component ${i}: ${size.toPrecision(2)} < ${allowed}`)
  }
  // Of a field, such as the features of a net, some are small in any case
  if (unseen.length === 0 || (unseen.length > NAMED && 2 * unseen.length <= n)) return null
  const more = unseen.length > NAMED ? `; ${unseen.length} in all` : ''
  return `\`incoming\` is below \`backward.atol\` at every output time (${unseen.slice(0, NAMED).join(', ')}${more}): errors as large as it are let through, so that what it adds to the gradients may be wrong altogether. If it matters, give a smaller \`backward.atol\`.`
}
