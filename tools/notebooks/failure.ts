/** How a command on the notebooks ends that does not succeed; each has an exit code of its own, for scripts. */
export type FailureKind = 'notebook' | 'usage' | 'requirement' | 'download' | 'interrupted'

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  notebook: 1,
  usage: 2,
  requirement: 3,
  download: 4,
  interrupted: 130,
}

/** Says to people what went wrong and what to do. */
export class NotebookFailure extends Error {
  override readonly name = 'NotebookFailure'
  readonly kind: FailureKind
  constructor(kind: FailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}
