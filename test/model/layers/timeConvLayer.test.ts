import { assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend } from '../../../src/bridge/index.ts'
import { tf, type Tensor, type Tensor4D } from '../../../src/bridge/tensor.ts'
import { groupNorm, groupNormLayer, timeConv, timeConvLayer } from '../../../src/model/index.ts'
import { savedAndLoaded, sameNumbers, wave } from './saving.ts'

const closeTo = (ours: Tensor, theirs: Tensor, tolerance: number): void => {
  assert.deepEqual(ours.shape, theirs.shape)
  const expected = theirs.dataSync()
  ours.dataSync().forEach((value, i) => assert.closeTo(value, expected[i]!, tolerance))
}

describe.each(['cpu', 'wasm'] as const)('layers of images on %s', (backend) => {
  beforeAll(async () => {
    await chooseBackend(backend)
  })

  it.each([3, 4, 1])(
    'a time convolution of size %d equals one over the image and its time as a channel',
    (kernelSize) => {
      const before = tf.memory().numTensors
      const layer = timeConvLayer({ filters: 2, kernelSize })
      tf.tidy(() => {
        const x = wave([3, 5, 4, 3], 1) as Tensor4D
        const t = tf.tensor2d([0, 0.37, -2], [3, 1])
        const ours = layer.apply([x, t]) as Tensor
        const [kernel, timeKernel, bias] = layer.getWeights() as [Tensor4D, Tensor4D, Tensor]
        const channel = tf.mul(tf.ones([3, 5, 4, 1]), t.reshape([3, 1, 1, 1])) as Tensor4D
        const whole = tf.concat([timeKernel, kernel], 2)
        const expected = tf.conv2d(tf.concat([channel, x], 3), whole, 1, 'same').add(bias)
        closeTo(ours, expected, 1e-5)
        assert.deepEqual(layer.computeOutputShape([x.shape, t.shape]), ours.shape)
      })
      layer.dispose()
      assert.equal(tf.memory().numTensors, before)
    },
  )

  it('equal their functional forms', () => {
    const [norm, conv] = [
      groupNormLayer({ groups: 2, gammaInitializer: 'randomNormal' }),
      timeConvLayer({ filters: 4 }),
    ]
    tf.tidy(() => {
      const x = wave([2, 3, 5, 4], 1) as Tensor4D
      const normed = norm.apply(x) as Tensor
      const [gamma, beta] = norm.getWeights() as [Tensor, Tensor]
      closeTo(normed, groupNorm(x, 2, gamma, beta), 1e-6)
      const convolved = conv.apply([x, tf.fill([2, 1], 0.7)]) as Tensor
      const [kernel, timeKernel, bias] = conv.getWeights() as [Tensor, Tensor, Tensor]
      closeTo(convolved, timeConv(tf.scalar(0.7), x, kernel, timeKernel, bias), 1e-5)
    })
    norm.dispose()
    conv.dispose()
  })
})

describe('a time convolution', () => {
  beforeAll(() => tf.setBackend('cpu'))

  it('starts within its bound, and is saved and loaded with its options', async () => {
    const before = tf.memory().numTensors
    const [image, time] = [tf.input({ shape: [4, 4, 3] }), tf.input({ shape: [1] })]
    const conv = timeConvLayer({ filters: 5, kernelSize: 2 })
    const norm = groupNormLayer({ groups: 5, betaInitializer: tf.initializers.constant({ value: 0.25 }) })
    const model = tf.model({
      inputs: [image, time],
      outputs: norm.apply(conv.apply([image, time])) as tf.SymbolicTensor,
    })
    const loaded = await savedAndLoaded(model)
    assert.deepEqual(
      loaded.layers.map((layer) => layer.getConfig()),
      model.layers.map((layer) => layer.getConfig()),
    )
    tf.tidy(() => {
      const inputs = [wave([2, 4, 4, 3], 1), wave([2, 1], 2)]
      assert.isTrue(sameNumbers(model.predict(inputs) as Tensor, loaded.predict(inputs) as Tensor))
      // 1 / sqrt(2 * 2 * (3 + 1))
      const largest = Math.max(...conv.getWeights()[0]!.dataSync().map(Math.abs))
      assert.isTrue(largest <= 0.25 && largest > 0.2)
      assert.deepEqual([...norm.getWeights()[1]!.dataSync()], [0.25, 0.25, 0.25, 0.25, 0.25])
    })
    model.dispose()
    loaded.dispose()
    assert.equal(tf.memory().numTensors, before)
  })

  it('refuses other inputs than images and their times', () => {
    const [image, time, wide] = [[4, 4, 3], [1], [2]].map((shape) => tf.input({ shape }))
    const conv = timeConvLayer({ filters: 2 })
    for (const inputs of [image!, [image!], [image!, wide!], [time!, image!]]) {
      assert.throws(
        () => conv.apply(inputs),
        /must be two: images \(batch, height, width, channels\) and their times/,
      )
    }
    assert.throws(() => timeConvLayer({ filters: 0 }), /`filters` must be a whole number above 0/)
    assert.throws(() => groupNormLayer({ groups: 2 }).apply(time!), /`inputShape` must be \(batch, height/)
  })
})
