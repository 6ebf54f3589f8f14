/** How a command ends that does not succeed; each has an exit code of its own, for scripts. */
export type FailureKind = 'failed' | 'usage' | 'requirement' | 'download'

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  failed: 1,
  usage: 2,
  requirement: 3,
  download: 4,
}

/** Says to people what went wrong and what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly kind: FailureKind
  constructor(kind: FailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}
