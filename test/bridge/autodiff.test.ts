import { assert, beforeAll, describe, it } from 'vitest'
import { odeint, odeintAsync, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import type { IvpInputError } from '../../src/index.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { fill, largestDifference, net, values, type Net } from './tensorProblems.ts'

const fixed = { method: 'RK4', step: 0.1 } as const

describe("gradient 'autodiff'", () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  const gradientsOf = (options: OdeintOptions<Net>): { value: Tensor; grads: Tensor[] } => {
    const weights = fill([3, 2, 3], 3)
    return tf.valueAndGrads((h, w, b) =>
      odeint(net, h!, [0, 0.4, 1], { ...options, params: { w: w!, b: b! } })
        .mul(weights)
        .sum(),
    )([fill([2, 3], 0), fill([3, 3], 1), fill([3], 2)])
  }

  it.each(['Euler', 'Midpoint', 'Heun', 'RK4', 'RK23', 'RK45', 'DOP853'] as const)(
    "is 'discrete' to rounding, output times inside of steps included: %s",
    (method) => {
      tf.tidy(() => {
        const isFixed = ['Euler', 'Midpoint', 'Heun', 'RK4'].includes(method)
        // Equal first steps and one step more: so that both take the same ones
        const options = isFixed
          ? { method, step: 0.25 }
          : { method, rtol: 1, atol: 1, firstStep: 0.5, maxStep: 0.5 }
        const ours = gradientsOf({ ...options, gradient: 'autodiff' })
        const theirs = gradientsOf({ ...options, gradient: 'discrete' })
        assert.isBelow(largestDifference(values(ours.value), values(theirs.value)), 1e-6)
        ours.grads.forEach((grad, i) =>
          assert.isBelow(largestDifference(values(grad), values(theirs.grads[i]!)), 4e-6, `input ${i}`),
        )
      })
    },
  )

  it('differentiates the steps of an adaptive solve', () => {
    tf.tidy(() => {
      const options = { rtol: 1e-4, atol: 1e-5 }
      const ours = gradientsOf({ ...options, gradient: 'autodiff' })
      const theirs = gradientsOf({ ...options, gradient: 'backsolve' })
      ours.grads.forEach((grad, i) =>
        assert.isBelow(largestDifference(values(grad), values(theirs.grads[i]!)), 1e-3, `input ${i}`),
      )
    })
  })

  it('gives gradients of gradients', () => {
    tf.tidy(() => {
      // h(1) = x e^(x) of h' = x h, h(0) = x: d/dx = (1 + x) e^x, d2/dx2 = (2 + x) e^x
      const f = (_t: Scalar, h: Tensor, { x }: { x: Tensor }): Tensor => h.mul(x)
      const solve = (x: Tensor): Tensor =>
        odeint(f, x, [0, 1], { params: { x }, method: 'RK4', step: 0.02, gradient: 'autodiff' })
          .slice([1], [1])
          .sum()
      const first = tf.grad(solve)
      const second = tf.grad((x) => first(x).sum())
      const at = tf.tensor1d([0.7])
      assert.closeTo(values(first(at))[0]!, 1.7 * Math.exp(0.7), 1e-4)
      assert.closeTo(values(second(at))[0]!, 2.7 * Math.exp(0.7), 1e-4)
    })
  })

  it('holds tensors that grow with the number of steps, and releases them', () => {
    const heldWith = (step: number): number =>
      tf.tidy(() => {
        let held = 0
        const start = tf.memory().numTensors
        tf.grad((w) => {
          const end = odeint(net, fill([2, 3], 0), [0, 1], {
            params: { w, b: fill([3], 2) },
            method: 'RK4',
            step,
            gradient: 'autodiff',
          }).sum()
          held = tf.memory().numTensors - start
          return end
        })(fill([3, 3], 1))
        return held
      })
    const ten = heldWith(0.1)
    assert.isAbove(heldWith(0.01), 5 * ten)
  })

  it('without a gradient holds nothing', () => {
    const h0 = tf.tensor1d([1])
    const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()
    const solution = odeint(decay, h0, [0, 1], { ...fixed, gradient: 'autodiff' })
    assert.closeTo(values(solution)[1]!, Math.exp(-1), 1e-5)
    tf.dispose([h0, solution])
  })

  it('refuses by name what it cannot do', async () => {
    const h0 = tf.tensor1d([1])
    const ts = tf.tensor1d([0, 1])
    const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()
    const optionOf = (body: () => unknown): string => {
      try {
        tf.tidy(() => void body())
      } catch (error) {
        return (error as IvpInputError).option
      }
      return 'nothing'
    }
    const gradient = 'autodiff'
    assert.equal(optionOf(() => odeint(decay, h0, [0, 1], { gradient, method: 'Radau' })), 'method') // prettier-ignore
    assert.equal(optionOf(() => odeint(decay, h0, [0, 1], { gradient, state: 'flat' })), 'state') // prettier-ignore
    assert.equal(optionOf(() => odeint(decay, h0, [0, 1], { gradient, certify: true })), 'certify') // prettier-ignore
    assert.equal(optionOf(() => odeint(decay, h0, ts, { gradient })), 'ts') // prettier-ignore
    const rejected = await odeintAsync(decay, h0, [0, 1], { gradient }).catch(
      (error: IvpInputError) => error.option,
    )
    assert.equal(rejected, 'gradient')
    tf.dispose([h0, ts])
  })
})
