import { assert, beforeAll, describe, it } from 'vitest'
import { odeint } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor1D } from '../../src/bridge/tensor.ts'
import { derivative } from '../adjoint/finiteDifference.ts'

const STEPS = 3

/** h0 after Euler's steps for h' = k t h. */
const euler = (t0: number, t1: number, k: number): number => {
  const dt = (t1 - t0) / STEPS
  return Array.from({ length: STEPS }, (_, i) => 1 + dt * k * (t0 + i * dt)).reduce((a, b) => a * b, 2)
}

/** h0 after Euler's steps for h' = -h. */
const decayed = (t0: number, t1: number): number => 2 * (1 - (t1 - t0) / STEPS) ** STEPS

describe("gradients of times on tensors by 'discrete'", () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  const gradient = (f: (t: Scalar, h: Tensor, params: Tensor) => Tensor): { ts: number[]; k: number } =>
    tf.tidy(() => {
      const [ts, k] = [tf.tensor1d([0.5, 2]), tf.scalar(0.7)]
      const options = { method: 'Euler', step: 1.5 / STEPS, gradient: 'discrete' } as const
      const loss = (times: Tensor, rate: Tensor): Tensor =>
        odeint(f, tf.scalar(2), times as Tensor1D, { params: rate, ...options })
          .slice([1], [1])
          .sum()
      const [byTimes, byRate] = tf.grads(loss)([ts, k]) as [Tensor, Tensor]
      return { ts: Array.from(byTimes.dataSync()), k: byRate.dataSync()[0]! }
    })

  it('are those of the steps taken, where f depends on t', () => {
    const before = tf.memory().numTensors
    const { ts, k } = gradient((t, h, rate) => h.mul(t).mul(rate))
    assert.equal(tf.memory().numTensors, before)
    const k0 = Math.fround(0.7)
    const exact = [derivative((e) => euler(0.5 + e, 2, k0)), derivative((e) => euler(0.5, 2 + e, k0))]
    ts.forEach((slope, j) => assert.closeTo(slope, exact[j]!, 2e-6 * Math.abs(exact[j]!)))
    const byRate = derivative((e) => euler(0.5, 2, k0 + e))
    assert.closeTo(k, byRate, 2e-6 * byRate)
  })

  it('are those of the steps taken, where f does not', () => {
    const { ts } = gradient((_t, h, rate) => h.neg().add(rate.mul(0)))
    const exact = [derivative((e) => decayed(0.5 + e, 2)), derivative((e) => decayed(0.5, 2 + e))]
    ts.forEach((slope, j) => assert.closeTo(slope, exact[j]!, 2e-6))
    // As the exact solution moves from where the steps ended: -h
    assert.isAbove(Math.abs(ts[1]! + decayed(0.5, 2)), 0.1)
  })
})
