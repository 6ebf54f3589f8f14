import { netNames, type Net } from './nets.ts'

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** First line of a run: what was asked for. */
export interface ConfigRecord {
  readonly kind: 'config'
  readonly seed: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly options: { readonly [name: string]: Json }
}

/** One step of the optimizer. */
export interface StepRecord {
  readonly kind: 'step'
  readonly net: Net
  /** Steps taken, this one included. */
  readonly step: number
  /** Passes through the data, fractions included. */
  readonly epoch: number
  /** Images trained on so far. */
  readonly images: number
  /** Since the net's training began. */
  readonly seconds: number
  /** Of the step's batch: mean cross-entropy in nats, and fraction from 0 to 1. */
  readonly loss: number
  readonly accuracy: number
  readonly lr: number
  /** Evaluations of the right-hand side, in the solve and in its gradient. */
  readonly nfeForward: number
  readonly nfeBackward: number
  readonly imagesPerSecond: number
  /** That the gradient of the step was replaced by another, and why; there only where it was. */
  readonly warning?: string
}

/** One pass over the test images. */
export interface EvalRecord {
  readonly kind: 'eval'
  readonly net: Net
  /** Steps and training images before the evaluation, seconds since the net's training began. */
  readonly step: number
  readonly images: number
  readonly seconds: number
  readonly accuracy: number
  readonly loss: number
  /** Mean over the batches. */
  readonly nfeForward: number
}

/** One pass over training images that were held out. */
export interface ValidationRecord extends Omit<EvalRecord, 'kind'> {
  readonly kind: 'validation'
}

/** Last line of a run: how it ended. */
export interface DoneRecord {
  readonly kind: 'done'
  readonly outcome: 'completed' | 'interrupted' | 'failed'
  /** Of the whole run, and the images that the ODENet was trained on. */
  readonly seconds: number
  readonly images: number
  /** Test accuracies, fractions from 0 to 1; null where there is none. */
  readonly stemAccuracy: number | null
  readonly accuracy: number | null
  /** One sentence. */
  readonly message: string
}

/** One line of a metrics file. */
export type RunRecord = ConfigRecord | StepRecord | EvalRecord | ValidationRecord | DoneRecord

type Field = 'string?' | 'number' | 'number?' | 'string' | 'net' | 'outcome' | 'object'

const OF_EVALUATION = {
  net: 'net',
  step: 'number',
  images: 'number',
  seconds: 'number',
  accuracy: 'number',
  loss: 'number',
  nfeForward: 'number',
} as const

/** What each kind of record must contain; the reader checks it, unknown fields pass. */
const FIELDS: {
  readonly [K in RunRecord['kind']]: Readonly<
    Record<Exclude<keyof Extract<RunRecord, { kind: K }>, 'kind'>, Field>
  >
} = {
  config: { seed: 'number', startedAt: 'string', options: 'object' },
  step: {
    net: 'net',
    step: 'number',
    epoch: 'number',
    images: 'number',
    seconds: 'number',
    loss: 'number',
    accuracy: 'number',
    lr: 'number',
    nfeForward: 'number',
    nfeBackward: 'number',
    imagesPerSecond: 'number',
    warning: 'string?',
  },
  eval: OF_EVALUATION,
  validation: OF_EVALUATION,
  done: {
    outcome: 'outcome',
    seconds: 'number',
    images: 'number',
    stemAccuracy: 'number?',
    accuracy: 'number?',
    message: 'string',
  },
}

/** JSON has no numbers but finite ones; a diverging loss is written as one of these strings and read back. */
const NON_FINITE: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

/** One record as a line of JSON, without the line break. */
export function formatRecord(record: RunRecord): string {
  return JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
}

/** One line as a record; undefined when it is none. */
export function parseRecord(line: string): RunRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined
  const { kind } = value
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) return undefined
  const record = value as Record<string, unknown>
  for (const [name, field] of Object.entries(FIELDS[kind as RunRecord['kind']])) {
    const isNumber = field === 'number' || field === 'number?'
    const restored = isNumber ? NON_FINITE.get(record[name]) : undefined
    if (restored !== undefined) record[name] = restored
    if (!fits(record[name], field)) return undefined
  }
  return value as RunRecord
}

function fits(value: unknown, field: Field): boolean {
  switch (field) {
    case 'number':
      return typeof value === 'number'
    case 'number?':
      return typeof value === 'number' || value === null
    case 'string':
      return typeof value === 'string'
    case 'string?':
      return value === undefined || typeof value === 'string'
    case 'net':
      return netNames.includes(value as Net)
    case 'outcome':
      return value === 'completed' || value === 'interrupted' || value === 'failed'
    case 'object':
      return typeof value === 'object' && value !== null
  }
}
