import type { BackendChoice } from '../bridge/index.ts'
import { Batches } from './batches.ts'
import { decode, encode, type Checkpoint } from './checkpoint.ts'
import { evaluateOn, type Evaluation } from './evaluation.ts'
import { GradientPool } from './gradientPool.ts'
import type { ImageSet } from './imageSet.ts'
import type { StepRecord } from './metrics.ts'
import { odeNetSpec } from './odeNet.ts'
import { initialParameters, parameterCount } from './parameters.ts'
import { makeRng } from './rng.ts'
import { cosine, reduceLROnPlateau } from './schedule.ts'
import { sgdStep } from './sgd.ts'
import type { ShardShape } from './shard.ts'
import { TrainingDiverged } from './errors.ts'
import type { TrainOptions } from './trainOptions.ts'

/** A net in training: knows its optimizer and schedule, is asked for one step after the other. */
export interface Trainer {
  readonly backend: BackendChoice
  readonly parameterCount: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly step: number
  /** One optimisation step; null when all are done. */
  next(): Promise<StepRecord | null>
  evaluate(set: ImageSet, onProgress?: (done: number, of: number) => void): Promise<Evaluation>
  /** Lets the plateau schedule see a validation accuracy. */
  endEpoch(validationAccuracy: number): void
  checkpoint(): Checkpoint
  dispose(): Promise<void>
}

/** Share of the steps in which the learning rate of the cosine schedule rises. */
const WARMUP_SHARE = 0.05
const CLASSES = 10

/** Prepares the backend(s), the net and its optimizer; continues from a checkpoint if there is one. */
export async function createTrainer(
  options: TrainOptions,
  train: ImageSet,
  resumeFrom?: Checkpoint,
): Promise<Trainer> {
  const shape: ShardShape = {
    channelsIn: train.channels,
    height: train.height,
    width: train.width,
    dim: options.dim,
    groups: options.groups,
    downsamplings: options.downsamplings,
    classes: CLASSES,
    hasOde: options.net === 'odenet',
  }
  const { method, rtol, atol, firstStep, adjointNorm } = options
  const first = firstStep > 0 ? { firstStep } : {}
  const solve = { method, rtol, atol, ...first, backward: { norm: adjointNorm } }
  const pool = await GradientPool.open(shape, solve, options.backend, options.workers)
  const spec = odeNetSpec(shape)
  const rng = makeRng(options.seed)
  const parameters = pool.parameters
  const velocity = new Float32Array(parameters.length)
  const gradient = new Float32Array(parameters.length)
  const plateau = reduceLROnPlateau({ mode: 'max' })
  const batches = new Batches(train, rng, options)
  const totalSteps = Math.min(options.epochs * batches.perEpoch, Math.ceil(options.maxImages / options.batch))
  let step = 0
  let seconds = 0
  let plateauState = plateau.start(options.lr)
  parameters.set(initialParameters(spec, rng.fork('parameters')))
  if (resumeFrom !== undefined) {
    const { state } = resumeFrom
    ;({ step, seconds } = state)
    plateauState = state.plateau
    parameters.set(decode(state.parameters))
    velocity.set(decode(state.velocity))
  }

  const rate = (at: number): number =>
    options.schedule === 'plateau'
      ? plateauState.lr
      : cosine(at, { peakLr: options.lr, totalSteps, warmupSteps: Math.round(WARMUP_SHARE * totalSteps) })

  return {
    backend: pool.backend,
    parameterCount: parameterCount(spec),
    totalSteps,
    stepsPerEpoch: batches.perEpoch,
    get step() {
      return step
    },
    async next() {
      if (step >= totalSteps) return null
      const started = performance.now()
      const lr = rate(step)
      const batch = batches.at(step)
      const result = await pool.gradient(batch, gradient)
      if (!Number.isFinite(result.loss)) throw new TrainingDiverged(step, result.loss, lr)
      const { momentum, weightDecay } = options
      sgdStep(parameters, gradient, velocity, { lr, momentum, weightDecay })
      step++
      const elapsed = (performance.now() - started) / 1000
      seconds += elapsed
      return {
        kind: 'step',
        net: options.net,
        step,
        epoch: batches.epochOf(step - 1),
        images: step * options.batch,
        seconds,
        loss: result.loss,
        accuracy: result.correct / batch.labels.length,
        lr,
        nfeForward: result.nfeForward,
        nfeBackward: result.nfeBackward,
        imagesPerSecond: batch.labels.length / elapsed,
      }
    },
    evaluate: (set, onProgress) => evaluateOn(pool, set, CLASSES, onProgress),
    endEpoch(validationAccuracy) {
      plateauState = plateau.next(plateauState, validationAccuracy)
    },
    checkpoint: () => ({
      options,
      state: {
        step,
        seconds,
        parameters: encode(parameters),
        velocity: encode(velocity),
        plateau: plateauState,
      },
    }),
    dispose: () => pool.close(),
  }
}
