import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { chooseBackend } from '../../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor4D } from '../../../src/bridge/tensor.ts'
import {
  groupNormLayer,
  odeBlock,
  odeBlockLayer,
  odeFunction,
  type OdeBlockLayerArgs,
} from '../../../src/model/index.ts'
import { release, sameNumbers, savedAndLoaded } from './saving.ts'

const SIZE = 6
const COUNT = 16
const solve = { rtol: 1e-2, atol: 1e-2 }

/** Images of horizontal and vertical stripes, and which of both, one-hot. */
function stripes(): { x: Tensor4D; y: Tensor } {
  return tf.tidy(() => {
    const pixels = Array.from({ length: COUNT }, (_, n) =>
      Array.from({ length: SIZE }, (__, i) =>
        Array.from({ length: SIZE }, (___, j) => [Math.sin(2 * (n % 2 === 0 ? i : j) + 0.7 * n)]),
      ),
    )
    return {
      x: tf.tensor4d(pixels),
      y: tf.tensor2d(Array.from({ length: COUNT }, (_, n) => [1 - (n % 2), n % 2])),
    }
  })
}

/** Stem, `blocks` ODE blocks, norm, ReLU, pooling, softmax. */
function odeNet(args: Partial<OdeBlockLayerArgs> = {}, blocks = 1): tf.Sequential {
  const kernelInitializer = (seed: number): ReturnType<typeof tf.initializers.ones> =>
    tf.initializers.glorotUniform({ seed })
  const model = tf.sequential()
  model.add(
    tf.layers.conv2d({
      inputShape: [SIZE, SIZE, 1],
      filters: 4,
      kernelSize: 4,
      strides: 2,
      padding: 'same',
      kernelInitializer: kernelInitializer(1),
    }),
  )
  for (let i = 0; i < blocks; i++) model.add(odeBlockLayer({ groups: 2, seed: 7, ...solve, ...args }))
  model.add(groupNormLayer({ groups: 2 }))
  model.add(tf.layers.reLU())
  model.add(tf.layers.globalAveragePooling2d({}))
  model.add(tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: kernelInitializer(2) }))
  model.compile({
    optimizer: tf.train.adam(0.05),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  })
  return model
}

describe.each(['cpu', 'wasm'] as const)('an ODENet of tf.sequential on %s', (backend) => {
  let before = 0
  let data: { x: Tensor4D; y: Tensor }
  beforeAll(async () => {
    await chooseBackend(backend)
  })
  beforeEach(() => {
    before = tf.memory().numTensors
    data = stripes()
  })
  afterEach(() => {
    tf.dispose(data)
    assert.equal(tf.memory().numTensors, before, 'tensors left')
  })

  it('fits with validation and callbacks, and no epoch leaves a tensor', async () => {
    const model = odeNet()
    const tensors: number[] = []
    const { history } = await model.fit(data.x, data.y, {
      epochs: 6,
      batchSize: 4,
      shuffle: false,
      validationSplit: 0.25,
      callbacks: { onEpochEnd: () => void tensors.push(tf.memory().numTensors) },
    })
    assert.equal(new Set(tensors.slice(1)).size, 1)
    assert.isBelow(history['loss']!.at(-1) as number, (history['loss']![0] as number) / 2)
    assert.isAtLeast(history['val_acc']!.at(-1) as number, 0.75)
    const [loss, accuracy] = model.evaluate(data.x, data.y, { batchSize: 8 }) as [Scalar, Scalar]
    assert.isAtLeast(accuracy.dataSync()[0]!, 0.75)
    tf.dispose([loss, accuracy])
    release(model)
  })

  it('predicts the same in batches as at once with a fixed step', () => {
    const model = odeNet({ method: 'RK4', step: 0.25 }, 2)
    const whole = model.predict(data.x) as Tensor
    const parts = model.predict(data.x, { batchSize: 7 }) as Tensor
    assert.deepEqual(parts.shape, [COUNT, 2])
    const expected = whole.dataSync()
    parts.dataSync().forEach((value, i) => assert.closeTo(value, expected[i]!, 1e-5))
    tf.dispose([whole, parts])
    release(model)
  })

  it('two blocks, saved and loaded, predict the same numbers', async () => {
    const args: Partial<OdeBlockLayerArgs> = {
      method: 'RK23',
      firstStep: 0.2,
      gradient: 'interpolating',
      backward: { norm: 'seminorm', method: 'RK45', rtol: 0.1 },
      state: 'flat',
      times: [0, 0.5],
    }
    const model = odeNet(args, 2)
    await model.fit(data.x, data.y, { epochs: 1, batchSize: 12, shuffle: false })
    const loaded = await savedAndLoaded(model)
    const [ours, theirs] = [model, loaded].map((m) => m.predict(data.x) as Tensor)
    assert.isTrue(sameNumbers(ours!, theirs!))
    assert.deepEqual(loaded.layers[1]!.getConfig(), model.layers[1]!.getConfig())
    const { method, backward } = (loaded.layers[1] as ReturnType<typeof odeBlockLayer>).solveOptions
    assert.deepEqual({ method, backward }, { method: 'RK23', backward: args.backward })
    tf.dispose([ours, theirs])
    release(model)
    release(loaded)
  })

  it('has the gradient of the functional form', () => {
    const layer = odeBlockLayer({ groups: 2, inputShape: [SIZE, SIZE, 4], ...solve })
    const model = tf.sequential({ layers: [layer] })
    tf.tidy(() => {
      const x = tf.concat([data.x, data.x.square(), data.x.abs(), data.x.neg()], 3).slice(0, 2) as Tensor4D
      const names = layer.trainableWeights.map(({ originalName }) => originalName.split('/').at(-1)!)
      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
      const params = Object.fromEntries(names.map((name, i) => [name, variables[i]!]))
      const gradients = (forward: () => Tensor): tf.NamedTensorMap =>
        tf.variableGrads(() => forward().square().mean() as Scalar, variables).grads
      const ofLayer = gradients(() => layer.apply(x) as Tensor)
      const functional = gradients(() => odeBlock(odeFunction(2), x, params, solve))
      for (const { name } of variables) {
        assert.isTrue(sameNumbers(ofLayer[name]!, functional[name]!), name)
        assert.isAbove(tf.max(tf.abs(ofLayer[name]!)).dataSync()[0]!, 0, name)
      }
    })
    model.dispose()
  })
})

