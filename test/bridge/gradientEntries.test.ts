import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { odeint } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'

interface Rate {
  readonly [name: string]: Tensor
  readonly k: Tensor
}

/** h' = k h, so that h(t) = h0 exp(k t). */
const growth = (_t: Scalar, h: Tensor, { k }: Rate): Tensor => h.mul(k)
const tight = { rtol: 1.2e-5, atol: 1e-6 }
const flow = (h: Tensor, k: Tensor, t = 1): Tensor =>
  odeint(growth, h, [0, t], { params: { k }, ...tight })
    .slice([1], [1])
    .reshape(h.shape)

const H0 = [2, -1]
const K = 0.3
const E = Math.exp(K)
/** dL/dh0 and dL/dk for L = sum of h(1)^2. */
const BY_H0 = H0.map((h) => 2 * h * E * E)
const BY_K = H0.reduce((sum, h) => sum + 2 * h * h * E * E, 0)

const loss = (h: Tensor, k: Tensor): Scalar => tf.tidy(() => flow(h, k).square().sum() as Scalar)
const closeTo = (found: Tensor, exact: ReadonlyArray<number>): void => {
  const values = Array.from(found.dataSync())
  assert.equal(values.length, exact.length)
  values.forEach((value, i) => assert.closeTo(value, exact[i]!, 2e-4 * Math.max(1, Math.abs(exact[i]!))))
}

describe("tfjs's ways to a gradient of a solve", () => {
  noTensorIsLeft()
  let k: tf.Variable
  let h0: Tensor
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  beforeEach(() => {
    k = tf.tidy(() => tf.variable(tf.scalar(K), true, 'k'))
    h0 = tf.tensor1d(H0)
  })
  afterEach(() => {
    tf.dispose([k, h0])
  })

  it('tf.grad and tf.valueAndGrad', () => {
    tf.tidy(() => {
      closeTo(tf.grad((h) => loss(h, k))(h0), BY_H0)
      const { value, grad } = tf.valueAndGrad((rate) => loss(h0, rate))(k)
      closeTo(value, [H0.reduce((sum, h) => sum + (h * E) ** 2, 0)])
      closeTo(grad, [BY_K])
    })
  })

  it('tf.grads and tf.valueAndGrads, with a factor from outside', () => {
    tf.tidy(() => {
      const both = (h: Tensor, rate: Tensor): Scalar => loss(h, rate)
      const [byH, byK] = tf.grads(both)([h0, k], tf.scalar(3)) as [Tensor, Tensor]
      closeTo(byH, BY_H0.map((g) => 3 * g)) // prettier-ignore
      closeTo(byK, [3 * BY_K])
      const { grads } = tf.valueAndGrads(both)([h0, k])
      closeTo(grads[0]!, BY_H0)
      closeTo(grads[1]!, [BY_K])
    })
  })

  it('tf.variableGrads, of all variables and of a list', () => {
    const other = tf.tidy(() => tf.variable(tf.scalar(1), true, 'other'))
    const all = tf.variableGrads(() => tf.tidy(() => loss(h0, k).mul(other) as Scalar))
    closeTo(all.grads['k']!, [BY_K])
    closeTo(all.grads['other']!, [all.value.dataSync()[0]!])
    const some = tf.variableGrads(() => tf.tidy(() => loss(h0, k).mul(other) as Scalar), [k])
    assert.deepEqual(Object.keys(some.grads), ['k'])
    closeTo(some.grads['k']!, [BY_K])
    tf.dispose([all.value, all.grads, some.value, some.grads, other])
  })

  it('optimizer.minimize takes the step, optimizer.computeGradients the gradient', () => {
    const optimizer = tf.train.sgd(0.01)
    const { value, grads } = optimizer.computeGradients(() => loss(h0, k))
    closeTo(grads['k']!, [BY_K])
    optimizer.minimize(() => loss(h0, k), false, [k])
    closeTo(k, [K - 0.01 * BY_K])
    tf.dispose([value, grads])
    optimizer.dispose()
  })

  it('several solves in one loss: in a row, side by side, and one of them twice', () => {
    tf.tidy(() => {
      // h(3) = h0 exp(3 k) by three solves; the product with h(1) makes exp(4 k)
      const chained = (h: Tensor, rate: Tensor): Scalar => {
        const first = flow(h, rate)
        const third = flow(flow(first, rate), rate)
        return first
          .mul(third)
          .add(flow(h, rate, 2).square())
          .sum() as Scalar
      }
      const [byH, byK] = tf.grads(chained)([h0, k]) as [Tensor, Tensor]
      const e4 = Math.exp(4 * K)
      closeTo(byH, H0.map((h) => 4 * h * e4)) // prettier-ignore
      closeTo(byK, [H0.reduce((sum, h) => sum + 8 * h * h * e4, 0)])
    })
  })
})
