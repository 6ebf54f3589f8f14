import { Effect } from 'effect'
import { helpCommand } from './help.ts'
import { UNREAD, whenOutputIsLost } from './lostOutput.ts'
import { StopSignals } from './stopSignals.ts'

/** Exit code of a command line that is not understood. */
export const MISUSED = 2

/** How a command is run. */
export interface Guard {
  /** Its name, for the hint at its help. */
  readonly command: string
  /** Prints the stack of a failure too. */
  readonly debug: boolean
  /** 'folder': the command goes on when nobody reads its output any more, for what it keeps. 'output': there is nothing but what it prints, and it ends. */
  readonly leaves: 'folder' | 'output'
}

/** Runs a command; a failure is one sentence and an exit code, with the stack only on demand. */
export function guarded(
  { command, debug, leaves }: Guard,
  body: (signal: AbortSignal) => Promise<unknown>,
): Effect.Effect<void> {
  // Uninterruptible: on Ctrl-C the command stops itself, with a checkpoint
  return Effect.uninterruptible(
    Effect.promise(async () => {
      const signals = new StopSignals()
      const unread = new AbortController()
      const ignoreLoss = whenOutputIsLost((code) => {
        if (leaves === 'output') unread.abort()
        else console.error(`odenet: the output is not read any more (${code}); the run goes on, and Ctrl-C stops it.`) // prettier-ignore
      })
      try {
        const outcome = await body(AbortSignal.any([signals.signal, unread.signal]))
        if (unread.signal.aborted) process.exitCode = UNREAD
        else process.exitCode = outcome === 'interrupted' ? signals.exitCode : 0
      } catch (error) {
        const { message, stack } = error as Error
        console.error(`odenet: ${debug ? stack : message}`)
        process.exitCode = (error as { exitCode?: number }).exitCode ?? 1
        if (process.exitCode === MISUSED) console.error(`See ${helpCommand(['odenet', command])}`)
      } finally {
        ignoreLoss()
        signals.close()
      }
    }),
  )
}
