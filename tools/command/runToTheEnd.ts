import { CommandFailure, EXIT_CODES } from './failure.ts'

/** What shells give a program that SIGINT ended. */
const INTERRUPTED = 130

/**
 * Runs a command until it ends or is interrupted, says what went wrong and sets the exit code.
 * @param stopped - what to say when it was interrupted
 */
export async function runToTheEnd(
  command: (signal: AbortSignal) => Promise<void>,
  stopped = 'Stopped.',
): Promise<void> {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort())
  try {
    await command(interruption.signal)
  } catch (error) {
    if (interruption.signal.aborted) {
      console.error(stopped)
      process.exitCode = INTERRUPTED
    } else if (error instanceof CommandFailure) {
      console.error(error.message)
      process.exitCode = EXIT_CODES[error.kind]
    } else throw error
  }
}
