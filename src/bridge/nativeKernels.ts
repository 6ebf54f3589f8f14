/** Kernels of native TensorFlow that tfjs-node composes of slow ones. */
import { replaceKernel, type KernelFunction } from './replacedKernel.ts'
import { tf, type Tensor } from './tensor.ts'

const BACKEND = 'tensorflow'

/** Kernels of this file, to know them again when the backend is asked for twice. */
const registered = new WeakSet<KernelFunction>()

/**
 * Replaces `Step`, by which tfjs derives a ReLU: tfjs-node makes an array of ones and one of zeros in JavaScript for each, of the size of x. Registers once.
 */
export function registerNativeKernels(): void {
  const theirs = tf.getKernel('Step', BACKEND)?.kernelFunc
  if (theirs === undefined || registered.has(theirs)) return
  const kernelFunc: KernelFunction = (args) => {
    const x = args.inputs['x'] as Tensor
    const isPlain = x.dtype === 'float32' && args.attrs?.['alpha'] === 0
    // 1 above zero, 0 at and below it, and NaN stays NaN
    return isPlain ? tf.tidy(() => tf.relu(tf.sign(x))) : theirs(args)
  }
  registered.add(kernelFunc)
  replaceKernel('Step', BACKEND, () => kernelFunc)
}
