import type { BackendChoice } from '../bridge/index.ts'
import { averageStep } from './average.ts'
import { Batches } from './batches.ts'
import { checkTrainerSettings, checkTrainOptions } from './checkTrainOptions.ts'
import { checkCheckpoint, decode, encode, type Checkpoint } from './checkpoint.ts'
import { afterEpoch, EARLY_STOP_START } from './earlyStop.ts'
import { evaluateOn, type Evaluation } from './evaluation.ts'
import { GradientPool } from './gradientPool.ts'
import type { ImageSet } from './imageSet.ts'
import type { StepRecord } from './metrics.ts'
import { shapeOf } from './netShape.ts'
import { odeNetSpec } from './odeNet.ts'
import { initialParameters, parameterCount } from './parameters.ts'
import { makeRng } from './rng.ts'
import { cosine, reduceLROnPlateau } from './schedule.ts'
import { sgdStep } from './sgd.ts'
import type { TrainingShard } from './shard.ts'
import { TrainingDiverged, TrainingStopped } from './errors.ts'
import { solveOf } from './trainedSolve.ts'
import type { TrainOptions } from './trainOptions.ts'

/** A net in training: knows its optimizer and schedule, is asked for one step after the other. */
export interface Trainer {
  readonly backend: BackendChoice
  readonly parameterCount: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly step: number
  /** Training images seen so far. */
  readonly images: number
  /** Whether an epoch or the training ended with the last step and `evaluated` has not been called since. */
  readonly isEvaluationDue: boolean
  /** One optimisation step; null when all are done. */
  next(): Promise<StepRecord | null>
  /** How the net does on a set, with the mean of its parameters where there is one; null once `isStopped` says true, which is asked between parts of the set, or its signal has stopped the trainer. */
  evaluate(set: ImageSet, isStopped?: () => boolean): Promise<Evaluation | null>
  /**
   * Says that the evaluation that was due is done. The plateau schedule and the early stop see the accuracy, if it was that of an epoch's end. True if the net as it is now would be the result of the
   * training: with an early stop only after the best epoch so far.
   */
  evaluated(validationAccuracy: number): boolean
  checkpoint(): Checkpoint
  dispose(): Promise<void>
}

/** Share of the steps in which the learning rate of the cosine schedule rises. */
const WARMUP_SHARE = 0.05

/** What does not decide the numbers of a training. */
export interface TrainerSettings {
  /**
   * Stops the training within a step once it is aborted: `next` then rejects with TrainingStopped, `evaluate` gives null, and `checkpoint` is that of the last step that was
   * taken. The net is computed in a thread of its own, also with one worker.
   */
  readonly signal?: AbortSignal
}

/**
 * Prepares the backend(s), the net and its optimizer; continues from a checkpoint if there is one.
 * @throws IvpInputError (as a rejection) for an option or a setting that is missing or that there is not; CheckpointMismatch for a checkpoint of a net with another number of parameters, or a damaged one, before anything else is done
 */
