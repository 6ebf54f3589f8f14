import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { chooseBackend, odeint } from '../../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor2D, type Tensor4D } from '../../../src/bridge/tensor.ts'
import {
  groupNormLayer,
  odeBlockLayer,
  odeOfLayer,
  registerLayers,
  timeConvLayer,
} from '../../../src/model/index.ts'
import { release, sameNumbers, savedAndLoaded, wave } from './saving.ts'

const dense = (args: object = {}): tf.layers.Layer =>
  tf.layers.dense({
    units: 2,
    activation: 'tanh',
    kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }),
    ...args,
  })

/** `odeFunction` made of layers: a model of [h, t]. */
function blockOfLayers(shape: [number, number, number], groups: number): tf.LayersModel {
  const h = tf.input({ shape })
  const t = tf.input({ shape: [1] })
  const relu = (x: tf.SymbolicTensor): tf.SymbolicTensor => tf.layers.reLU().apply(x) as tf.SymbolicTensor
  const norm = (x: tf.SymbolicTensor): tf.SymbolicTensor =>
    groupNormLayer({ groups }).apply(x) as tf.SymbolicTensor
  const conv = (x: tf.SymbolicTensor): tf.SymbolicTensor =>
    timeConvLayer({ filters: shape[2] }).apply([x, t]) as tf.SymbolicTensor
  return tf.model({ inputs: [h, t], outputs: norm(conv(relu(norm(conv(relu(norm(h))))))) })
}

describe('an ODE whose right-hand side is made of layers', () => {
  let before = 0
  let x: Tensor
  beforeAll(() => chooseBackend('wasm'))
  beforeEach(() => {
    before = tf.memory().numTensors
    x = wave([6, 2], 0)
  })
  afterEach(() => {
    x.dispose()
    assert.equal(tf.memory().numTensors, before, 'tensors left')
  })

  it('has the gradient of the same function written by hand, by every way to it', () => {
    for (const gradient of ['backsolve', 'interpolating', 'discrete', 'autodiff'] as const) {
      const inner = tf.sequential({ layers: [dense({ units: 3, inputShape: [2] }), dense()] })
      const layer = odeOfLayer({ layer: inner, gradient, inputShape: [2] })
      const model = tf.sequential({ layers: [layer] })
      tf.tidy(() => {
        const params = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
        const f = (_t: Scalar, h: Tensor, [w1, b1, w2, b2]: ReadonlyArray<Tensor>): Tensor => {
          const hidden = tf.tanh(tf.matMul(h as Tensor2D, w1 as Tensor2D).add(b1!))
          return tf.tanh(tf.matMul(hidden as Tensor2D, w2 as Tensor2D).add(b2!))
        }
        const gradients = (forward: () => Tensor): tf.NamedTensorMap =>
          tf.variableGrads(() => forward().square().sum() as Scalar).grads
        const ofLayer = gradients(() => layer.apply(x) as Tensor)
        const byHand = gradients(() => odeint(f, x, [0, 1], { params, gradient }).slice([1], [1]))
        for (const { name } of params) {
          const expected = byHand[name]!.dataSync()
          assert.isAbove(Math.max(...expected.map(Math.abs)), 1e-3)
          ofLayer[name]!.dataSync().forEach((value, i) => assert.closeTo(value, expected[i]!, 1e-5))
        }
      })
      model.dispose()
    }
  })

  it('two of them in one model fit, and predict the same after saving and loading', async () => {
    registerLayers()
    const model = tf.sequential()
    model.add(odeOfLayer({ layer: dense(), inputShape: [2], method: 'RK4', step: 0.25 }))
    model.add(
      odeOfLayer({ layer: tf.sequential({ layers: [dense({ units: 4, inputShape: [2] }), dense()] }) }),
    )
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' })
    const y = tf.tidy(() => x.mul(-0.5))
    const tensors: number[] = []
    const { history } = await model.fit(x, y, {
      epochs: 8,
      shuffle: false,
      callbacks: { onEpochEnd: () => void tensors.push(tf.memory().numTensors) },
    })
    assert.equal(new Set(tensors.slice(1)).size, 1)
    assert.isBelow(history['loss']!.at(-1) as number, (history['loss']![0] as number) / 2)
    const loaded = await savedAndLoaded(model)
    const [ours, theirs] = [model, loaded].map((m) => m.predict(x) as Tensor)
    assert.isTrue(sameNumbers(ours!, theirs!))
    tf.dispose([y, ours, theirs])
    release(model)
    release(loaded)
  })

  it('with [h, t] as its inputs equals the ready-made block with the same weights, and is saved with it', async () => {
    const shape: [number, number, number] = [4, 4, 4]
    // Equal steps: the weights are random, and rounding would now and then decide about a step
    const steps = { method: 'RK4', step: 0.1 } as const
    const ready = odeBlockLayer({ groups: 2, inputShape: shape, ...steps })
    const made = odeOfLayer({ layer: blockOfLayers(shape, 2), inputShape: shape, ...steps })
    const [readyModel, madeModel] = [ready, made].map((layer) => tf.sequential({ layers: [layer] }))
    assert.deepEqual(
      made.weights.map((weight) => weight.shape),
      ready.weights.map((weight) => weight.shape),
    )
    made.setWeights(ready.getWeights())
    const images = wave([2, ...shape], 1) as Tensor4D
    const loaded = await savedAndLoaded(madeModel!)
    const [expected, ours, theirs] = [readyModel!, madeModel!, loaded].map((m) => m.predict(images) as Tensor)
    const values = expected!.dataSync()
    ours!.dataSync().forEach((value, i) => assert.closeTo(value, values[i]!, 1e-4))
    assert.isTrue(sameNumbers(ours!, theirs!))
    tf.dispose([images, expected, ours, theirs])
    for (const model of [readyModel!, madeModel!, loaded]) model.dispose()
  })

  it('counts the regularizers inside in the loss', async () => {
    const kernelRegularizer = tf.regularizers.l2({ l2: 1 })
    const model = tf.sequential({
      layers: [odeOfLayer({ layer: dense({ kernelRegularizer }), inputShape: [2] })],
    })
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    const expected = tf.tidy(() => {
      const kernel = model.trainableWeights[0]!.read()
      const loss = tf.losses.meanSquaredError(x, model.predict(x) as Tensor).dataSync()[0]!
      return tf.scalar(loss + kernel.square().sum().dataSync()[0]!)
    })
    const { history } = await model.fit(x, x, { epochs: 1, shuffle: false })
    assert.closeTo(history['loss']![0] as number, expected.dataSync()[0]!, 1e-4)
    expected.dispose()
    model.dispose()
  })

  it('refuses what is no layer, and a layer that changes the shape', () => {
    assert.throws(
      () => odeOfLayer({ layer: undefined as never }),
      /`layer` must be a layer or a model of tfjs/,
    )
    assert.throws(
      () => tf.sequential({ layers: [odeOfLayer({ layer: dense({ units: 3 }), inputShape: [2] })] }),
      /`layer` must give a tensor of the shape of its input, \[null,2\]; received/,
    )
  })
})
