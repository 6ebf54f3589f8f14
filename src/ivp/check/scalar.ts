import { IvpInputError } from '../errors.ts'

/** @throws IvpInputError unless the value is a number above zero; it may be Infinity */
export function positive(option: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0))
    throw new IvpInputError(option, value, 'must be a positive number')
  return value
}

/** Absent: false. @throws IvpInputError for anything but true and false: 'false' and 1 are slips */
export function flag(option: string, value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw new IvpInputError(option, value, 'must be true or false')
  return value
}
