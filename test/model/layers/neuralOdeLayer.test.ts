import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { odeint, releaseAbandonedTape, SolveFailed, UntrackedVariable } from '../../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor2D } from '../../../src/bridge/tensor.ts'
import {
  neuralOdeLayer,
  NotSavable,
  registerOdeFunction,
  type LayerFunction,
  type NeuralOdeLayerArgs,
} from '../../../src/model/index.ts'
import { release, sameNumbers, savedAndLoaded, wave } from './saving.ts'

/** Turns by W, slower with time. */
const field: LayerFunction = (t, h, { W_1: w, biasOfF: b }) =>
  tf.tanh(tf.matMul(h as Tensor2D, w as Tensor2D).add(b!)).mul(tf.sub(1, t.mul(0.5)))

const params: NonNullable<NeuralOdeLayerArgs['params']> = {
  // Neither name survives tfjs's change between camelCase and snake_case
  W_1: { shape: [2, 2], initializer: tf.initializers.glorotUniform({ seed: 3 }) },
  biasOfF: { shape: [2], initializer: 'zeros' },
}

const modelOf = (args: Partial<NeuralOdeLayerArgs> = {}): tf.Sequential => {
  const model = tf.sequential({
    layers: [neuralOdeLayer({ f: field, params, rtol: 1e-4, inputShape: [2], ...args })],
  })
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' })
  return model
}

const refusal = (body: () => unknown): NotSavable => {
  try {
    body()
  } catch (error) {
    if (error instanceof NotSavable) return error
    throw error
  }
  return assert.fail('saved')
}

