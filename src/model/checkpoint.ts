import type { EarlyStopState } from './earlyStop.ts'
import type { PlateauState } from './schedule.ts'
import type { TrainOptions } from './trainOptions.ts'

/**
 * Where a training run stands, as plain JSON: continuing from it gives the numbers of the uninterrupted run. Seed and step stand for all that is random: every epoch's order and
 * every step's dropout and augmentation come from a stream of their own.
 */
export interface Checkpoint {
  readonly options: TrainOptions
  readonly state: {
    readonly step: number
    /** The step after which the net was last evaluated by the run; 0 before. */
    readonly evaluated: number
    readonly seconds: number
    readonly parameters: string
    readonly velocity: string
    /** The running mean of the parameters; absent in runs without one. */
    readonly average?: string
    readonly plateau: PlateauState
    /** Absent in runs that do not stop early. */
    readonly earlyStop?: EarlyStopState
  }
}

/** The bytes of the numbers as text, for `decode`. */
export function encode(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

/** Inverse of `encode`. */
export function decode(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new Float32Array(bytes.buffer)
}

/** The parameters of a net in training, as `odeNetSpec` of its shape lays them out; `toParameters` makes tensors of them. */
export function trainedParameters({ state }: Checkpoint): Float32Array {
  return decode(state.parameters)
}
