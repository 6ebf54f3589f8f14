import type { Net } from '../nets.ts'
import type { PresetName } from '../presets.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { givenFlags } from './flagNames.ts'
import type { SolverFlags } from './solverFlags.ts'
import { UsageError } from './usageError.ts'

/** Flags that have a value whether or not they are given. */
export interface UsualFlags {
  readonly preset: PresetName
  readonly net: Net
  readonly seed: number
  readonly backend: TrainOptions['backend']
  readonly baseline: boolean
  /** Seconds between two checkpoints. */
  readonly checkpointEvery: number
  /** Parameters to keep along the training. */
  readonly snapshots: number
}

/** What the command line gave; undefined where a flag was left out that a preset or the machine decides. */
export interface TrainFlags extends SolverFlags, UsualFlags {
  readonly epochs: number | undefined
  readonly images: number | undefined
  readonly batch: number | undefined
  readonly dim: number | undefined
  readonly groups: number | undefined
  readonly lr: number | undefined
  readonly dropout: number | undefined
  readonly patience: number | undefined
  readonly earlyStop: number | undefined
  readonly average: number | undefined
  readonly holdOut: number | undefined
  readonly workers: number | undefined
  readonly data: string | undefined
  readonly out: string | undefined
  readonly resume: string | undefined
}

/** Flags as they were given: undefined wherever one was left out. */
export type Given<F> = { readonly [name in keyof F]: F[name] | undefined }

export const USUAL: UsualFlags = {
  preset: 'quick',
  net: 'odenet',
  seed: 1,
  backend: 'wasm',
  baseline: true,
  checkpointEvery: 30,
  snapshots: 0,
}

/** Flags with what is usual where one was left out. */
export function withUsual<F>(given: Given<F>, usual: Partial<F>): F {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...usual, ...Object.fromEntries(defined) } as F
}

/**
 * Refuses what would have no effect beside --resume.
 * @param what - that goes on: 'run' or 'comparison'
 * @throws UsageError
 */
export function refuseBesideResume(given: object, what: string): void {
  const names = givenFlags(given, ['resume', 'checkpointEvery'])
  if (names === null) return
  throw new UsageError(
    `A ${what} that is continued keeps the options it was begun with, so that ${names} would have no effect beside --resume: leave it out, or begin a new ${what} without --resume.`,
  )
}

/** What solves the ODE. */
const OF_SOLVES = ['gradient', 'method', 'step', 'rtol', 'atol'] as const

/**
 * Refuses flags for what a net has not.
 * @throws UsageError
 */
export function refuseWithoutOde(given: Given<TrainFlags>): void {
  const { net = USUAL.net } = given
  if (net === 'odenet') return
  const ofSolves = Object.fromEntries(OF_SOLVES.map((name) => [name, given[name]]))
  const names = givenFlags({ ...ofSolves, ...(given.baseline === true ? { baseline: true } : {}) }, [])
  if (names === null) return
  throw new UsageError(
    `--net ${net} has no ODE, so that ${names} would have no effect: leave it out, or take --net odenet.`,
  )
}
