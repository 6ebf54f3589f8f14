import { releaseAbandonedTape } from '../bridge/index.ts'
import { tf, type Tensor, type Tensor2D } from '../bridge/tensor.ts'
import { imageTensor } from './imageTensor.ts'
import { crossEntropy } from './loss.ts'
import type { Normalisation } from './normalisation.ts'
import type { BlockSolve } from './odeBlock.ts'
import { makeOdeNet, odeNetSpec, type OdeNet, type OdeNetShape, type Pass } from './odeNet.ts'
import { countCorrect, predictedClasses } from './predictedClasses.ts'
import { cut } from './shardParts.ts'
import { tapeBudget, tapeParts } from './tapeBudget.ts'
import { toParameters, type ParameterSpec } from './parameters.ts'

/** Images with labels, one byte per pixel, (n, height, width, channels). */
export interface Shard {
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
}

/** A shard of a training step, with the dropout mask (n, dim) if there is one. */
export interface TrainingShard extends Shard {
  readonly mask: Float32Array | null
}

export interface Evaluations {
  readonly nfeForward: number
  readonly nfeBackward: number
  /** That the gradient was replaced by another, and why; there only where it was. */
  readonly warning?: string
}

export interface GradientResult extends Evaluations {
  /** Mean over the shard. */
  readonly loss: number
  readonly correct: number
}

export interface Prediction extends Evaluations {
  /** Sum over the shard of the loss. */
  readonly lossSum: number
  readonly predicted: Uint8Array
}

export interface ShardShape extends OdeNetShape {
  readonly height: number
  readonly width: number
  readonly normalisation: Normalisation
}

/** A net on flat parameters: loss and gradient of one shard of images at a time, on the current tfjs backend. */
export class ShardModel {
  readonly #shape: ShardShape
  readonly #solve: BlockSolve
  readonly #spec: ParameterSpec
  readonly #net: OdeNet
  readonly #tapeBytes: number

  /** @param tapeBytes - what gradient 'autodiff' may hold at once; a shard that needs more is done in parts */
  constructor(shape: ShardShape, solve: BlockSolve, tapeBytes: number = tapeBudget()) {
    this.#tapeBytes = tapeBytes
    this.#shape = shape
    this.#solve = solve
    this.#spec = odeNetSpec(shape)
    this.#net = makeOdeNet(shape)
  }

  /** Writes the gradient of the mean loss to `gradient` (length: number of parameters). Leaves no tensor behind. */
  gradient(flat: Float32Array, shard: TrainingShard, gradient: Float32Array): GradientResult {
    const n = shard.labels.length
    const most = this.#shape.hasOde ? tapeParts(n, this.#shape, this.#solve, this.#tapeBytes) : 1
    const total = { loss: 0, correct: 0, nfeForward: 0, nfeBackward: 0 }
    let said: Pick<Evaluations, 'warning'> = {}
    gradient.fill(0)
    const parts = cut(shard, most)
    for (const part of parts) {
      const share = part.labels.length / n
      const { loss, correct, nfeForward, nfeBackward, warning } = this.#addGradient(
        flat,
        part,
        share,
        gradient,
      )
      if (warning !== undefined) said = { warning }
      total.loss += share * loss
      total.correct += correct
      total.nfeForward += nfeForward / parts.length
      total.nfeBackward += nfeBackward / parts.length
    }
    return { ...total, ...said }
  }

  /** Adds the gradient of the mean loss of one part, times its share. */
  #addGradient(flat: Float32Array, shard: TrainingShard, share: number, sum: Float32Array): GradientResult {
    const { pass, evaluations } = this.#counting()
    return tf.tidy(() => {
      const parameters = toParameters(this.#spec, flat)
      const names = Object.keys(parameters)
      const images = imageTensor(shard.pixels, this.#shape)
      const labels = this.#oneHot(shard)
      const mask =
        shard.mask === null ? {} : { mask: tf.tensor2d(shard.mask, [shard.labels.length, this.#shape.dim]) }
      let correct = 0
      const lossOf = (...tensors: Tensor[]): Tensor => {
        const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
        const logits = this.#net(named, images, { ...pass, ...mask })
        correct = countCorrect(predictedClasses(logits), shard.labels)
        return crossEntropy(logits, labels)
      }
      const { value, grads } = releasingTape(() => tf.valueAndGrads(lossOf)(Object.values(parameters)))
      let at = 0
      for (const grad of grads) {
        const values = grad.dataSync()
        for (let i = 0; i < values.length; i++) sum[at + i]! += share * values[i]!
        at += grad.size
      }
      return { loss: value.dataSync()[0]!, correct, ...evaluations }
    })
  }

  predict(flat: Float32Array, shard: Shard): Prediction {
    const { pass, evaluations } = this.#counting()
    return tf.tidy(() => {
      const logits = this.#net(toParameters(this.#spec, flat), imageTensor(shard.pixels, this.#shape), pass)
      const loss = crossEntropy(logits, this.#oneHot(shard)).dataSync()[0]!
      return { lossSum: loss * shard.labels.length, predicted: predictedClasses(logits), ...evaluations }
    })
  }

  #counting(): { pass: Pass; evaluations: Evaluations } {
    const evaluations: { -readonly [K in keyof Evaluations]: Evaluations[K] } = {
      nfeForward: 0,
      nfeBackward: 0,
    }
    const solve: BlockSolve = {
      ...this.#solve,
      onSolve: (report) => {
        evaluations[report.phase === 'forward' ? 'nfeForward' : 'nfeBackward'] += report.nfev
        if (report.replacedBy !== undefined) evaluations.warning ??= report.warnings.at(-1)!
        this.#solve.onSolve?.(report)
      },
    }
    return { pass: { solve }, evaluations }
  }

  #oneHot({ labels }: Shard): Tensor2D {
    const { classes } = this.#shape
    const entries = new Float32Array(labels.length * classes)
    labels.forEach((label, i) => (entries[i * classes + label] = 1))
    return tf.tensor2d(entries, [labels.length, classes])
  }
}

function releasingTape<T>(body: () => T): T {
  try {
    return body()
  } catch (error) {
    releaseAbandonedTape()
    throw error
  }
}
