/** How shells name the end of a program whose output nobody reads any more (SIGPIPE). */
export const UNREAD = 141

/**
 * Calls `tell` once with the system's code when standard output cannot be written any more: its reader has gone, as with `odenet train | head`, or its terminal. Without a listener either would end the process.
 * @returns ends that
 */
export function whenOutputIsLost(tell: (code: string) => void): () => void {
  let isTold = false
  const onError = ({ code, message }: NodeJS.ErrnoException): void => {
    if (isTold) return
    isTold = true
    tell(code ?? message)
  }
  process.stdout.on('error', onError)
  return () => process.stdout.off('error', onError)
}

/** Lets this process go on without a reader of its output and its messages. */
export function outliveReaders(): void {
  const ignore = (): void => {}
  process.stdout.on('error', ignore)
  process.stderr.on('error', ignore)
}
