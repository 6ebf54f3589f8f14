/** Gradients that tfjs lacks and gradients of gradients need. */
import { tf, type Tensor, type Tensor4D } from './tensor.ts'

/** For each input by name, its gradient. */
type Gradients = Readonly<Record<string, () => Tensor>>
type Attributes = Readonly<Record<string, unknown>>

/** Those that answer yes or no: almost every small change of their inputs leaves the answer, and so all that follows, as it is. */
const COMPARISONS = ['Equal', 'NotEqual', 'Greater', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr']

/** Registers them. Those that are there stay. */
export function registerMissingGradients(): void {
  for (const name of COMPARISONS) {
    register(name, ['a', 'b'], (_dy, [a, b]) => ({
      a: () => tf.zeros(a!.shape),
      b: () => tf.zeros(b!.shape),
    }))
  }
  register('LogicalNot', ['x'], (_dy, [x]) => ({ x: () => tf.zeros(x!.shape) }))
  // dy times 1, or where y < 0 times y + 1
  register('EluGrad', ['dy', 'y'], (ddx, [dy, y]) => ({
    dy: () => ddx.mul(tf.minimum(y!, 0).add(1)),
    y: () => ddx.mul(dy!).mul(tf.less(y!, 0).cast('float32')),
  }))
  // Linear in dy, and its transpose, so that the operation itself is the gradient
  register('AvgPoolGrad', ['input'], (ddx, [input], { filterSize, strides, pad }) => ({
    dy: () => run('AvgPool', { x: ddx }, { filterSize, strides, pad }),
    input: () => tf.zerosLike(input!),
  }))
  register('AvgPool3DGrad', ['input'], (ddx, [input], { filterSize, strides, pad, dimRoundingMode }) => ({
    dy: () =>
      run('AvgPool3D', { x: ddx }, { filterSize, strides, pad, dimRoundingMode, dataFormat: 'NDHWC' }),
    input: () => tf.zerosLike(input!),
  }))
  register(
    'ResizeBilinearGrad',
    ['dy', 'images'],
    (ddx, [dy, images], { alignCorners, halfPixelCenters }) => ({
      dy: () =>
        tf.image.resizeBilinear(
          ddx as Tensor4D,
          dy!.shape.slice(1, 3) as [number, number],
          alignCorners as boolean,
          halfPixelCenters as boolean,
        ),
      images: () => tf.zerosLike(images!),
    }),
  )
  // Linear in each of x and dy: its product with ddw is that of dy with the convolution of x by ddw
  register('Conv2DBackpropFilter', ['x', 'dy'], (ddw, [x, dy], attributes) => {
    const { strides, pad, dataFormat, dimRoundingMode } = attributes as unknown as Convolution
    const transposed = { strides, pad, dataFormat, dimRoundingMode, inputShape: x!.shape }
    return {
      x: () => run('Conv2DBackpropInput', { dy: dy!, filter: ddw }, transposed),
      dy: () => tf.conv2d(x as Tensor4D, ddw as Tensor4D, strides, pad, dataFormat, 1, dimRoundingMode),
    }
  })
}

interface Convolution {
  readonly strides: [number, number]
  readonly pad: 'same' | 'valid'
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

function run(kernel: string, inputs: Record<string, Tensor>, attributes: Attributes): Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as Record<string, never>)
}

function register(
  kernelName: string,
  inputsToSave: string[],
  gradFunc: (dy: Tensor, saved: ReadonlyArray<Tensor>, attributes: Attributes) => Gradients,
): void {
  if (tf.getGradient(kernelName) !== undefined) return
  tf.registerGradient({ kernelName, inputsToSave, gradFunc: gradFunc as never })
}