export async function createTrainer(
  options: TrainOptions,
  train: ImageSet,
  resumeFrom?: Checkpoint,
  settings: TrainerSettings = {},
): Promise<Trainer> {
  checkTrainOptions(options)
  checkTrainerSettings(settings)
  const { signal } = settings
  const shape = shapeOf(options, train)
  const spec = odeNetSpec(shape)
  if (resumeFrom !== undefined) checkCheckpoint(resumeFrom, parameterCount(spec), options)
  const pool = await GradientPool.open(shape, solveOf(options), options.backend, options.workers, signal)
  const rng = makeRng(options.seed)
  const parameters = pool.parameters
  const velocity = new Float32Array(parameters.length)
  const gradient = new Float32Array(parameters.length)
  const plateau = reduceLROnPlateau({ mode: 'max', patience: options.patience })
  const batches = new Batches(train, rng, options)
  const totalSteps = batches.stepsFor(Math.min(options.epochs * train.n, options.maxImages))
  let step = 0
  let evaluatedStep = 0
  let prepared: { readonly step: number; readonly batch: TrainingShard } | null = null
  let seconds = 0
  let plateauState = plateau.start(options.lr)
  const { average: keptShare, earlyStop: patience } = options
  let stop = EARLY_STOP_START
  parameters.set(initialParameters(spec, rng.fork('parameters')))
  const mean = keptShare === null ? null : parameters.slice()
  if (resumeFrom !== undefined) {
    const { state } = resumeFrom
    ;({ step, seconds, evaluated: evaluatedStep } = state)
    plateauState = state.plateau
    stop = state.earlyStop ?? stop
    parameters.set(decode(state.parameters))
    velocity.set(decode(state.velocity))
    if (state.average !== undefined) mean?.set(decode(state.average))
  }

  const rate = (at: number): number =>
    options.schedule === 'plateau'
      ? plateauState.lr
      : cosine(at, { peakLr: options.lr, totalSteps, warmupSteps: Math.round(WARMUP_SHARE * totalSteps) })

  const isEpochsEnd = (): boolean => step > 0 && step % batches.perEpoch === 0
  const isOver = (): boolean => step >= totalSteps || (patience !== null && stop.waited >= patience)
  const batchOf = (at: number): TrainingShard => (prepared?.step === at ? prepared.batch : batches.at(at))
  return {
    backend: pool.backend,
    parameterCount: parameterCount(spec),
    totalSteps,
    stepsPerEpoch: batches.perEpoch,
    get step() {
      return step
    },
    get images() {
      return batches.imagesAfter(step)
    },
    get isEvaluationDue() {
      return evaluatedStep !== step && (isEpochsEnd() || step === totalSteps)
    },
    async next() {
      if (isOver()) {
        const left = stop.parameters === null ? mean : decode(stop.parameters)
        if (left !== null) {
          parameters.set(left)
          mean?.set(left)
        }
        return null
      }
      const started = performance.now()
      const lr = rate(step)
      const batch = batchOf(step)
      const computed = pool.gradient(batch, gradient)
      // While worker threads compute, this thread prepares what comes next
      prepared = step + 1 < totalSteps ? { step: step + 1, batch: batches.at(step + 1) } : null
      const result = await computed
      if (!Number.isFinite(result.loss)) throw new TrainingDiverged(step, result.loss, lr)
      const { momentum, weightDecay } = options
      sgdStep(parameters, gradient, velocity, { lr, momentum, weightDecay })
      step++
      if (keptShare !== null) averageStep(mean!, parameters, keptShare, step)
      const elapsed = (performance.now() - started) / 1000
      seconds += elapsed
      return {
        kind: 'step',
        net: options.net,
        step,
        epoch: batches.epochOf(step - 1),
        images: batches.imagesAfter(step),
        seconds,
        loss: result.loss,
        accuracy: result.correct / batch.labels.length,
        lr,
        nfeForward: result.nfeForward,
        nfeBackward: result.nfeBackward,
        imagesPerSecond: batch.labels.length / elapsed,
        ...(result.warning === undefined ? {} : { warning: result.warning }),
      }
    },
    async evaluate(set, isStopped) {
      const ofStep = parameters.slice()
      if (mean !== null) parameters.set(mean)
      try {
        return await evaluateOn(pool, set, isStopped)
      } catch (error) {
        if (error instanceof TrainingStopped) return null
        throw error
      } finally {
        parameters.set(ofStep)
      }
    },
    evaluated(validationAccuracy) {
      evaluatedStep = step
      if (!isEpochsEnd()) return stop.best === null
      plateauState = plateau.next(plateauState, validationAccuracy)
      if (patience === null) return true
      stop = afterEpoch(stop, validationAccuracy, () => encode(mean ?? parameters))
      return stop.waited === 0
    },
    checkpoint: () => ({
      options,
      state: {
        step,
        evaluated: evaluatedStep,
        seconds,
        parameters: encode(parameters),
        velocity: encode(velocity),
        ...(mean === null ? {} : { average: encode(mean) }),
        plateau: plateauState,
        ...(patience === null ? {} : { earlyStop: stop }),
      },
    }),
    dispose: () => pool.close(),
  }
}
