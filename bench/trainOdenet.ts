/**
 * The adjoint-trained ODENet, written out on the public API only. `npx odenet train` does the same with progress, checkpoints and a report.
 * Run: node bench/trainOdenet.ts [images]
 */
import { chooseBackend } from '../src/bridge/index.ts'
import { tf, type Tensor2D, type Tensor4D } from '../src/bridge/tensor.ts'
import { crossEntropy, initialParameters, loadMnist, makeOdeNet, makeRng, odeNetSpec, sgdStep, toParameters } from '../src/model/index.ts' // prettier-ignore

const images = Number(process.argv[2] ?? 6400)
const batch = 32
await chooseBackend('wasm')
const { train, test } = await loadMnist()
const rng = makeRng(1)

// A stem of two strided convolutions, an ODE block of 24 channels at 7x7, a linear head
const shape = { channelsIn: 1, dim: 24, groups: 6, downsamplings: 2, classes: 10, hasOde: true } as const
const spec = odeNetSpec(shape)
const net = makeOdeNet(shape)
const solve = { method: 'RK45', rtol: 0.1, atol: 0.1, firstStep: 1, gradient: 'adjoint', backward: { norm: 'seminorm' } } as const // prettier-ignore

const parameters = initialParameters(spec, rng)
const gradient = new Float32Array(parameters.length)
const velocity = new Float32Array(parameters.length)

const pixelsOf = (set: typeof train, indices: ArrayLike<number>): Tensor4D =>
  tf.tensor4d(
    Float32Array.from(
      Array.from(indices).flatMap((i) => Array.from(set.images.subarray(784 * i, 784 * (i + 1)))),
      (pixel) => (pixel / 255 - 0.1307) / 0.3081,
    ),
    [indices.length, 28, 28, 1],
  )

const order = rng.permutation(train.n)
for (let from = 0; from + batch <= Math.min(images, train.n); from += batch) {
  const indices = order.subarray(from, from + batch)
  const loss = tf.tidy(() => {
    const x = pixelsOf(train, indices)
    const labels = tf.tensor1d(
      Int32Array.from(indices, (i) => train.labels[i]!),
      'int32',
    )
    const oneHot = tf.oneHot(labels, 10).toFloat() as Tensor2D
    const tensors = toParameters(spec, parameters)
    const { value, grads } = tf.valueAndGrads((...leaves) => {
      const named = Object.fromEntries(Object.keys(tensors).map((name, i) => [name, leaves[i]!]))
      return crossEntropy(net(named, x, { solve }), oneHot)
    })(Object.values(tensors))
    gradient.set(grads.flatMap((grad) => Array.from(grad.dataSync())))
    return value.dataSync()[0]!
  })
  sgdStep(parameters, gradient, velocity, { lr: 0.05, momentum: 0.9, weightDecay: 1e-4 })
  if ((from / batch) % 20 === 0) console.log(`${from} images, loss ${loss.toFixed(3)}`)
}

let correct = 0
for (let from = 0; from < 1000; from += 250) {
  const indices = Array.from({ length: 250 }, (_, i) => from + i)
  tf.tidy(() => {
    const predicted = net(toParameters(spec, parameters), pixelsOf(test, indices), { solve })
      .argMax(1)
      .dataSync()
    correct += indices.filter((i, k) => predicted[k] === test.labels[i]).length
  })
}
console.log(`accuracy on the first 1000 test images: ${(correct / 10).toFixed(1)} %`)
