import { type Cause, Data } from 'effect'

/** What is wrong with a file, for code; the message says it for people. */
export type DataErrorReason =
  | 'missing'
  | 'unreadable'
  | 'unwritable'
  | 'corrupt'
  | 'magic'
  | 'elementType'
  | 'truncated'
  | 'trailing'
  | 'tooLarge'
  | 'shape'
  | 'label'
  | 'checksum'
  | 'record'

/** Fields of a DataError: `path` is the file or folder concerned, `message` one sentence for its owner. */
export interface DataErrorFields {
  readonly path: string
  readonly reason: DataErrorReason
  readonly message: string
  readonly cause?: unknown
}

// Isolated declarations refuse a call in an `extends` clause, so the base class gets a name and a written type.
const DataErrorBase: new (
  fields: DataErrorFields,
) => Cause.YieldableError & { readonly _tag: 'DataError' } & Readonly<DataErrorFields> =
  Data.TaggedError('DataError')

/**
 * A file on disk is not what the model needs: a data set, a metrics file, a checkpoint.
 * Its message is one sentence: what is wrong, where, and what to do instead.
 */
export class DataError extends DataErrorBase {}

/** The code of a failed system call ('ENOENT', ...) or of zlib ('Z_BUF_ERROR', ...); empty when there is none. */
export function systemCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

/** The loss is no longer a number. */
export class TrainingDiverged extends Error {
  override readonly name = 'TrainingDiverged'
  readonly _tag = 'TrainingDiverged'
  readonly step: number
  readonly loss: number
  constructor(step: number, loss: number, lr: number) {
    super(`The loss became ${loss} at step ${step}: lower --lr (now ${lr}), or tighten --rtol.`)
    this.step = step
    this.loss = loss
  }
}

/** A checkpoint is not one of the net that it is to give its parameters to, or is damaged. Nothing was taken from it. */
export class CheckpointMismatch extends Error {
  override readonly name = 'CheckpointMismatch'
  readonly _tag = 'CheckpointMismatch'
  /** What does not fit, as the end of a sentence. */
  readonly fault: string
  constructor(fault: string) {
    super(`The checkpoint does not fit: ${fault}. Give one of a training of the same net, as it was written.`)
    this.fault = fault
  }
}

/** A training, or the test of a net, was stopped within a step by its signal; what was done before stands. */
export class TrainingStopped extends Error {
  override readonly name = 'TrainingStopped'
  readonly _tag = 'TrainingStopped'
  constructor() {
    super('The training was stopped by its signal: go on from a checkpoint.')
  }
}

/** A step of a training could not be taken: the loss is not a number any more, or a solve failed. What was recorded before stays. */
export class TrainingFailed extends Error {
  override readonly name = 'TrainingFailed'
  readonly _tag = 'TrainingFailed'
  readonly step: number
  override readonly cause: Error
  constructor(step: number, cause: Error) {
    const advice = cause instanceof TrainingDiverged ? '' : ' Lower --lr, or tighten --rtol.'
    super(`Step ${step} failed. ${cause.message}${advice}`)
    this.step = step
    this.cause = cause
  }
}
