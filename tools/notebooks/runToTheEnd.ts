import { EXIT_CODES, NotebookFailure } from './failure.ts'

/** Runs a command until it ends or is interrupted, says what went wrong and sets the exit code. */
export async function runToTheEnd(command: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort())
  try {
    await command(interruption.signal)
  } catch (error) {
    const isInterrupted = interruption.signal.aborted
    if (!isInterrupted && !(error instanceof NotebookFailure)) throw error
    console.error(isInterrupted ? 'Stopped.' : (error as Error).message)
    process.exitCode = EXIT_CODES[isInterrupted ? 'interrupted' : (error as NotebookFailure).kind]
  }
}
