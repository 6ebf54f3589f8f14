import { IvpInputError } from '../ivp/index.ts'

/**
 * Checks an option that is itself an object of options, before anything is solved; absent is fine.
 * @param known - the names it may have
 * @throws IvpInputError that names the option, or the entry as `option.entry`
 */
export function checkNestedNames(option: string, given: unknown, known: ReadonlyArray<string>): void {
  if (given === undefined) return
  const names = `(known: ${known.join(', ')})`
  if (given === null || typeof given !== 'object' || Array.isArray(given) || ArrayBuffer.isView(given)) {
    throw new IvpInputError(option, given, `must be an object of options ${names}, or absent`)
  }
  for (const [name, value] of Object.entries(given)) {
    if (known.includes(name)) continue
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const hint = known.includes(camel) ? `; write \`${camel}\`` : ''
    throw new IvpInputError(`${option}.${name}`, value, `is not an option${hint} ${names}`)
  }
}
