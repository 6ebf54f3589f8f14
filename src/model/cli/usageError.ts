/** The command line cannot be carried out as written: says which part, where, and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly exitCode: 1 | 2
  /** @param exitCode - 2 for a wrong option, 1 for a world that does not fit it (a folder, a file) */
  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message)
    this.exitCode = exitCode
  }
}
