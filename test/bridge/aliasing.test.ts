import { afterAll, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { BackendUnavailable, chooseBackend, odeint, type BackendWish } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'

interface Rate {
  readonly [name: string]: Tensor
  readonly w: Tensor
}

const copied = (x: Tensor): number[] => Array.from(x.dataSync())
const METHODS = ['backsolve', 'interpolating', 'discrete'] as const

describe.each<BackendWish>(['cpu', 'wasm', 'tensorflow'])('buffers and tensors on the backend %s', (wish) => {
  let missing: BackendUnavailable | undefined
  let before = 0
  beforeAll(async () => {
    try {
      await chooseBackend(wish)
    } catch (error) {
      if (!(error instanceof BackendUnavailable)) throw error
      missing = error
      console.warn(`Skipped: buffers and tensors on the backend ${wish} (${error.message}).`)
    }
    before = tf.memory().numTensors
  })
  beforeEach(({ skip }) => skip(missing !== undefined, missing?.message))
  afterAll(() => assert.equal(tf.memory().numTensors, before, 'tensors left behind'))

  it.each(METHODS)('what f and its gradient were given keeps its values for ever, with %s', (gradient) => {
    const kept: { tensor: Tensor; values: number[] }[] = []
    const keep = (tensor: Tensor): void => {
      const own = tf.keep(tensor.clone())
      kept.push({ tensor: own, values: copied(own) })
    }
    /** The identity, which looks at what comes in from both sides. */
    const watched = tf.customGrad((x: unknown) => {
      keep(x as Tensor)
      return {
        value: (x as Tensor).clone(),
        gradFunc: (dy: Tensor) => {
          keep(dy)
          return dy.clone()
        },
      }
    })
    const f = (t: Scalar, h: Tensor, { w }: Rate): Tensor => {
      keep(t)
      return tf.tanh(watched(h).mul(w))
    }
    tf.tidy(() => {
      const [h0, w] = [tf.tensor1d([0.5, -0.2]), tf.tensor1d([0.3, 0.8])]
      for (let solve = 0; solve < 3; solve++) {
        tf.grads((h, rate) => odeint(f, h!, [0, 1, 2], { params: { w: rate! }, gradient }).sum())([h0, w])
      }
    })
    assert.isAbove(kept.length, 100)
    for (const { tensor, values } of kept) assert.deepEqual(copied(tensor), values)
    assert.isAbove(new Set(kept.map(({ values }) => values.join())).size, 30)
    tf.dispose(kept.map(({ tensor }) => tensor))
  })

  it.each(METHODS)('solutions and gradients keep their values over further solves, with %s', (gradient) => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor, { w }: Rate): Tensor => tf.tanh(h.mul(w))
      const [h0, w] = [tf.tensor1d([0.5, -0.2]), tf.tensor1d([0.3, 0.8])]
      const solve = (scale: number): Tensor[] => {
        const loss = (h: Tensor, rate: Tensor): Tensor =>
          odeint(f, h, [0, 1, 2], { params: { w: rate }, gradient })
            .square()
            .sum()
            .mul(scale)
        const solution = odeint(f, h0, [0, 1, 2], { params: { w }, gradient })
        return [solution, ...tf.grads(loss)([h0, w])]
      }
      const first = solve(1)
      const values = first.map(copied)
      const second = solve(2)
      solve(3)
      first.forEach((tensor, i) => assert.deepEqual(copied(tensor), values[i]))
      assert.deepEqual(copied(second[0]!), values[0])
      second
        .slice(1)
        .forEach((tensor, i) =>
          copied(tensor).forEach((value, j) => assert.closeTo(value, 2 * values[i + 1]![j]!, 1e-3)),
        )
      assert.deepEqual([copied(h0), copied(w)], [[0.5, -0.2].map(Math.fround), [0.3, 0.8].map(Math.fround)])
    })
  })

  it('writing into the numbers of a solution changes neither h0 nor the next solve', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor): Tensor => h.neg()
      const h0 = tf.tensor1d([1, 2])
      const solution = odeint(f, h0, [0, 1])
      const values = copied(solution)
      solution.dataSync().fill(7)
      assert.deepEqual(copied(h0), [1, 2])
      assert.deepEqual(copied(odeint(f, h0, [0, 1])), values)
    })
  })

  it('an f that returns its argument, a parameter, or the same tensor each time is solved right and changes none of them', () => {
    tf.tidy(() => {
      const [h0, w] = [tf.tensor1d([1, 2]), tf.tensor1d([3, -1])]
      const tight = { rtol: 1e-5, atol: 1e-6 }
      const end = (f: (t: Scalar, h: Tensor, params: Rate) => Tensor): number[] =>
        copied(odeint(f, h0, [0, 1], { params: { w }, ...tight })).slice(2)
      end((_t, h) => h).forEach((value, i) => assert.closeTo(value, [1, 2][i]! * Math.E, 1e-4))
      end((_t, _h, params) => params.w).forEach((value, i) => assert.closeTo(value, [4, 1][i]!, 1e-5))
      const constant = tf.tensor1d([5, 6])
      end(() => constant).forEach((value, i) => assert.closeTo(value, [6, 8][i]!, 1e-5))
      assert.deepEqual([h0, w, constant].map(copied), [[1, 2], [3, -1], [5, 6]]) // prettier-ignore
      for (const gradient of METHODS) {
        const [byH, byW] = tf.grads((h, rate) => {
          const solution = odeint((_t, _h, params) => params.w, h!, [0, 1], {
            params: { w: rate! },
            gradient,
          })
          return solution.slice([1], [1]).sum()
        })([h0, w]) as [Tensor, Tensor]
        for (const slope of [...copied(byH), ...copied(byW)]) assert.closeTo(slope, 1, 1e-5)
      }
    })
  })

  it('what the tape of a loss saved around solves stays as it was', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor): Tensor => h.neg()
      const h0 = tf.tensor1d([1, 2])
      const tight = { rtol: 1e-5, atol: 1e-6 }
      // The square saves the first solution; the second solve and its gradient come before it is read
      const grad = tf.grad((h) => {
        const first = odeint(f, h, [0, 1], tight)
        const squared = first.square()
        const second = odeint(f, first.slice([1], [1]).reshape([2]), [0, 1], tight)
        return squared.mul(second).sum()
      })(h0)
      // sum over t = 0, 1 of h(t)^2 second(t): h0^3 e^-1 + h0^3 e^-4
      const exact = copied(h0).map((h) => 3 * h * h * (Math.exp(-1) + Math.exp(-4)))
      copied(grad).forEach((value, i) => assert.closeTo(value, exact[i]!, 2e-3))
    })
  })
})
