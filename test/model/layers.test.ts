import { assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend } from '../../src/bridge/backend.ts'
import { tf, type Tensor, type Tensor4D } from '../../src/bridge/tensor.ts'
import { groupNorm } from '../../src/model/groupNorm.ts'
import { odeFunction, odeFunctionSpec } from '../../src/model/odeFunction.ts'
import { initialParameters, toParameters, under } from '../../src/model/parameters.ts'
import { makeRng } from '../../src/model/rng.ts'
import { timeConv } from '../../src/model/timeConv.ts'

const noise = (shape: number[], seed: number): Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(12.9898 * (i + 1) + seed)),
    shape,
  )
const closeTo = (ours: Tensor, theirs: ArrayLike<number>, tolerance: number): void => {
  const values = ours.dataSync()
  assert.equal(values.length, theirs.length)
  values.forEach((value, i) => assert.closeTo(value, theirs[i]!, tolerance, `entry ${i}`))
}

describe('layers', () => {
  beforeAll(() => chooseBackend('wasm'))

  it('groupNorm normalises each group of each image, then scales and shifts per channel', () => {
    const [batch, size, channels, groups] = [2, 9, 6, 3]
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const x = noise([batch, 3, 3, channels], 1) as Tensor4D
      const gamma = noise([channels], 2)
      const beta = noise([channels], 3)
      const [v, g, b] = [x.dataSync(), gamma.dataSync(), beta.dataSync()]
      const width = channels / groups
      const expected = Float64Array.from(v)
      for (let n = 0; n < batch; n++) {
        for (let group = 0; group < groups; group++) {
          const at: number[] = []
          for (let p = 0; p < size; p++) {
            for (let c = group * width; c < (group + 1) * width; c++) at.push((n * size + p) * channels + c)
          }
          const mean = at.reduce((sum, i) => sum + v[i]!, 0) / at.length
          const variance = at.reduce((sum, i) => sum + (v[i]! - mean) ** 2, 0) / at.length
          for (const i of at) {
            const c = i % channels
            expected[i] = ((v[i]! - mean) / Math.sqrt(variance + 1e-5)) * g[c]! + b[c]!
          }
        }
      }
      closeTo(groupNorm(x, groups, gamma, beta), expected, 1e-5)
    })
    assert.equal(tf.memory().numTensors, before)
  })

  it('the gradients of groupNorm are those of its operations, its second ones too, also far from the origin', () => {
    const ofOperations = (x: Tensor4D, groups: number, gamma: Tensor, beta: Tensor): Tensor => {
      const [batch, height, width, channels] = x.shape
      const grouped = x.reshape([batch, height * width, groups, channels / groups])
      const centered = grouped.sub(grouped.mean([1, 3], true))
      const scale = centered.square().mean([1, 3], true).add(1e-5).rsqrt()
      return centered.mul(scale).reshape(x.shape).mul(gamma).add(beta)
    }
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const shape = [2, 3, 4, 6]
      const inputs = [noise(shape, 1).add(3), noise([6], 2), noise([6], 3)]
      const dy = noise(shape, 4)
      const through = (norm: (x: Tensor4D, groups: number, gamma: Tensor, beta: Tensor) => Tensor) => {
        const f = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor => norm(x as Tensor4D, 3, gamma, beta)
        const first = tf.grads(f)(inputs, dy)
        const inX = tf.grad((x) => f(x, inputs[1]!, inputs[2]!).mul(dy).sum())
        const second = tf.grad((x) => inX(x).mul(noise(shape, 5)).sum())(inputs[0]!)
        return [f(inputs[0]!, inputs[1]!, inputs[2]!), ...first, second]
      }
      const theirs = through(ofOperations)
      through(groupNorm).forEach((ours, i) => {
        const size = Math.max(1, ...theirs[i]!.dataSync().map(Math.abs))
        closeTo(ours, theirs[i]!.dataSync(), 2e-5 * size)
      })
    })
    assert.equal(tf.memory().numTensors, before)
  })

  it('timeConv equals the convolution of the input with a channel full of t put before it', () => {
    tf.tidy(() => {
      const x = noise([2, 5, 4, 3], 1) as Tensor4D
      const [kernel, timeKernel, bias] = [noise([3, 3, 3, 2], 2), noise([3, 3, 1, 2], 3), noise([2], 4)]
      for (const t of [0, 0.37, -2]) {
        const joined = tf.concat([tf.fill([2, 5, 4, 1], t), x], 3) as Tensor4D
        const whole = tf.concat([timeKernel, kernel], 2) as Tensor4D
        const expected = tf.conv2d(joined, whole, 1, 'same').add(bias)
        closeTo(timeConv(tf.scalar(t), x, kernel, timeKernel, bias), expected.dataSync(), 1e-5)
      }
    })
  })

  it('the ODE function depends on t at every evaluation', () => {
    tf.tidy(() => {
      const spec = odeFunctionSpec(4)
      const parameters = toParameters(spec, initialParameters(spec, makeRng(3)))
      const h = noise([1, 4, 4, 4], 5) as Tensor4D
      const f = odeFunction(2)
      const slope = (t: number): Tensor => f(tf.scalar(t), h, parameters)
      assert.isAbove(slope(0).sub(slope(1)).abs().max().dataSync()[0]!, 1e-3)
      assert.deepEqual(Object.keys(under(parameters, 'conv1')), ['kernel', 'timeKernel', 'bias'])
    })
  })

  it('initial parameters depend on the seed only', () => {
    const spec = odeFunctionSpec(4)
    assert.deepEqual(initialParameters(spec, makeRng(3)), initialParameters(spec, makeRng(3)))
    assert.notDeepEqual(initialParameters(spec, makeRng(3)), initialParameters(spec, makeRng(4)))
  })
})
