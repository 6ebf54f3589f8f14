/** How a build ends that does not succeed; each has an exit code of its own, for scripts. */
export type FailureKind = 'build' | 'usage' | 'requirement' | 'download' | 'interrupted'

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  build: 1,
  usage: 2,
  requirement: 3,
  download: 4,
  interrupted: 130,
}

/** Says to people what went wrong and what to do. */
export class NativeFailure extends Error {
  override readonly name = 'NativeFailure'
  readonly kind: FailureKind
  constructor(kind: FailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}
