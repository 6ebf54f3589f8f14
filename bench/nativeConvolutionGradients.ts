/**
 * From which size on the gradients of a convolution are faster on native TensorFlow as convolutions than as its own operations.
 * Command: node bench/nativeConvolutionGradients.ts, after `npm run native`, on an idle machine; writes bench/results/native-convolution-gradients.json.
 */
import { builtFolder, loadBuilt } from '../src/bridge/builtTensorflow.ts'
import { convolutionGradients, type ConvolutionAttributes } from '../src/bridge/convolutionGradients.ts'
import { loadNative } from '../src/bridge/nativeBackend.ts'
import { replaceKernel, type KernelFunction } from '../src/bridge/replacedKernel.ts'
import { tf, TFJS_VERSION, type Tensor, type Tensor4D } from '../src/bridge/tensor.ts'
import { machine, writeResult } from './lib/report.ts'

const ROUNDS = 15
/** images, height and width, channels in, channels out, filter, stride. */
const LAYERS = [
  [128, 14, 64, 64, 3, 1],
  [64, 16, 128, 128, 3, 1],
  [128, 14, 32, 32, 3, 1],
  [8, 64, 32, 32, 3, 1],
  [128, 14, 16, 32, 5, 1],
  [128, 7, 32, 32, 3, 1],
  [32, 14, 16, 16, 3, 1],
  [32, 28, 8, 8, 3, 1],
  [16, 7, 32, 32, 3, 1],
  [128, 14, 64, 64, 1, 1],
  [128, 28, 1, 64, 3, 1],
  [128, 14, 64, 64, 3, 2],
  [128, 28, 1, 64, 4, 2],
] as const

type Name = keyof typeof convolutionGradients
/** TensorFlow's own, before the bridge puts others in their places. */
const own = new Map<Name, KernelFunction>()
await loadNative(async () => {
  await loadBuilt(builtFolder())
  for (const name of Object.keys(convolutionGradients) as Name[]) {
    own.set(name, tf.getKernel(name, 'tensorflow')!.kernelFunc)
  }
})
await tf.setBackend('tensorflow')

/** Milliseconds, the least of the rounds taken in turns. */
function race(...bodies: ReadonlyArray<() => Tensor>): number[] {
  const least = bodies.map(() => Infinity)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, body] of bodies.entries()) {
      const start = performance.now()
      const result = body()
      const milliseconds = performance.now() - start
      // The first round also allocates
      if (round > 0) least[i] = Math.min(least[i]!, milliseconds)
      result.dispose()
    }
  }
  return least
}

const rows: object[] = []
for (const [images, size, channelsIn, channelsOut, filterSize, stride] of LAYERS) {
  const x = tf.randomNormal([images, size, size, channelsIn], 0, 1, 'float32', 1) as Tensor4D
  const filter = tf.randomNormal([filterSize, filterSize, channelsIn, channelsOut], 0, 1, 'float32', 2) as Tensor4D // prettier-ignore
  const out = tf.conv2d(x, filter, stride, 'same')
  const dy = tf.randomNormal(out.shape, 0, 1, 'float32', 3)
  const common = { strides: stride, pad: 'same', dataFormat: 'NHWC' }
  const raceOf = (name: Name, inputs: Record<string, Tensor>, shape: object): Record<string, number> => {
    const attributes = { ...common, ...shape }
    replaceKernel(name, 'tensorflow', () => own.get(name)!)
    const [theirs, convolution] = race(
      () => tf.engine().runKernel(name, inputs, attributes as never) as Tensor,
      () => convolutionGradients[name](inputs, attributes as ConvolutionAttributes),
    )
    return { own: theirs!, convolution: convolution! }
  }
  const row = {
    layer: { images, size, channelsIn, channelsOut, filterSize, stride },
    products: dy.size * filterSize ** 2 * channelsIn,
    forward: race(() => tf.conv2d(x, filter, stride, 'same'))[0]!,
    ofInput: raceOf('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }),
    ofFilter: raceOf('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }),
  }
  rows.push(row)
  console.log(JSON.stringify(row))
  tf.dispose([x, filter, out, dy])
}
writeResult('native-convolution-gradients', {
  command: 'node bench/nativeConvolutionGradients.ts',
  unit: `milliseconds, the least of ${ROUNDS - 1}; own: the operation of TensorFlow; convolution: what the bridge registers for large ones`,
  ...machine(),
  tfjs: TFJS_VERSION,
  rows,
})
