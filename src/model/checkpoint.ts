import type { EarlyStopState } from './earlyStop.ts'
import { CheckpointMismatch } from './errors.ts'
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

/** Inverse of `encode`. @throws CheckpointMismatch for a text that `encode` does not write: cut off, or changed */
export function decode(text: string): Float32Array {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : null
  if (bytes === null || bytes.length % 4 !== 0 || bytes.toString('base64') !== text) {
    throw new CheckpointMismatch('some of its numbers are cut off or damaged')
  }
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

/**
 * The parameters of a net in training, as `odeNetSpec` of its shape lays them out; `toParameters` makes tensors of them, and refuses another number of them.
 * @throws CheckpointMismatch where they are cut off or damaged
 */
export function trainedParameters({ state }: Checkpoint): Float32Array {
  return decode(state.parameters)
}

/**
 * Holds a checkpoint, wherever it comes from, against a net.
 * @param count - parameters of the net
 * @param options - with which it is used; the checkpoint's own may differ
 * @throws CheckpointMismatch that says what does not fit
 */
export function checkCheckpoint(
  checkpoint: Checkpoint,
  count: number,
  options: Pick<TrainOptions, 'average' | 'earlyStop'>,
): void {
  const { state } = checkpoint as { readonly state?: Partial<Checkpoint['state']> }
  if (typeof state !== 'object' || state === null)
    throw new CheckpointMismatch('it holds no state of a training')
  const { step, evaluated, seconds, parameters, velocity, average, plateau, earlyStop } = state
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) throw new CheckpointMismatch(fault)
  }
  demand(isCount(step), 'its step is no whole number from 0')
  demand(isCount(evaluated) && evaluated! <= step!, 'its last evaluation is not at one of its steps')
  demand(isFinite(seconds), 'its time is no number')
  const numbers = (name: string, text: string | undefined): void => {
    demand(typeof text === 'string', `it lacks the ${name}`)
    const values = decode(text!)
    demand(values.length === count, `its ${name} are ${values.length} numbers where the net has ${count}`)
    demand(values.every(Number.isFinite), `its ${name} are not all finite`)
  }
  numbers('parameters', parameters)
  numbers('velocity', velocity)
  if (options.average !== null) numbers('running mean of the parameters', average)
  demand(isFinite(plateau?.lr), 'it lacks the state of the schedule')
  if (options.earlyStop !== null && earlyStop !== undefined && earlyStop.parameters !== null) {
    numbers('parameters of its best epoch', earlyStop.parameters)
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isFinite(value: unknown): boolean {
  return Number.isFinite(value)
}
