import { afterAll, assert, beforeAll, describe, it } from 'vitest'
import { odeint, UntrackedVariable } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor2D } from '../../src/bridge/tensor.ts'

const DIM = 2

interface Weights {
  readonly [name: string]: Tensor
  readonly w: Tensor
  readonly b: Tensor
}

/** One function for all layers: its variables are looked for once. */
const field = (_t: Scalar, h: Tensor, { w, b }: Weights): Tensor =>
  tf.tanh(tf.matMul(h as Tensor2D, w as Tensor2D).add(b))

/** x -> h(1), where h' = tanh(h W + b) and h(0) = x. */
class OdeLayer extends tf.layers.Layer {
  static readonly className: string = 'OdeLayerOfTest'
  #w: tf.LayerVariable | undefined
  #b: tf.LayerVariable | undefined

  override build(): void {
    this.#w = this.addWeight('w', [DIM, DIM], 'float32', tf.initializers.glorotUniform({ seed: 3 }))
    this.#b = this.addWeight('b', [DIM], 'float32', tf.initializers.zeros())
    this.built = true
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs
      // read() gives the variable itself, whose gradient the optimizer asks for
      const params = { w: this.#w!.read(), b: this.#b!.read() }
      return odeint(field, x, [0, 1], { params, rtol: 1e-4, atol: 1e-5 }).slice([1], [1]).reshape(x.shape)
    })
  }
}

/** The points are to be turned by 60 degrees, which h' = tanh(h W + b) can do nearly. */
function turned(count: number): { x: Tensor2D; y: Tensor2D } {
  return tf.tidy(() => {
    const x = tf.tensor2d(
      Array.from({ length: 2 * count }, (_, i) => 0.8 * Math.sin(12.9898 * (i + 1))),
      [count, 2],
    )
    const [c, s] = [Math.cos(Math.PI / 3), Math.sin(Math.PI / 3)]
    return { x, y: tf.matMul(x, tf.tensor2d([c, s, -s, c], [2, 2])) as Tensor2D }
  })
}

function makeModel(optimizer: tf.Optimizer): tf.Sequential {
  const model = tf.sequential({ layers: [new OdeLayer({ inputShape: [DIM], trainable: true })] })
  model.compile({ optimizer, loss: 'meanSquaredError' })
  return model
}

const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable)

describe('odeint inside a layer of tf.layers', () => {
  let data: { x: Tensor2D; y: Tensor2D }
  beforeAll(async () => {
    await tf.setBackend('cpu')
    data = turned(24)
  })
  afterAll(() => tf.dispose(data))

  it('model.fit trains it, and no epoch leaves a tensor', async () => {
    const before = tf.memory().numTensors
    const model = makeModel(tf.train.adam(0.05))
    const losses: number[] = []
    const tensors: number[] = []
    const onEpochEnd = (_epoch: number, logs?: tf.Logs): void => {
      losses.push(logs!['loss']!)
      tensors.push(tf.memory().numTensors)
    }
    await model.fit(data.x, data.y, { epochs: 20, batchSize: 8, shuffle: false, callbacks: { onEpochEnd } })
    assert.isBelow(losses.at(-1)!, losses[0]! / 10)
    assert.deepEqual(
      tensors,
      tensors.map(() => tensors[0]!),
    )
    model.dispose()
    model.optimizer.dispose()
    assert.equal(tf.memory().numTensors, before)
  })

  it('a step of model.fit moves the weights along the gradient of tf.variableGrads', async () => {
    const rate = 0.1
    const model = makeModel(tf.train.sgd(rate))
    const weights = variablesOf(model)
    const start = weights.map((weight) => weight.dataSync().slice())
    const { value, grads } = tf.variableGrads(() =>
      tf.tidy(() => {
        const [w, b] = weights as [tf.Variable, tf.Variable]
        const end = odeint(field, data.x, [0, 1], { params: { w, b }, rtol: 1e-4, atol: 1e-5 }).slice(
          [1],
          [1],
        )
        return tf.losses.meanSquaredError(data.y, end.reshape(data.y.shape)) as Scalar
      }),
    )
    const { history } = await model.fit(data.x, data.y, { epochs: 1, batchSize: 24, shuffle: false })
    assert.closeTo(history['loss']![0] as number, value.dataSync()[0]!, 1e-6)
    weights.forEach((weight, i) => {
      const slope = grads[weight.name]!.dataSync()
      assert.isAbove(Math.max(...slope.map(Math.abs)), 1e-3)
      weight.dataSync().forEach((now, j) => assert.closeTo(now, start[i]![j]! - rate * slope[j]!, 1e-6))
    })
    tf.dispose([value, grads])
    model.dispose()
  })

  it('model.predict gives the same in batches as at once, and leaves its result only', () => {
    const model = makeModel(tf.train.sgd(0.1))
    const before = tf.memory().numTensors
    const whole = model.predict(data.x, { batchSize: 24 }) as Tensor
    const parts = model.predict(data.x, { batchSize: 5 }) as Tensor
    assert.equal(tf.memory().numTensors, before + 2)
    assert.deepEqual(parts.shape, data.y.shape)
    // Each batch chooses its own steps
    const [a, b] = [whole.dataSync(), parts.dataSync()]
    a.forEach((value, i) => assert.closeTo(b[i]!, value, 1e-3))
    tf.dispose([whole, parts])
    model.dispose()
  })

  it('a weight that the field captures instead of taking it from params is refused by name', () => {
    class Capturing extends OdeLayer {
      static override readonly className = 'CapturingOfTest'
      override call(inputs: Tensor | Tensor[]): Tensor {
        const x = Array.isArray(inputs) ? inputs[0]! : inputs
        const [w] = this.trainableWeights.map((weight) => weight.read()) as [Tensor2D]
        return odeint((_t: Scalar, h: Tensor) => tf.matMul(h as Tensor2D, w), x, [0, 1])
      }
    }
    const model = tf.sequential({ layers: [new Capturing({ inputShape: [DIM] })] })
    assert.throws(
      () => tf.tidy(() => void model.predict(data.x)),
      UntrackedVariable,
      model.trainableWeights[0]!.name,
    )
    model.dispose()
  })
})
