/** A study was asked to stop between two of its parts; what other studies found is kept. */
export class StudyStopped extends Error {
  override readonly name = 'StudyStopped'
  readonly _tag = 'StudyStopped'
  readonly study: string
  /** Parts of it that were done. */
  readonly parts: number
  constructor(study: string, parts: number) {
    super(`The study '${study}' was stopped after ${parts} parts: start it again, it begins anew.`)
    this.study = study
    this.parts = parts
  }
}

/** How a process ended that was to measure memory: by itself, by a signal, or it lived and could not compute the gradient. */
export type ProbeEnd =
  | { readonly reason: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly reason: 'gradient'; readonly message: string }

/** The memory of a gradient could not be measured. */
export class MemoryNotMeasured extends Error {
  override readonly name = 'MemoryNotMeasured'
  readonly _tag = 'MemoryNotMeasured'
  readonly end: ProbeEnd
  constructor(end: ProbeEnd) {
    super(
      end.reason === 'gradient'
        ? `Memory could not be measured: ${end.message}`
        : `The process that measures memory ended early (${end.signal ?? `exit code ${end.code}`}): if the system was short of memory, take fewer --memory-steps or a smaller --batch.`,
    )
    this.end = end
  }
}
