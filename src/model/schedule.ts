import { checkOptionNames, optionNames } from '../bridge/optionNames.ts'

/** Settings of ReduceLROnPlateau; PyTorch's names and defaults, with the relative threshold. */
export interface PlateauOptions {
  /** Whether a smaller ('min', a loss) or a larger metric ('max', an accuracy) is better. Default 'min'. */
  readonly mode: 'min' | 'max'
  /** A reduction multiplies lr by this, between 0 and 1, both excluded. Default 0.1. */
  readonly factor: number
  /** So many metrics in a row without improvement are borne; the next reduces. Default 10. */
  readonly patience: number
  /** An improvement counts when it beats best (1 - threshold), or best (1 + threshold) for 'max'. Default 1e-4. */
  readonly threshold: number
  /** So many metrics after a reduction are not held against the run. Default 0. */
  readonly cooldown: number
  /** lr never falls below this. Default 0. */
  readonly minLr: number
  /** A reduction of no more than this is not made. Default 1e-8. */
  readonly eps: number
}

/** Where the schedule stands, as plain JSON. */
export interface PlateauState {
  readonly lr: number
  /** The best metric so far; null before the first finite one. */
  readonly best: number | null
  readonly badEpochs: number
  readonly cooldownLeft: number
}

/** A pure state machine: `next` takes a state and a metric to the next state and touches neither. */
export interface ReduceLROnPlateau {
  readonly options: PlateauOptions
  start(lr: number): PlateauState
  next(state: PlateauState, metric: number): PlateauState
}

const PLATEAU_DEFAULTS: PlateauOptions = {
  mode: 'min',
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  cooldown: 0,
  minLr: 0,
  eps: 1e-8,
}

/**
 * Lowers the learning rate when a metric stops improving.
 *
 * PyTorch's order of events: a metric either improves on the best (and clears the count of bad epochs) or is bad (and
 * adds one); within a cooldown the count is cleared again; more than `patience` bad epochs in a row reduce lr, start
 * the cooldown and clear the count. A metric that is not finite is bad and never becomes the best.
 * @throws RangeError when an option is out of range, IvpInputError when there is none of that name
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export function reduceLROnPlateau(given: Partial<PlateauOptions> = {}): ReduceLROnPlateau {
  checkOptionNames(given, Object.keys(PLATEAU_DEFAULTS), { of: 'reduceLROnPlateau' })
  const options: PlateauOptions = { ...PLATEAU_DEFAULTS, ...given }
  const { mode, factor, patience, threshold, cooldown, minLr, eps } = options
  demand(mode === 'min' || mode === 'max', 'mode', "'min' or 'max'", mode)
  demand(factor > 0 && factor < 1, 'factor', 'between 0 and 1', factor)
  demand(isCount(patience), 'patience', 'an integer of at least 0', patience)
  demand(isCount(cooldown), 'cooldown', 'an integer of at least 0', cooldown)
  demand(isFiniteFrom0(threshold), 'threshold', 'a finite number of at least 0', threshold)
  demand(isFiniteFrom0(minLr), 'minLr', 'a finite number of at least 0', minLr)
  demand(isFiniteFrom0(eps), 'eps', 'a finite number of at least 0', eps)

  const isBetter = (metric: number, best: number | null): boolean => {
    if (!Number.isFinite(metric)) return false
    if (best === null) return true
    return mode === 'min' ? metric < best * (1 - threshold) : metric > best * (1 + threshold)
  }
  const reduced = (lr: number): number => {
    const lower = Math.max(lr * factor, minLr)
    return lr - lower > eps ? lower : lr
  }

  return {
    options,
    start(lr) {
      demand(isFiniteFrom0(lr), 'lr', 'a finite number of at least 0', lr)
      return { lr, best: null, badEpochs: 0, cooldownLeft: 0 }
    },
    next({ lr, best, badEpochs, cooldownLeft }, metric) {
      const better = isBetter(metric, best)
      const newBest = better ? metric : best
      const cooling = cooldownLeft > 0
      const bad = better || cooling ? 0 : badEpochs + 1
      return bad > patience
        ? { lr: reduced(lr), best: newBest, badEpochs: 0, cooldownLeft: cooldown }
        : { lr, best: newBest, badEpochs: bad, cooldownLeft: cooling ? cooldownLeft - 1 : 0 }
    },
  }
}

/** Settings of the cosine schedule. */
export interface CosineOptions {
  /** lr at the top, where warm-up ends and the cosine begins. */
  readonly peakLr: number
  /** Steps of the whole run, warm-up included. */
  readonly totalSteps: number
  /** Steps in which lr rises linearly: step k (from 0) takes peakLr (k + 1) / warmupSteps. Default 0. */
  readonly warmupSteps?: number
  /** lr at the end and after it. Default 0. */
  readonly minLr?: number
}

const COSINE_OPTIONS = optionNames<CosineOptions>({
  peakLr: true,
  totalSteps: true,
  warmupSteps: true,
  minLr: true,
})

/**
 * Learning rate of a step: linear warm-up, then half a cosine from peakLr down to minLr.
 * @param step - number of steps already taken: 0 for the first
 * @throws RangeError when step or an option is out of range, IvpInputError for an option that there is not
 * @see Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, Eq. (5), no restarts
 * @see Goyal et al., "Accurate, large minibatch SGD", arXiv:1706.02677, Sec. 2.2: gradual warm-up
 */
export function cosine(step: number, options: CosineOptions): number {
  checkOptionNames(options, COSINE_OPTIONS, { of: 'cosine' })
  const { peakLr, totalSteps, warmupSteps = 0, minLr = 0 } = options
  demand(isCount(step), 'step', 'an integer of at least 0', step)
  demand(isFiniteFrom0(peakLr), 'peakLr', 'a finite number of at least 0', peakLr)
  demand(minLr >= 0 && minLr <= peakLr, 'minLr', 'from 0 to peakLr', minLr)
  demand(isCount(totalSteps), 'totalSteps', 'an integer of at least 0', totalSteps)
  demand(
    isCount(warmupSteps) && warmupSteps <= totalSteps,
    'warmupSteps',
    'from 0 to totalSteps',
    warmupSteps,
  )
  if (step < warmupSteps) return (peakLr * (step + 1)) / warmupSteps
  if (step >= totalSteps) return minLr
  const done = (step - warmupSteps) / (totalSteps - warmupSteps)
  return minLr + 0.5 * (peakLr - minLr) * (1 + Math.cos(Math.PI * done))
}

function isCount(x: number): boolean {
  return Number.isSafeInteger(x) && x >= 0
}

function isFiniteFrom0(x: number): boolean {
  return x >= 0 && x < Infinity
}

function demand(holds: boolean, option: string, expected: string, received: unknown): void {
  if (!holds) throw new RangeError(`${option} must be ${expected}, not ${String(received)}`)
}
