import { methodsOfKind } from '../../bridge/optionNames.ts'
import type { Preset } from '../presets.ts'
import type { TrainGradient, TrainMethod, TrainOptions } from '../trainOptions.ts'
import { UsageError } from './usageError.ts'

const FIXED_STEP: ReadonlySet<string> = new Set(methodsOfKind('fixedStep'))
const IMPLICIT: ReadonlySet<string> = new Set(methodsOfKind('implicit'))

export const methodNames: readonly TrainMethod[] = [
  ...methodsOfKind('explicit'),
  ...methodsOfKind('implicit'),
  ...methodsOfKind('fixedStep'),
]

/** What 'autodiff' takes where nothing else is asked for: ten equal steps. */
const AUTODIFF_METHOD = 'RK4'
const AUTODIFF_STEP = 0.1

/** Implicit methods factorise a full matrix of this many rows at most. */
const MOST_IMPLICIT = 5000

export interface SolverFlags {
  readonly gradient: TrainGradient | undefined
  readonly method: TrainMethod | undefined
  readonly step: number | undefined
  readonly rtol: number | undefined
  readonly atol: number | undefined
}

type SolverOptions = Pick<TrainOptions, 'gradient' | 'method' | 'step' | 'rtol' | 'atol'>

/** Gradient, method, and step or tolerances, by the flags over the preset. `--rtol` alone is the absolute tolerance too, as in the presets. */
export function solverOf(flags: SolverFlags, preset: Preset): SolverOptions {
  const gradient = flags.gradient ?? preset.gradient
  const method = flags.method ?? (gradient === 'autodiff' ? AUTODIFF_METHOD : preset.method)
  if (IMPLICIT.has(method) && (gradient === 'autodiff' || gradient === 'discrete')) {
    throw new UsageError(
      `--gradient ${gradient} differentiates the steps of explicit methods, not of ${method}: take another --method, or --gradient interpolating.`,
    )
  }
  const step = stepOf(flags.step, method, gradient, preset)
  for (const name of ['rtol', 'atol'] as const) {
    const value = flags[name]
    if (value === undefined) continue
    if (step !== null) {
      throw new UsageError(
        `--${name} has no effect on ${method}, whose steps are equal: give --step instead.`,
      )
    }
    if (!(value > 0)) throw new UsageError(`--${name} must be a positive number; received ${value}.`)
  }
  const rtol = flags.rtol ?? preset.rtol
  return { gradient, method, step, rtol, atol: flags.atol ?? flags.rtol ?? preset.atol }
}

function stepOf(
  given: number | undefined,
  method: TrainMethod,
  gradient: TrainGradient,
  preset: Preset,
): number | null {
  if (!FIXED_STEP.has(method)) {
    if (given === undefined) return null
    throw new UsageError(
      `--step is for the methods with equal steps (${[...FIXED_STEP].join(', ')}); ${method} chooses its own by --rtol.`,
    )
  }
  const usual = gradient === 'autodiff' && method === AUTODIFF_METHOD ? AUTODIFF_STEP : undefined
  const step = given ?? preset.step ?? usual
  if (step === undefined) {
    throw new UsageError(
      `--method ${method} needs --step, the length of its equal steps, such as --step 0.1.`,
    )
  }
  if (!(step > 0 && step <= 1)) {
    throw new UsageError(`--step must lie in (0, 1], the interval that is solved on; received ${step}.`)
  }
  return step
}

/**
 * Refuses implicit methods where their matrices would not fit.
 * @param pixels - of the images, before the stem
 */
export function checkImplicit(options: TrainOptions, pixels: number): void {
  const state = (options.batch / options.workers) * options.dim * (pixels / 4 ** options.downsamplings)
  if (!IMPLICIT.has(options.method) || state <= MOST_IMPLICIT) return
  throw new UsageError(
    `--method ${options.method} takes states of at most ${MOST_IMPLICIT} numbers, here they are of ${Math.ceil(state)}: take an explicit method, or lower --batch and --dim.`,
  )
}

/** The flags that repeat the choice. */
export function solverFlags({
  gradient,
  method,
  step,
  rtol,
  atol,
}: TrainOptions): Readonly<Record<string, string | number>> {
  return { gradient, method, ...(step === null ? { rtol, atol } : { step }) }
}
