import { assert, beforeAll, describe, it } from 'vitest'
import {
  odeint,
  SecondOrderGradient,
  ShapeMismatch,
  SolveFailed,
  UntrackedVariable,
  type SolveReport,
} from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { IvpInputError } from '../../src/index.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { fill, net, solveInSolve, values, type Net } from './tensorProblems.ts'

/** Classical RK4 in tensor operations: the tape differentiates through the steps. */
function rk4(h0: Tensor, params: Net, steps: number): Tensor {
  const dt = 1 / steps
  let h = h0
  for (let i = 0; i < steps; i++) {
    const at = (c: number): Scalar => tf.scalar((i + c) * dt)
    const k1 = net(at(0), h, params)
    const k2 = net(at(0.5), h.add(k1.mul(dt / 2)), params)
    const k3 = net(at(0.5), h.add(k2.mul(dt / 2)), params)
    const k4 = net(at(1), h.add(k3.mul(dt)), params)
    h = h.add(
      k1
        .add(k2.mul(2))
        .add(k3.mul(2))
        .add(k4)
        .mul(dt / 6),
    )
  }
  return h
}

const tight = { rtol: 1.2e-5, atol: 1e-6 }

describe('odeint on the cpu backend', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it('agrees with differentiating through the solver at tight tolerance', () => {
    tf.tidy(() => {
      const [h0, w, b, weights] = [fill([4, 3], 0), fill([3, 3], 1), fill([3], 2), fill([4, 3], 3)]
      const through = (solve: (h: Tensor, p: Net) => Tensor) =>
        tf.valueAndGrads((h, w1, b1) => solve(h!, { w: w1!, b: b1! }).mul(weights).sum())([h0, w, b])
      const phases: string[] = []
      const adjoint = through((h, params) => {
        const both = odeint(net, h, [0, 1], { params, ...tight, onSolve: ({ phase }) => phases.push(phase) })
        return both.slice([1], [1]).reshape([4, 3])
      })
      const discrete = through((h, params) => rk4(h, params, 40))
      assert.deepEqual(phases, ['forward', 'backward'])
      assert.closeTo(values(adjoint.value)[0]!, values(discrete.value)[0]!, 1e-4)
      adjoint.grads.forEach((grad, i) => {
        const theirs = values(discrete.grads[i]!)
        values(grad).forEach((g, j) => assert.closeTo(g, theirs[j]!, 2e-4, `input ${i}, entry ${j}`))
      })
    })
  })

  it("with gradient 'discrete' agrees with differentiating RK4's operations to rounding", () => {
    tf.tidy(() => {
      const [h0, w, b, weights] = [fill([4, 3], 0), fill([3, 3], 1), fill([3], 2), fill([4, 3], 3)]
      const through = (solve: (h: Tensor, p: Net) => Tensor) =>
        tf.valueAndGrads((h, w1, b1) => solve(h!, { w: w1!, b: b1! }).mul(weights).sum())([h0, w, b])
      // Five steps: far from the exact solution, so that only the gradient of these very steps can agree
      const theirs = through((h, params) => rk4(h, params, 5))
      const ours = through((h, params) =>
        odeint(net, h, [0, 1], { params, method: 'RK4', step: 0.2, gradient: 'discrete' })
          .slice([1], [1])
          .reshape([4, 3]),
      )
      const error = (a: Tensor, c: Tensor): number =>
        Math.max(...values(a).map((value, i) => Math.abs(value - values(c)[i]!)))
      assert.isBelow(error(ours.value, theirs.value), 1e-6)
      ours.grads.forEach((grad, i) => assert.isBelow(error(grad, theirs.grads[i]!), 4e-6, `input ${i}`))
    })
  })

  it.each(['interpolating', 'discrete'] as const)(
    'gradient %s agrees with backsolve at tight tolerance, times included',
    (gradient) => {
      tf.tidy(() => {
        const [h0, w, b, weights] = [fill([2, 3], 0), fill([3, 3], 1), fill([3], 2), fill([3, 2, 3], 3)]
        const through = (kind: 'backsolve' | 'interpolating' | 'discrete'): Tensor[] =>
          tf.grads((h, w1, b1, ts) =>
            odeint(net, h!, ts as never, { params: { w: w1!, b: b1! }, ...tight, gradient: kind })
              .mul(weights)
              .sum(),
          )([h0, w, b, tf.tensor1d([0, 0.4, 1])])
        const reference = through('backsolve')
        through(gradient).forEach((grad, i) => {
          const theirs = values(reference[i]!)
          values(grad).forEach((g, j) => assert.closeTo(g, theirs[j]!, 5e-4, `input ${i}, entry ${j}`))
        })
      })
    },
  )

  it('certifies a gradient on request, and leaves no tensor behind', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor): Tensor => h.mul(-0.5)
      const found: (SolveReport['certificate'] | undefined)[] = []
      const onSolve = ({ phase, certificate }: SolveReport): void => {
        if (phase === 'backward') found.push(certificate)
      }
      tf.grad((h) => odeint(f, h, [0, 1], { ...tight, certify: true, onSolve }).sum())(tf.tensor1d([2, 1]))
      tf.grad((h) => odeint(f, h, [0, 1], { ...tight, onSolve }).sum())(tf.tensor1d([2, 1]))
      assert.isTrue(found[0]!.isTrusted)
      assert.isBelow(found[0]!.difference!, 0.01)
      assert.isUndefined(found[1])
    })
  })

  it('stacks over time and begins with h0; takes records and arrays of tensors as states', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, { p, q }: { p: Tensor; q: Tensor }) => ({ p: q.mul(1), q: p.neg() })
      const h0 = { p: tf.tensor1d([1, 0]), q: tf.tensor1d([0, 1]) }
      const ts = [0, 0.5, 1]
      const { p, q } = odeint(f, h0, ts, tight)
      assert.deepEqual(p.shape, [3, 2])
      values(p).forEach((value, i) => {
        const t = ts[Math.floor(i / 2)]!
        assert.closeTo(value, i % 2 === 0 ? Math.cos(t) : Math.sin(t), 1e-4)
      })
      assert.deepEqual(values(q).slice(0, 2), [0, 1])
      const grad = tf.grad((x) => odeint(f, { p: x, q: h0.q }, ts, tight).q.slice([2, 0], [1, 1]).sum())(h0.p)
      assert.closeTo(values(grad)[0]!, -Math.sin(1), 1e-4)
    })
  })

  it('gives gradients to output times', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor): Tensor => h.mul(-0.5)
      const h0 = tf.tensor1d([2])
      const grad = tf.grad((ts) =>
        odeint(f, h0, ts as never, tight)
          .slice([1], [1])
          .sum(),
      )(tf.tensor1d([0, 1]))
      const slope = -0.5 * 2 * Math.exp(-0.5)
      assert.closeTo(values(grad)[0]!, -slope, 1e-4)
      assert.closeTo(values(grad)[1]!, slope, 1e-4)
    })
  })

  it('trains a variable inside optimizer.minimize', () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(0.1), true, 'rate'))
    const optimizer = tf.train.sgd(0.1)
    const f = (_t: Scalar, h: Tensor, { rate }: { rate: Tensor }): Tensor => h.mul(rate)
    const loss = (): Scalar =>
      tf.tidy(() =>
        odeint(f, tf.scalar(1), [0, 1], { params: { rate: w } })
          .slice([1], [1])
          .sub(2)
          .square()
          .sum(),
      )
    for (let i = 0; i < 30; i++) optimizer.minimize(loss)
    assert.closeTo(values(w)[0]!, Math.log(2), 1e-2)
    w.dispose()
    optimizer.dispose()
  })

  it.each([
    { state: 'flat', gradient: 'backsolve' },
    { state: 'flat', gradient: 'interpolating' },
    { state: 'flat', gradient: 'discrete' },
    { state: 'device', gradient: 'backsolve' },
  ] as const)('needs no parameter that a tidy of the loss has disposed of: $state, $gradient', (how) => {
    const w = tf.tidy(() => tf.variable(tf.scalar(0.5), true, 'w'))
    // A method of the tensor itself, which asks whether it is disposed
    const f = (_t: Scalar, h: Tensor, { rate }: { rate: Tensor }): Tensor => rate.mul(h)
    const { value, grads } = tf.variableGrads(() =>
      tf.tidy(() => {
        const solution = odeint(f, tf.scalar(1), [0, 1], { params: { rate: w.square() }, ...tight, ...how })
        return solution.slice([1], [1]).sum() as Scalar
      }),
    )
    assert.closeTo(values(grads['w']!)[0]!, Math.exp(0.25), 1e-3)
    tf.dispose([value, grads, w])
  })

  it('refuses a trainable variable that is not in params', () => {
    const hidden = tf.tidy(() => tf.variable(tf.scalar(0.1), true, 'hidden'))
    const f = (_t: Scalar, h: Tensor): Tensor => h.mul(hidden)
    const h0 = tf.scalar(1)
    assert.throws(() => odeint(f, h0, [0, 1]), UntrackedVariable, 'hidden')
    // Passed, but read from the closure: the gradient would miss it
    for (const state of ['flat', 'device'] as const) {
      const passed = { params: { hidden }, state }
      assert.throws(() => odeint(f, h0, [0, 1], passed), UntrackedVariable, 'hidden')
    }
    assert.throws(() => odeint(f, hidden as Tensor, [0, 1]), UntrackedVariable, 'hidden')
    hidden.dispose()
    h0.dispose()
  })

  it('leaves nothing behind when the forward solve, the backward solve or f itself fails', () => {
    const h0 = tf.tensor1d([1])
    const blowup = (_t: Scalar, h: Tensor): Tensor => h.square()
    assert.throws(() => odeint(blowup, h0, [0, 2]), SolveFailed, 'forward')
    const throwing = (): Tensor => {
      throw new RangeError('mine')
    }
    assert.throws(() => odeint(throwing, h0, [0, 1]), RangeError, 'mine')
    assert.throws(() => odeint((_t, h) => h.concat(h), h0, [0, 1]), ShapeMismatch, '[1]')
    const poisonous = tf.customGrad((x: unknown) => ({
      value: (x as Tensor).neg(),
      gradFunc: (dy: Tensor) => dy.mul(NaN),
    }))
    const f = (_t: Scalar, h: Tensor): Tensor => poisonous(h)
    assert.throws(() => tf.grad((x) => odeint(f, x, [0, 1]))(h0), SolveFailed, 'backward')
    h0.dispose()
  })

  it('refuses gradients of its gradients by name, and leaves nothing behind', () => {
    const h0 = tf.tensor1d([1, 2])
    const f = (_t: Scalar, h: Tensor): Tensor => h.square().neg()
    const first = tf.grad((h) => odeint(f, h, [0, 1]).sum())
    assert.throws(() => tf.tidy(() => void tf.grad((h) => first(h).sum())(h0)), SecondOrderGradient, 'cannot be differentiated again') // prettier-ignore
    // The first gradient works as before
    tf.tidy(() => assert.closeTo(values(first(h0))[0]!, 1.25, 1e-2))
    h0.dispose()
  })

  it("says that 'autodiff' gives gradients of gradients, and it does", () => {
    const f = (_t: Scalar, h: Tensor): Tensor => h.square().neg()
    tf.tidy(() => {
      const ones = tf.tensor1d([1, 2])
      const first = tf.grad((h) => odeint(f, h, [0, 1]).sum())
      assert.throws(
        () => void tf.grad((h) => first(h).sum())(ones),
        SecondOrderGradient,
        "gradient: 'autodiff'",
      )
      // h(1) = h0 / (1 + h0), whose second derivative is -2 / (1 + h0)^3
      const solve = (h: Tensor): Tensor =>
        odeint(f, h, [0, 1], { gradient: 'autodiff', method: 'RK4', step: 0.1 }).slice([1], [1]).sum()
      const second = tf.grad((h) => tf.grad(solve)(h).sum())(tf.tensor1d([1]))
      assert.closeTo(values(second)[0]!, -0.25, 1e-3)
    })
  })

  it.each(['backsolve', 'interpolating', 'discrete'] as const)(
    'a solve inside the right-hand side of a solve is right, its gradient too: %s',
    (gradient) => {
      const { value, slope } = solveInSolve({ ...tight, gradient })
      assert.closeTo(...value, 1e-4)
      assert.closeTo(...slope, 1e-4)
    },
  )

  it('names a wrong option before any work', () => {
    const h0 = tf.scalar(1)
    let calls = 0
    const f = (_t: Scalar, h: Tensor): Tensor => (calls++, h.neg())
    assert.throws(() => odeint(f, h0, [0, 0]), IvpInputError, 'ts')
    assert.throws(() => odeint(f, h0, [0, 1], { gradient: 'magic' as never }), IvpInputError, 'gradient')
    assert.equal(calls, 0)
    h0.dispose()
  })
})
