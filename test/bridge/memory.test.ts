import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { assert, beforeAll, describe, it } from 'vitest'
import { odeint, SolveFailed, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Rate {
  readonly [name: string]: Tensor
  readonly w: Tensor
}

const f = (_t: Scalar, h: Tensor, { w }: Rate): Tensor => tf.tanh(h.mul(w))

describe('memory of solves on tensors', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  /** Most tensors that are alive at any evaluation, forward or backward, beyond those before the gradient; and the number of evaluations. */
  function peakOf(maxStep: number, options: OdeintOptions<Rate>): { peak: number; nfev: number } {
    return tf.tidy(() => {
      const [h0, w] = [tf.tensor1d([0.5, -0.2]), tf.tensor1d([0.3, 0.8])]
      const before = tf.memory().numTensors
      let peak = 0
      let nfev = 0
      const watched = (t: Scalar, h: Tensor, params: Rate): Tensor => {
        peak = Math.max(peak, tf.memory().numTensors - before)
        nfev++
        return f(t, h, params)
      }
      tf.grads((h, rate) =>
        odeint(watched, h!, [0, 1], { ...options, params: { w: rate! }, firstStep: maxStep, maxStep }).sum(),
      )([h0, w])
      return { peak, nfev }
    })
  }

  it.each(['backsolve', 'interpolating', 'discrete'] as const)(
    'the peak of tensors with %s does not grow from 10 to 1000 steps',
    (gradient) => {
      const few = peakOf(0.1, { gradient })
      const many = peakOf(0.001, { gradient })
      assert.isAbove(many.nfev, 50 * few.nfev)
      assert.equal(many.peak, few.peak)
    },
  )

  it('a thousand solves, a third failing and a third interrupted, leave tensors and heap where they were', () => {
    const aborted = AbortSignal.abort()
    const w = tf.tensor1d([0.3, 0.8])
    const h0 = tf.tensor1d([0.5, -0.2])
    const one = (i: number): void => {
      const kind = i % 3
      const options = { params: { w }, ...(kind === 1 ? { maxSteps: 1, rtol: 1e-5 } : kind === 2 ? { signal: aborted } : {}) } // prettier-ignore
      const state = Math.floor(i / 3) % 4 === 3 ? ('device' as const) : ('flat' as const)
      const gradient = (['backsolve', 'interpolating', 'discrete', 'backsolve'] as const)[
        Math.floor(i / 3) % 4
      ]!
      const solve = (): void => tf.tidy(() => void tf.grad((h) => odeint(f, h, [0, 1], { ...options, gradient, state }).sum())(h0)) // prettier-ignore
      if (kind === 0) solve()
      else assert.throws(solve, SolveFailed, kind === 1 ? 'maxSteps' : 'aborted')
    }
    // Until the code of all kinds is compiled
    for (let i = 0; i < 720; i++) one(i)
    const measure = (): { tensors: number; heap: number; buffers: number } => {
      collect()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return { tensors: tf.memory().numTensors, heap: heapUsed, buffers: arrayBuffers }
    }
    const before = measure()
    for (let i = 0; i < 1000; i++) one(i)
    const after = measure()
    assert.equal(after.tensors, before.tensors)
    // A kept result or tape of each solve would be several megabytes
    assert.isBelow(after.heap - before.heap, 1e6)
    assert.isBelow(after.buffers - before.buffers, 1e5)
    tf.dispose([w, h0])
  })
})
