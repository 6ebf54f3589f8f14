import { UsageError } from './usageError.ts'

/** Runs a file operation; what the system refuses becomes a sentence with the path and the problem. @throws UsageError */
export function attempt<T>(path: string, problem: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} ${problem} (${code ?? message}).`, 1)
  }
}
