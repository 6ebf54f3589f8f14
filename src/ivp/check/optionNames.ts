import { IvpInputError } from '../errors.ts'
import { nearestName } from './nearestName.ts'

/** The names of the options O: the compiler refuses a list that lacks one, or has one too many. */
export function optionNames<O>(names: { readonly [name in keyof O]-?: true }): ReadonlyArray<string> {
  return Object.keys(names)
}

/** Where options belong. */
export interface OptionPlace {
  /** The function that takes them, as errors call it; absent: they say only that it is no option. */
  readonly of?: string
  /** The option that holds them, such as `backward`; absent: they are an argument, `options`. */
  readonly within?: string
  /** What to do instead of options that one may expect here, as the end of a sentence. */
  readonly instead?: Readonly<Record<string, string>>
}

/**
 * Checks that options are an object without names that are no options: those would do nothing, and nobody would know. Absent is fine.
 * @throws IvpInputError that names the option, as `within.name` inside of another; with what to write instead where that is known
 */
export function checkOptionNames(
  given: unknown,
  known: ReadonlyArray<string>,
  { of, within, instead = {} }: OptionPlace = {},
): void {
  if (given === undefined) return
  if (given === null || typeof given !== 'object' || Symbol.iterator in given || ArrayBuffer.isView(given)) {
    if (within === undefined) throw new IvpInputError('options', given, 'must be an object of options')
    throw new IvpInputError(within, given, `must be an object of options ${listed(known)}, or absent`)
  }
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const nearest = nearestName(name, known)
    const isExpected = Object.hasOwn(instead, name)
    const hint = isExpected ? `: ${instead[name]}` : nearest === null ? '' : `; write \`${nearest}\``
    throw new IvpInputError(
      within === undefined ? name : `${within}.${name}`,
      (given as Record<string, unknown>)[name],
      `is not an option${of === undefined ? '' : ` of \`${of}\``}${hint} ${listed(known)}`,
    )
  }
}

function listed(known: ReadonlyArray<string>): string {
  return `(known: ${known.join(', ')})`
}
