import { integral } from './control/integral.ts'
import { IvpInputError } from './errors.ts'
import { shapeOf } from './check/matrix.ts'
import type { Saved } from './integrator.ts'
import { entryOf } from './jacobianOf.ts'
import type { MatrixLike } from './options.ts'
import type { Problem } from './problem.ts'
import { checksumOf, encode } from './snapshot.ts'
import type { FloatArray } from './space/typedArraySpace.ts'

/**
 * Options that a snapshot cannot hold and that decide the numbers: given to a solve, they are given to
 * `resume` again.
 */
export type GivenAgain = 'args' | 'events' | 'jac' | 'jacSparsity' | 'controller' | 'vectorized' | 'inPlace'

/**
 * What can be seen of such options, in words that are equal in a solve and in its `resume`. Those not given
 * are missing.
 */
export type Traits = { readonly [name: string]: string }

/** @param hasOwnMethod - the method was given as an object */
export function traitsOf<V extends FloatArray>(problem: Problem<V>, hasOwnMethod: boolean): Traits {
  const { args, events, controller, form, method } = problem
  const { jac, sparsity } = problem.jacobian
  const traits: Record<string, string> = {}
  if (args.length > 0) traits['args'] = `a list of length ${args.length}`
  if (events !== null) {
    const each = events.map(({ terminalCount, direction }) =>
      terminalCount === Infinity
        ? `direction ${direction}`
        : `direction ${direction}, terminal ${terminalCount}`,
    )
    traits['events'] = `${events.length} of them (${each.join('; ')})`
  }
  if (jac !== null)
    traits['jac'] = typeof jac === 'function' ? 'a function' : matrixTrait(jac, (value) => value)
  if (sparsity !== null) traits['jacSparsity'] = matrixTrait(sparsity, () => 1)
  if (controller !== integral) traits['controller'] = 'an object'
  if (form !== 'returning') traits[form] = 'true'
  if (hasOwnMethod && method.kind !== 'implicit') {
    const { order, c, a, b, error, dense } = method.erk
    traits['method'] =
      `${method.name}, checksum ${checksumOf(encode({ order, c, a, b, error, dense } as unknown as Saved))}`
  }
  return traits
}

/** @throws IvpInputError for the first option of the solve that is missing */
export function demandAll(options: { readonly [name: string]: unknown }, given: Traits): void {
  for (const name of Object.keys(given)) {
    if ((options[name] ?? null) !== null) continue
    throw new IvpInputError(name, undefined, 'was given to the solve and must be given to `resume` again')
  }
}

/**
 * @param mayBegin - options that the solve need not have been given
 * @throws IvpInputError for the first option that looks otherwise than in the solve
 */
export function demandSame(
  options: { readonly [name: string]: unknown },
  given: Traits,
  now: Traits,
  mayBegin: ReadonlyArray<string>,
): void {
  for (const name of Object.keys({ ...given, ...now })) {
    const before = given[name]
    if (before === now[name] || (before === undefined && mayBegin.includes(name))) continue
    const expected =
      before === undefined
        ? 'was not given to the solve of this snapshot; leave it out'
        : `must be what the solve of this snapshot was given: ${before}; this is ${now[name] ?? 'none'}`
    throw new IvpInputError(name, options[name], expected)
  }
}

/** Entries that are not zero, with their places. @param valueOf - what of an entry counts */
function matrixTrait(matrix: MatrixLike, valueOf: (entry: number) => number): string {
  const [rows, columns] = shapeOf(matrix)!
  const entry = entryOf(matrix)
  const found: number[] = []
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = entry(i, j)
      if (value !== 0) found.push(i, j, valueOf(value))
    }
  }
  const checksum = checksumOf(encode(Float64Array.from(found)))
  return `a matrix with ${found.length / 3} entries, checksum ${checksum}`
}