describe("a layer with the user's own right-hand side", () => {
  let before = 0
  let x: Tensor
  let y: Tensor
  beforeAll(() => tf.setBackend('cpu'))
  beforeEach(() => {
    before = tf.memory().numTensors
    x = wave([16, 2], 0)
    y = tf.tidy(() => tf.matMul(x as Tensor2D, tf.tensor2d([0.8, 0.6, -0.6, 0.8], [2, 2])))
  })
  afterEach(() => {
    tf.dispose([x, y])
    assert.equal(tf.memory().numTensors, before, 'tensors left')
  })

  it('fits, and predicts the same after it was saved and loaded by the name of its function', async () => {
    registerOdeFunction('fieldOfTest_1', field)
    const model = modelOf({ times: [0, 1.5] })
    const { history } = await model.fit(x, y, { epochs: 15, batchSize: 8, shuffle: false })
    assert.isBelow(history['loss']!.at(-1) as number, (history['loss']![0] as number) / 4)
    const loaded = await savedAndLoaded(model)
    const [ours, theirs] = [model, loaded].map((m) => m.predict(x) as Tensor)
    assert.isTrue(sameNumbers(ours!, theirs!))
    assert.deepEqual(
      loaded.weights.map(({ originalName, shape }) => [originalName, shape]),
      model.weights.map(({ originalName, shape }) => [originalName, shape]),
    )
    tf.dispose([ours, theirs])
    release(model)
    release(loaded)
  })

  it('has the gradient of odeint, by every way to it', () => {
    for (const gradient of ['backsolve', 'discrete', 'autodiff'] as const) {
      const layer = neuralOdeLayer({ f: field, params, gradient, inputShape: [2] })
      const model = tf.sequential({ layers: [layer] })
      tf.tidy(() => {
        const [w, b] = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
        const gradients = (forward: () => Tensor): tf.NamedTensorMap =>
          tf.variableGrads(() => forward().square().sum() as Scalar).grads
        const ofLayer = gradients(() => layer.apply(x) as Tensor)
        const functional = gradients(() =>
          odeint(field, x, [0, 1], { params: { W_1: w!, biasOfF: b! }, gradient }).slice([1], [1]),
        )
        for (const { name } of [w!, b!]) {
          assert.isAbove(tf.max(tf.abs(functional[name]!)).dataSync()[0]!, 1e-2)
          assert.isTrue(sameNumbers(ofLayer[name]!, functional[name]!), `${gradient} ${name}`)
        }
      })
      model.dispose()
    }
  })

  it('refuses to be saved with a function that has no name, or objects with behaviour, and says which', () => {
    const unnamed = neuralOdeLayer({ f: (_t, h) => h.neg(), name: 'decay' })
    const error = refusal(() => unnamed.getConfig())
    assert.deepEqual([error._tag, error.layer, error.option], ['NotSavable', 'decay', 'f'])
    assert.match(error.message, /'decay' cannot be saved: `f` .*registerOdeFunction/)
    registerOdeFunction('fieldOfTest_1', field)
    const controller = { initial: {}, next: () => ({ accept: true, hNext: 1, memory: {} }) }
    for (const args of [{ controller }, { backward: { controller } }]) {
      const layer = neuralOdeLayer({ f: field, ...(args as object) })
      assert.match(refusal(() => layer.getConfig()).option, /controller/)
    }
  })

  it('names the function that a model file wants and nobody registered', () => {
    assert.throws(
      () => neuralOdeLayer({ f: 'nobody' }),
      "`f` must be registered first, by registerOdeFunction('nobody', (t, h, params) => ...)",
    )
    assert.throws(() => registerOdeFunction('', field), /`name` must be a text that is not empty/)
    assert.throws(() => neuralOdeLayer({ f: 3 as never }), /`f` must be a function/)
  })

  it('refuses weights without a shape and initializers that tfjs lacks', () => {
    const make = (w: object) => () => neuralOdeLayer({ f: field, params: { w: w as never } })
    assert.throws(make({}), /`params\.w\.shape` must be an array/)
    assert.throws(make({ shape: [0] }), /`params\.w\.shape\[0\]` must be a whole number above 0/)
    assert.throws(
      make({ shape: [1], initializer: 'magic' }),
      /`params\.w\.initializer` must be an initializer/,
    )
  })

  it('refuses a variable that f captures instead of declaring it', () => {
    const stray = tf.tidy(() => tf.variable(tf.scalar(2)))
    const model = modelOf({ f: (_t, h) => h.mul(stray), params: {} })
    assert.throws(() => tf.tidy(() => void model.predict(x)), UntrackedVariable)
    release(model)
    stray.dispose()
  })

  it('keeps its weights while it is not trainable', async () => {
    const model = tf.sequential()
    model.add(neuralOdeLayer({ f: field, params, inputShape: [2], trainable: false }))
    model.add(tf.layers.dense({ units: 2 }))
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    assert.equal(model.trainableWeights.length, 2)
    const values = (): number[] => Array.from(model.layers[0]!.weights[0]!.read().dataSync())
    const start = values()
    await model.fit(x, y, { epochs: 1 })
    assert.deepEqual(values(), start)
    release(model)
  })

  it('a solve that fails in fit says so and leaves no tensor, and fit goes on', async () => {
    /** What a fit that fails leaves. */
    const failing = async (
      model: tf.LayersModel,
      release = (): void => {},
    ): Promise<{ error: unknown; left: number }> => {
      const start = tf.memory().numTensors
      tf.engine().startScope()
      const error = await model.fit(x, y, { epochs: 1, batchSize: 8 }).catch((reason: unknown) => reason)
      release()
      const left = tf.memory().numTensors - start
      tf.engine().endScope()
      return { error, left }
    }
    let power = 2
    const model = modelOf({
      f: (_t, h, { w }) => h.abs().add(1).pow(power).mul(w!),
      params: { w: { shape: [2], initializer: tf.initializers.constant({ value: 3 }) } },
    })
    // (h + 1)' = 3 (h + 1)^2 is infinite at t = 1/3 at the latest
    const { error, left } = await failing(model)
    assert.instanceOf(error, SolveFailed)
    const other = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] })
    const loss = (): Tensor => {
      throw new TypeError('of the loss')
    }
    other.compile({ optimizer: 'sgd', loss })
    // An error that is not of a solve
    const withoutOde = await failing(other, releaseAbandonedTape)
    assert.instanceOf(withoutOde.error, TypeError)
    // tfjs forgets the indices of the batch
    assert.deepEqual([left, withoutOde.left], [1, 1])
    power = 0
    await model.fit(x, y, { epochs: 1, batchSize: 8 })
    release(model)
    release(other)
  })
})
