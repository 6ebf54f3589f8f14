/** Kernels of native TensorFlow that are slower than others which give the same. */
import { convolutionGradients, type ConvolutionAttributes } from './convolutionGradients.ts'
import { replaceKernel, type KernelFunction } from './replacedKernel.ts'
import { tf, type Tensor } from './tensor.ts'

const BACKEND = 'tensorflow'

/** Channels and products from which on a gradient is faster as a convolution on the CPU (`node bench/nativeConvolutionGradients.ts`). */
const LEAST_CHANNELS = 16
const LEAST_PRODUCTS = 5e7

/** Kernels of this file, to know them again when the backend is asked for twice. */
const registered = new WeakSet<KernelFunction>()

/** Replaces them; registers once. */
export function registerNativeKernels(): void {
  replaceOnce('Step', step)
  for (const name of Object.keys(convolutionGradients) as Array<keyof typeof convolutionGradients>) {
    replaceOnce(name, (theirs) => convolutionGradient(name, theirs))
  }
}

function replaceOnce(kernelName: string, make: (theirs: KernelFunction) => KernelFunction): void {
  const theirs = tf.getKernel(kernelName, BACKEND)?.kernelFunc
  if (theirs === undefined || registered.has(theirs)) return
  const ours = make(theirs)
  registered.add(ours)
  replaceKernel(kernelName, BACKEND, () => ours)
}

/** By which tfjs derives a ReLU: tfjs-node makes an array of ones and one of zeros in JavaScript for each, of the size of x. */
function step(theirs: KernelFunction): KernelFunction {
  return (args) => {
    const x = args.inputs['x'] as Tensor
    const isPlain = x.dtype === 'float32' && args.attrs?.['alpha'] === 0
    // 1 above zero, 0 at and below it, and NaN stays NaN
    return isPlain ? tf.tidy(() => tf.relu(tf.sign(x))) : theirs(args)
  }
}

/** A large one as a convolution, for which TensorFlow has faster code on the CPU. */
function convolutionGradient(
  name: keyof typeof convolutionGradients,
  theirs: KernelFunction,
): KernelFunction {
  return (args) => {
    const attributes = args.attrs as unknown as ConvolutionAttributes
    const inputs = args.inputs as Record<string, Tensor>
    const { isUsingGpuDevice } = args.backend as { readonly isUsingGpuDevice?: boolean }
    const isFaster = isUsingGpuDevice !== true && isLarge(inputs, attributes)
    return isFaster ? convolutionGradients[name](inputs, attributes) : theirs(args)
  }
}

function isLarge(inputs: Readonly<Record<string, Tensor>>, attributes: ConvolutionAttributes): boolean {
  const { strides, dataFormat } = attributes
  const filterShape = inputs['filter']?.shape ?? attributes.filterShape
  const [height, width, channels, filters] = filterShape as [number, number, number, number]
  const hasStride = (Array.isArray(strides) ? strides : [strides]).some((stride) => stride > 1)
  if (dataFormat === 'NCHW' || hasStride || height * width === 1) return false
  return channels >= LEAST_CHANNELS && inputs['dy']!.size * height * width * channels >= LEAST_PRODUCTS && filters >= LEAST_CHANNELS // prettier-ignore
}
