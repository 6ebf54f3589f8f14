import { IvpInputError } from '../../src/index.ts'

/** The input error that `work` throws; any other end of it is thrown on. */
export function refusal(work: () => unknown): IvpInputError {
  try {
    work()
  } catch (error) {
    if (error instanceof IvpInputError) return error
    throw error
  }
  throw new Error('was accepted')
}
