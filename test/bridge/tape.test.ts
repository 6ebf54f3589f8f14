import { afterEach, assert, beforeAll, beforeEach, describe, it } from 'vitest'
import { odeint, releaseAbandonedTape, SecondOrderGradient, SolveFailed } from '../../src/bridge/index.ts'
import { isRecording } from '../../src/bridge/abandonedTape.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'

interface Rate {
  readonly [name: string]: Tensor
  readonly w: Tensor
}

class Mine extends Error {}

/** Where f throws: at which evaluation, counted from the start of the forward or of the backward solve. */
const PLACES = [
  ['the first evaluation', 'forward', 1],
  ['a later evaluation', 'forward', 9],
  ['the first evaluation of the backward solve', 'backward', 1],
  ['a later evaluation of the backward solve', 'backward', 4],
] as const
const METHODS = ['backsolve', 'interpolating', 'discrete', 'autodiff'] as const

describe.each(METHODS)("tfjs's tape after an error leaves no tensor, with %s", (gradient) => {
  /** What 'autodiff' does backwards is not f. */
  const places = PLACES.filter(([, phase]) => gradient !== 'autodiff' || phase === 'forward')
  noTensorIsLeft()
  let w: tf.Variable
  let h0: Tensor
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  beforeEach(() => {
    w = tf.tidy(() => tf.variable(tf.tensor1d([0.3, 0.8]), true, 'w'))
    h0 = tf.tensor1d([0.5, -0.2])
  })
  afterEach(() => {
    assert.isFalse(isRecording())
    // Gradients of other things, with and without a solve
    tf.tidy(() => {
      const square = tf.grad((x) => x.square().sum())(h0)
      square.dataSync().forEach((value, i) => assert.closeTo(value, [1, -0.4][i]!, 1e-6))
      const decayed = tf.grad((x) => odeint((_t, h: Tensor) => h.neg(), x, [0, 1], { rtol: 1e-4 }).sum())(h0)
      decayed.dataSync().forEach((value) => assert.closeTo(value, 1 + Math.exp(-1), 1e-3))
    })
    const { value, grads } = tf.variableGrads(() => tf.tidy(() => w.square().sum() as Scalar))
    grads['w']!.dataSync().forEach((slope, i) => assert.closeTo(slope, [0.6, 1.6][i]!, 1e-6))
    tf.dispose([value, grads, w, h0])
  })

  /** A loss whose f throws at a place; its tape saves tensors before the solve and after. */
  function failing(phase: 'forward' | 'backward', at: number): (h: Tensor, rate: Tensor) => Scalar {
    let now = 'forward'
    let calls = 0
    const f = (_t: Scalar, h: Tensor, params: Rate): Tensor => {
      calls++
      const product = h.mul(params.w)
      if (now === phase && calls === at) throw new Mine()
      return tf.tanh(product)
    }
    return (h, rate) =>
      tf.tidy(() => {
        const squared = rate.square()
        const onSolve = ({ phase: ended }: { phase: string }): void => {
          if (ended === 'forward') [now, calls] = ['backward', 0]
        }
        const solution = odeint(f, h.square(), [0, 1], {
          params: { w: squared },
          gradient,
          rtol: 1e-5,
          onSolve,
        })
        return solution.square().sum() as Scalar
      })
  }

  it.each(places)('%s: tf.grads', (_name, phase, at) => {
    const loss = failing(phase, at)
    assert.throws(() => tf.tidy(() => void tf.grads((h, rate) => loss(h!, rate!))([h0, w])), Mine)
  })

  it.each(places)('%s: tf.variableGrads', (_name, phase, at) => {
    const loss = failing(phase, at)
    assert.throws(() => tf.variableGrads(() => loss(h0, w)), Mine)
  })

  it.each(places)('%s: optimizer.minimize', (_name, phase, at) => {
    const optimizer = tf.train.sgd(0.1)
    const loss = failing(phase, at)
    assert.throws(() => optimizer.minimize(() => loss(h0, w)), Mine)
    optimizer.dispose()
  })

  it('a loss that catches the error of a solve and goes on has the right gradient', () => {
    for (const at of [1, 9]) {
      const bad = failing('forward', at)
      const loss = (rate: Tensor): Scalar =>
        tf.tidy(() => {
          const cubed = rate.pow(3)
          try {
            return bad(h0, rate)
          } catch (error) {
            assert.instanceOf(error, Mine)
            return cubed.sum() as Scalar
          }
        })
      tf.tidy(() => {
        const slope = tf.grad(loss)(w)
        slope.dataSync().forEach((value, i) => assert.closeTo(value, 3 * [0.09, 0.64][i]!, 1e-5))
      })
    }
  })

  it('an error in a solve inside the right-hand side of a solve passes through both', () => {
    for (const [, phase, at] of places) {
      const inner = failing(phase, at)
      const outer = (_t: Scalar, h: Tensor): Tensor => h.mul(inner(h, h.add(1)))
      const solve = (h: Tensor): Tensor => odeint(outer, h, [0, 0.1], { gradient }).sum()
      assert.throws(() => tf.tidy(() => void tf.grad(solve)(h0)), Mine)
    }
  })

  it('many errors in one synchronous loop pile up nothing', () => {
    const before = tf.memory().numTensors
    for (let i = 0; i < 20; i++) {
      assert.throws(() => tf.variableGrads(() => failing('forward', 1 + (i % 9))(h0, w)), Mine)
      assert.equal(tf.memory().numTensors, before)
    }
  })

  it('a solve that fails', () => {
    const blowup = (_t: Scalar, h: Tensor): Tensor => h.square()
    const loss = (h: Tensor): Tensor => odeint(blowup, h.square().add(1), [0, 2], { gradient }).sum()
    assert.throws(() => tf.tidy(() => void tf.grad(loss)(h0)), SolveFailed, 'forward')
    assert.throws(() => tf.variableGrads(() => loss(w) as Scalar), SolveFailed, 'forward')
  })

  it('bad options', () => {
    const loss = (h: Tensor): Tensor =>
      odeint((_t, x: Tensor) => x.neg(), h.square(), [0, 1], { gradient, rtol: -1 }).sum()
    assert.throws(() => tf.tidy(() => void tf.grad(loss)(h0)), 'rtol')
  })

  it('an error inside the gradient of a gradient', () => {
    const bad = failing('forward', 3)
    const inner = tf.grad((h) => bad(h, h.square()))
    assert.throws(() => tf.tidy(() => void tf.grad((h) => inner(h).sum())(h0)), Mine)
  })

  it('caught outside of the inner gradient, the outer one goes on and is right', () => {
    const bad = failing('forward', 3)
    const inner = tf.grad((h) => bad(h, h.square()))
    tf.tidy(() => {
      const outer = tf.grad((h) => {
        const cubed = h.pow(3)
        assert.throws(() => inner(h), Mine)
        return cubed.mul(h.square()).sum()
      })
      const at = outer(h0).dataSync()
      at.forEach((value, i) => assert.closeTo(value, 5 * [0.5 ** 4, 0.2 ** 4][i]!, 1e-5))
    })
  })

  it('caught, and later another error ends the gradient', () => {
    const bad = failing('forward', 3)
    const worse = failing('forward', 2)
    const loss = (h: Tensor): Tensor => {
      assert.throws(() => bad(h, h.square()), Mine)
      return worse(h.exp(), h.square())
    }
    assert.throws(() => tf.tidy(() => void tf.grad(loss)(h0)), Mine)
  })

  it('the engine has its own methods back after it', () => {
    const { endTape, endScope } = tf.engine() as unknown as Record<'endTape' | 'endScope', unknown>
    const bad = failing('forward', 3)
    assert.throws(() => tf.tidy(() => void tf.grad((h) => bad(h, h.square()))(h0)), Mine)
    // Traced, the same error ends a tape in another way
    assert.throws(
      () =>
        tf.tidy(() => odeint((_t, h: Tensor) => tf.grad((x) => failing('forward', 3)(x, x))(h), h0, [0, 1])),
      Mine,
    )
    const { endTape: tapeAfter, endScope: scopeAfter } = tf.engine() as unknown as Record<
      'endTape' | 'endScope',
      unknown
    >
    assert.deepEqual([tapeAfter, scopeAfter], [endTape, endScope])
  })
})

it('the gradient of a gradient that cannot be leaves no tensor', async () => {
  await tf.setBackend('cpu')
  const h0 = tf.tensor1d([1, 2])
  const before = tf.memory().numTensors
  const first = tf.grad((h) => odeint((_t, x: Tensor) => x.square().neg(), h, [0, 1]).sum())
  assert.throws(() => tf.tidy(() => void tf.grad((h) => first(h.square()).sum())(h0)), SecondOrderGradient)
  assert.equal(tf.memory().numTensors, before)
  h0.dispose()
})

it('an error that is not of a solve leaves what the tape saved until it is released', async () => {
  await tf.setBackend('cpu')
  const h0 = tf.tensor1d([1, 2])
  const before = tf.memory().numTensors
  const loss = (h: Tensor): Tensor => {
    odeint((_t, x: Tensor) => x.neg(), h.square(), [0, 1])
    throw new Mine()
  }
  assert.throws(() => tf.tidy(() => void tf.grad(loss)(h0)), Mine)
  releaseAbandonedTape()
  assert.equal(tf.memory().numTensors, before)
  h0.dispose()
})
