import { engineState, isRecording, type TapeNode } from './abandonedTape.ts'
import { SecondOrderGradient } from './odeErrors.ts'
import { tf, type Tensor } from './tensor.ts'

/** The engine's method that records an operation; not in its typings. */
interface RecordingEngine {
  addTapeNode(
    kernelName: string,
    inputs: TapeNode['inputs'],
    outputs: Tensor[],
    gradient: unknown,
    saved: Tensor[],
    attributes?: unknown,
  ): void
}

/** tfjs's operation whose gradient is made of something between its inputs and its result, by the name under which it is recorded. */
const CROSS_ENTROPY = 'softmaxCrossEntropy__op'

/**
 * Has tfjs record an operation before the copies of its result that it saved for its gradient. tfjs does it after them (its issue 3252): nothing leads from the
 * operation to the copies then, so that for the gradient of the gradient of tanh, exp or softmax they are constants. Only where gradients are nested; call once.
 */
export function recordResultsBeforeTheirCopies(): void {
  const engine = tf.engine() as unknown as RecordingEngine
  const { addTapeNode } = engine
  engine.addTapeNode = function (kernelName, inputs, outputs, gradient, saved, attributes) {
    const { activeTape, gradientDepth } = engineState()
    const isNested = gradientDepth > 1 && saved.length > 0
    const its = isNested && kernelName === CROSS_ENTROPY ? onlyOnce(gradient as Gradient) : gradient
    addTapeNode.call(this, kernelName, inputs, outputs, its, saved, attributes)
    if (!isNested) return
    const node = activeTape!.pop()!
    const copies = activeTape!.splice(-saved.length)
    const isOfResult = ({ inputs: { x } }: TapeNode): boolean => x !== undefined && outputs.includes(x)
    activeTape!.push(...copies.filter((copy) => !isOfResult(copy)), node, ...copies.filter(isOfResult))
  }
}

type Gradient = (dy: Tensor, saved: Tensor[]) => unknown

/** @throws SecondOrderGradient by the result, where what it does is recorded */
function onlyOnce(gradient: Gradient): Gradient {
  return (dy, saved) => {
    if (!isRecording()) return gradient(dy, saved)
    const way = 'Use `tf.logSoftmax(logits).mul(labels).sum(-1).neg()`, which can.'
    throw new SecondOrderGradient('tf.losses.softmaxCrossEntropy', way)
  }
}
