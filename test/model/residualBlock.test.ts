import { assert, beforeAll, describe, it } from 'vitest'
import { chooseBackend } from '../../src/bridge/backend.ts'
import { tf, type Tensor4D } from '../../src/bridge/tensor.ts'
import { makeOdeNet, odeNetSpec, type OdeNetShape } from '../../src/model/odeNet.ts'
import { initialParameters, parameterCount, toParameters } from '../../src/model/parameters.ts'
import { residualBlock, residualBlockSpec } from '../../src/model/residualBlock.ts'
import { makeRng } from '../../src/model/rng.ts'

const shape: OdeNetShape = { channelsIn: 1, dim: 4, groups: 2, downsamplings: 2, classes: 10, hasOde: false }

describe('residual nets', () => {
  beforeAll(() => chooseBackend('wasm'))

  it('add f(h) to h: without weights in the last convolution, a block is the identity plus its bias', () => {
    const spec = residualBlockSpec(4)
    const flat = initialParameters(spec, makeRng(1))
    tf.tidy(() => {
      const given = toParameters(spec, flat)
      const h = tf.randomNormal([2, 5, 5, 4], 0, 1, 'float32', 3) as Tensor4D
      const p = { ...given, 'conv2.kernel': tf.zerosLike(given['conv2.kernel']!) }
      const difference = residualBlock(h, 2, p).sub(h).sub(given['conv2.bias']!).abs().max()
      assert.isBelow(difference.dataSync()[0]!, 1e-6)
      assert.isAbove(residualBlock(h, 2, given).sub(h).sub(given['conv2.bias']!).abs().max().dataSync()[0]!, 1e-2) // prettier-ignore
    })
  })

  it('count the parameters of every block, and use each of them', () => {
    const withBlocks = { ...shape, residualBlocks: 2 }
    const block = 2 * (9 * 4 * 4 + 4) + 2 * 8
    assert.equal(parameterCount(odeNetSpec(withBlocks)), parameterCount(odeNetSpec(shape)) + 2 * block)
    const spec = odeNetSpec(withBlocks)
    tf.tidy(() => {
      const p = toParameters(spec, initialParameters(spec, makeRng(1)))
      const names = Object.keys(p)
      const images = tf.randomNormal([2, 28, 28, 1], 0, 1, 'float32', 3) as Tensor4D
      const net = makeOdeNet(withBlocks)
      const { grads } = tf.valueAndGrads((...tensors) =>
        net(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), images, { solve: {} })
          .square()
          .sum(),
      )(Object.values(p))
      grads.forEach((grad, i) => assert.isAbove(grad.abs().max().dataSync()[0]!, 0, names[i]))
    })
  })
})