describe('an ODE block', () => {
  beforeAll(() => tf.setBackend('cpu'))

  it('shows its name, shape and number of parameters in the summary', () => {
    const model = odeNet()
    const lines: string[] = []
    model.summary(100, undefined, (line: string) => void lines.push(line))
    // Two convolutions of 5 x 4 x 3 x 3 weights and 4 biases, three norms of 4 scales and 4 shifts
    assert.match(
      lines.join('\n'),
      /ode_block_OdeBlock\d+ \(OdeBlock\)\s+\[\[null,3,3,4\]\]\s+\[null,3,3,4\]\s+392 /,
    )
    assert.match(lines.join('\n'), /group_norm_GroupNorm\d+ .*\[null,3,3,4\]\s+8 /)
    release(model)
  })

  it('refuses groups that do not divide the channels, inputs that are no images, and bad times', () => {
    const build = (args: Partial<OdeBlockLayerArgs>, inputShape: number[]): void => {
      tf.sequential({ layers: [odeBlockLayer({ groups: 2, ...args, inputShape })] })
    }
    assert.throws(
      () => build({ groups: 3 }, [6, 6, 4]),
      /`groups` must divide the number of channels, 4; received 3/,
    )
    assert.throws(() => build({}, [6, 4]), /`inputShape` must be \(batch, height, width, channels\)/)
    assert.throws(() => build({ groups: 1.5 }, [6, 6, 4]), /`groups` must be a whole number above 0/)
    for (const times of [[0], [0, 0], [0, 1, 0.5], [0, NaN]]) {
      assert.throws(() => build({ times }, [6, 6, 4]), /`times` must be at least two finite numbers/)
    }
    assert.throws(() => groupNormLayer({ groups: 3 }).build([null, 6, 6, 4]), /`groups` must divide/)
  })

  it('returns the states at all times on request, the times after the batch', () => {
    const times = [0, 0.5, 1]
    const layer = odeBlockLayer({
      groups: 2,
      times,
      returnSequences: true,
      inputShape: [3, 3, 4],
      rtol: 1e-4,
    })
    const model = tf.sequential({ layers: [layer] })
    assert.deepEqual(model.outputShape, [null, 3, 3, 3, 4])
    tf.tidy(() => {
      const x = tf.linspace(-1, 1, 72).reshape([2, 3, 3, 4])
      const states = model.predict(x) as Tensor
      assert.deepEqual(states.shape, [2, 3, 3, 3, 4])
      assert.isTrue(sameNumbers(states.slice([0, 0], [2, 1]).reshape(x.shape), x))
      const half = odeBlockLayer({ groups: 2, times: [0, 0.5], rtol: 1e-4 })
      half.apply(x)
      half.setWeights(layer.getWeights())
      const expected = (half.apply(x) as Tensor).dataSync()
      const middle = states.slice([0, 1], [2, 1]).dataSync()
      middle.forEach((value, i) => assert.closeTo(value, expected[i]!, 1e-3))
      half.dispose()
    })
    model.dispose()
  })

  it('starts with the same weights from the same seed', () => {
    const weights = [1, 1, 2].map((seed) => {
      const layer = odeBlockLayer({ groups: 2, seed })
      tf.tidy(() => void layer.apply(tf.ones([1, 3, 3, 4])))
      return layer.getWeights()[2]!
    })
    assert.isTrue(sameNumbers(weights[0]!, weights[1]!))
    assert.isFalse(sameNumbers(weights[0]!, weights[2]!))
    assert.isAbove(
      tf.tidy(() => tf.max(tf.abs(weights[0]!)).dataSync()[0]!),
      0.1,
    )
  })

  it('counts evaluations by onSolve, which can be set at any time and is not saved', async () => {
    const layer = odeBlockLayer({ groups: 2, inputShape: [3, 3, 4] })
    const model = tf.sequential({ layers: [layer] })
    const phases: string[] = []
    layer.onSolve = ({ phase }) => void phases.push(phase)
    tf.tidy(() => void model.predict(tf.ones([2, 3, 3, 4])))
    assert.deepEqual(phases, ['forward'])
    const loaded = await savedAndLoaded(model)
    assert.isUndefined((loaded.layers[0] as typeof layer).onSolve)
    model.dispose()
    loaded.dispose()
  })
})
