import { IvpInputError } from '../errors.ts'
import { nearestName } from './nearestName.ts'

/** Checks that a value is one of some words. @throws IvpInputError with all of them and the nearest one */
export function oneOf(option: string, value: unknown, choices: ReadonlyArray<string>): void {
  if (choices.includes(value as string)) return
  const nearest = typeof value === 'string' ? nearestName(value, choices) : null
  const hint = nearest === null ? '' : `; write '${nearest}'`
  const names = choices.map((name) => `'${name}'`).join(', ')
  throw new IvpInputError(option, value, `must be one of ${names}${hint}`)
}
