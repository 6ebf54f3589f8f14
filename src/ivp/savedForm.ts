import { IvpInputError } from './errors.ts'
import type { Integrator, Saved } from './integrator.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/**
 * Compares what was saved of a solve with what `integrator`, new and of the same problem, saves itself.
 * @param nEvents - events that are watched
 * @throws IvpInputError for a part of another form
 */
export function demandForm(
  solve: Saved,
  integrator: Pick<Integrator<FloatArray>, 'save' | 'y'>,
  nEvents: number,
): void {
  const zeros = Array.from({ length: nEvents }, () => 0)
  const { events, termination } = solve as { readonly events?: Saved; readonly termination?: Saved }
  const like: Saved = {
    nfev: 0,
    nsteps: 0,
    integrator: integrator.save(),
    // Events may begin where a snapshot has none
    events: events === null ? null : { g: zeros, counts: zeros },
    output: 0,
    termination: termination === null ? null : { t: 0, y: integrator.y },
  }
  const where = misfit(solve, like, 'solve')
  if (where !== null) throw misshapen(where)
}

/** @param where - the part of a snapshot's state that no solve of its problem saves */
export function misshapen(where: string): IvpInputError {
  const expected = `must be a snapshot as it was made; \`${where}\` in its state is not what a solve of its problem saves`
  return new IvpInputError('snapshot', {}, expected)
}

const kindOf = (value: unknown): string => Object.prototype.toString.call(value)

/**
 * Where something saved differs from `like`: in the kinds of its values, the names of its members or the
 * lengths of its arrays.
 * @returns the path there, after `path`; null if it does not differ
 */
function misfit(saved: Saved, like: Saved, path: string): string | null {
  if (kindOf(saved) !== kindOf(like)) return path
  if (like === null || typeof like !== 'object') return null
  if (ArrayBuffer.isView(like)) return (saved as typeof like).length === like.length ? null : path
  const members = saved as { readonly [name: string]: Saved }
  const entries = Object.entries(like as { readonly [name: string]: Saved })
  if (Object.keys(members).length !== entries.length) return path
  for (const [name, of] of entries) {
    const found = misfit(members[name]!, of, `${path}.${name}`)
    if (found !== null) return found
  }
  return null
}
