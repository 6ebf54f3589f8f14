import { Effect, Layer } from 'effect'
import { assert, beforeAll, describe, it, vi } from 'vitest'
import { backendLayer, TensorOde, tensorOdeLayer } from '../../src/bridge/effect/index.ts'
import { odeint, odeintAsync, UntrackedTensor, UntrackedVariable } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor2D, type Tensor4D } from '../../src/bridge/tensor.ts'
import { tensorProblem, withCapturedParams } from '../../src/bridge/tensorProblem.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { odeBlock } from '../../src/model/odeBlock.ts'
import { neuralOdeLayer } from '../../src/model/layers/index.ts'
import { fill, largestDifference, values } from './tensorProblems.ts'

const tight = { rtol: 1e-6, atol: 1e-7 } as const
const WAYS = [
  { gradient: 'backsolve', state: 'flat' },
  { gradient: 'interpolating', state: 'flat' },
  { gradient: 'discrete', state: 'flat' },
  { gradient: 'backsolve', state: 'device' },
  { gradient: 'autodiff', state: 'device' },
] as const
/** 'autodiff' never needed any of this: tfjs's own tape sees what f reads. */
const OURS = WAYS.filter(({ gradient }) => gradient !== 'autodiff')

const last = (solution: Tensor): Tensor => solution.slice([1], [1]).sum()

describe.each(WAYS)('a captured tensor on the tape has its gradient: $gradient, $state', (how) => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  const options = { ...tight, ...how }
  // L(W) = exp(W x) + (W x)^2 / 10
  const x = 1.3
  const loss = (w: Tensor): Tensor => {
    const c = w.mul(x)
    const solution = odeint((_t, h: Tensor) => h.mul(c), tf.scalar(1), [0, 1], options)
    return last(solution).add(c.square().mul(0.1))
  }
  const slope = (w: number): number => x * Math.exp(w * x) + 0.2 * w * x * x

  it('the encoder of a conditional flow: 3.4662, where 0.2366 came', () => {
    tf.tidy(() => assert.closeTo(values(tf.grad(loss)(tf.scalar(0.7)))[0]!, 3.4662, 3e-4))
    assert.closeTo(slope(0.7), 3.4662, 3e-5)
  })

  it('by every entry of tfjs', () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(0.4), true, 'w'))
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => tf.tidy(() => loss(w) as Scalar))
      assert.closeTo(values(grads['w']!)[0]!, slope(0.4), 1e-3)
      const [first] = tf.valueAndGrads((a) => loss(a!))([tf.scalar(0.4)]).grads
      assert.closeTo(values(first!)[0]!, slope(0.4), 1e-3)
      assert.closeTo(values(tf.valueAndGrad(loss)(w as Tensor).grad)[0]!, slope(0.4), 1e-3)
      const optimizer = tf.train.sgd(0.1)
      optimizer.minimize(() => tf.tidy(() => loss(w) as Scalar))
      optimizer.dispose()
      assert.closeTo(values(w)[0]!, 0.4 - 0.1 * slope(0.4), 1e-3)
    })
    w.dispose()
  })

  it('what the gradient is taken of itself, captured as it is and used before and after', () => {
    tf.tidy(() => {
      const f = (c: Tensor): Tensor => {
        const before = c.square()
        const end = last(odeint((_t, h: Tensor) => c.mul(h), tf.scalar(1), [0, 1], options))
        return end.add(before).add(c.mul(3))
      }
      const at = values(tf.grad(f)(tf.scalar(0.5)))[0]!
      assert.closeTo(at, Math.exp(0.5) + 1 + 3, 1e-3)
    })
  })

  it('one that nothing else uses and a tidy has disposed of by the time of the backward solve', () => {
    tf.tidy(() => {
      const f = (w: Tensor): Tensor =>
        tf.tidy(() => {
          const c = w.square()
          // A method of the tensor itself, which asks whether it is disposed, and a gradient that saves nothing
          const rate = (_t: Scalar, h: Tensor): Tensor => c.mul(h).add(tf.logSigmoid(c).mul(0))
          return last(odeint(rate, tf.scalar(1), [0, 1], options))
        })
      const at = values(tf.grad(f)(tf.scalar(0.6)))[0]!
      assert.closeTo(at, 1.2 * Math.exp(0.36), 1e-3)
    })
  })

  it('one that f hands on as it is', () => {
    tf.tidy(() => {
      const f = (w: Tensor): Tensor => {
        const c = w.square()
        return last(odeint(() => c, tf.scalar(1), [0, 2], options))
      }
      assert.closeTo(values(tf.grad(f)(tf.scalar(0.6)))[0]!, 2.4, 1e-4)
    })
  })

  it('others at every call of one and the same f', () => {
    let c: Tensor = tf.scalar(0)
    c.dispose()
    const f = (_t: Scalar, h: Tensor): Tensor => h.mul(c)
    tf.tidy(() => {
      for (const rate of [0.2, -0.5, 0.9]) {
        const at = tf.grad((w) => {
          c = w.mul(2)
          return last(odeint(f, tf.scalar(1), [0, 1], options))
        })(tf.scalar(rate))
        assert.closeTo(values(at)[0]!, 2 * Math.exp(2 * rate), 3e-3)
      }
    })
  })

  it('the same tensor captured and passed, and the initial state captured', () => {
    tf.tidy(() => {
      // h' = c w h + h0 with c = w, h(0) = h0
      const f = (w: Tensor, h0: Tensor): Tensor => {
        const rate = (_t: Scalar, h: Tensor, { p }: { p: Tensor }): Tensor => h.mul(w).mul(p).add(h0)
        return last(odeint(rate, h0, [0, 1], { ...options, params: { p: w } }))
      }
      const [dw, dh] = tf
        .grads((w, h0) => f(w!, h0!))([tf.scalar(0.8), tf.scalar(1.5)])
        .map((grad) => values(grad)[0]!)
      // h(1) = h0 (e^k + (e^k - 1) / k) with k = w^2
      const h1 = (w: number): number => Math.exp(w * w) + (Math.exp(w * w) - 1) / (w * w)
      assert.closeTo(dh!, h1(0.8), 1e-3)
      assert.closeTo(dw!, (1.5 * (h1(0.8001) - h1(0.7999))) / 2e-4, 5e-3)
    })
  })

  it('in the right-hand side of a solve inside of one, where the inner one captures what the outer made', () => {
    tf.tidy(() => {
      // The inner solve multiplies its start, 1, by e^(c h)
      const f = (w: Tensor): Tensor => {
        const c = w.mul(0.5)
        const outer = (_t: Scalar, h: Tensor): Tensor => {
          const rate = h.mul(c)
          const inner = (_s: Scalar, y: Tensor): Tensor => y.mul(rate)
          return last(odeint(inner, tf.scalar(1), [0, 1], options)) as Scalar
        }
        return last(odeint(outer, tf.scalar(0.3), [0, 1], { ...options, rtol: 1e-4 }))
      }
      // h' = e^(k h): h(1) = -log(e^(-k h0) - k) / k
      const end = (w: number): number => -Math.log(Math.exp(-0.15 * w) - 0.5 * w) / (0.5 * w)
      const at = values(tf.grad(f)(tf.scalar(0.8)))[0]!
      assert.closeTo(at, (end(0.801) - end(0.799)) / 2e-3, 1e-2)
    })
  })

  it('where f is the gradient of something that captures it', () => {
    tf.tidy(() => {
      const f = (w: Tensor): Tensor => {
        const c = w.mul(0.5)
        const energy = tf.grad((h) => h.square().mul(c).sum())
        return last(odeint((_t, h: Tensor) => energy(h), tf.scalar(1), [0, 1], options))
      }
      assert.closeTo(values(tf.grad(f)(tf.scalar(0.8)))[0]!, Math.exp(0.8), 2e-3)
    })
  })
})

describe.each(OURS)('a captured tensor: $gradient, $state', (how) => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  const options = { ...tight, ...how }

  it('gives the bits that it gives when it is passed', () => {
    tf.tidy(() => {
      const solve = (passes: boolean) => (w: Tensor, h0: Tensor) => {
        const c = tf.sin(w)
        const field = (h: Tensor, m: Tensor): Tensor => tf.tanh(tf.matMul(h as Tensor2D, m as Tensor2D))
        const f = (_t: Scalar, h: Tensor, { m }: { [name: string]: Tensor }): Tensor => field(h, m ?? c)
        return odeint(f, h0, [0, 0.3, 1], { ...options, params: passes ? { m: c } : {} }).mul(w.sum()).sum() // prettier-ignore
      }
      const inputs = [fill([3, 3], 1), fill([2, 3], 0)]
      const captured = tf.grads((w, h0) => solve(false)(w!, h0!))(inputs)
      const passed = tf.grads((w, h0) => solve(true)(w!, h0!))(inputs)
      captured.forEach((grad, i) => assert.deepEqual(values(grad), values(passed[i]!)))
    })
  })

  /** How many numbers of parameters the backward solve has, from the tolerances that it takes. */
  const parametersOf = (f: (t: Scalar, h: Tensor) => Tensor): number => {
    for (let p = 0; p < 9; p++) {
      try {
        const atol = Array.from({ length: how.gradient === 'interpolating' ? 1 + p : 2 + p }, () => 1e-6)
        tf.tidy(() => void tf.grad((h) => odeint(f, h, [0, 1], { ...options, backward: { atol } }))(tf.scalar(1))) // prettier-ignore
        return p
      } catch (error) {
        if (!String(error).includes('atol')) throw error
      }
    }
    return NaN
  }
  // The steps' gradient takes no tolerances
  it.skipIf(how.gradient === 'discrete')(
    'that no gradient depends on is a constant, and no part of the backward solve',
    () => {
      const c = tf.tensor1d([1, 2, 3])
      assert.equal(
        parametersOf((_t, h) => h.mul(c.sum())),
        0,
      )
      // On the tape, but made of nothing that matters
      const made = (h: Tensor): Tensor =>
        tf.tidy(() => {
          const square = c.square()
          return odeint((_t, y: Tensor) => y.mul(square.sum()).neg(), h, [0, 0.1], {
            ...options,
            backward: { atol: [1e-6, 1e-6].slice(how.gradient === 'interpolating' ? 1 : 0) },
          })
        })
      tf.tidy(() => void tf.grad(made)(tf.scalar(1)))
      c.dispose()
    },
  )

  // Backwards the report counts products; the steps' gradient evaluates f besides
  it.skipIf(how.gradient === 'discrete')('costs one evaluation more, and nothing inside of the steps', () => {
    const c = tf.scalar(2)
    let calls = 0
    const f = (_t: Scalar, h: Tensor): Tensor => (calls++, h.mul(c))
    const count = (gradient: boolean): { calls: number; reported: number } => {
      calls = 0
      let reported = 0
      const solve = (h: Tensor): Tensor =>
        odeint(f, h, [0, 1], { ...options, onSolve: ({ nfev }) => void (reported += nfev) })
      tf.tidy(() => void (gradient ? tf.grad(solve)(tf.scalar(1)) : solve(tf.scalar(1))))
      return { calls, reported }
    }
    count(false)
    const [without, within] = [count(false), count(true)]
    assert.equal(without.calls, without.reported)
    assert.equal(within.calls, within.reported + 1)
    c.dispose()
  })

  const refusal = (body: () => void): UntrackedTensor => {
    try {
      tf.tidy(body)
    } catch (error) {
      assert.instanceOf(error, UntrackedTensor)
      return error as UntrackedTensor
    }
    return assert.fail('nothing was refused')
  }

  // Where nothing else of the solve depends on w, tfjs asks for no gradient of it
  it.each([
    ['and nothing else depends on w', 0],
    ['and h0 depends on w', 1],
  ])(
    'that f reads at later times only, %s, is refused by name; passed, it has its gradient',
    (_name, share) => {
      const solve = (passes: boolean) => (w: Tensor) => {
        const c = w.mul(2)
        const f = (t: Scalar, h: Tensor, { p }: { [name: string]: Tensor }): Tensor =>
          t.dataSync()[0]! > 0.501 ? h.mul(p ?? c) : h.mul(0)
        const params: { [name: string]: Tensor } = passes ? { p: c } : {}
        const h0 = share === 0 ? tf.scalar(1) : w.mul(0).add(1)
        return last(odeint(f, h0, [0, 1], { ...options, params })).add(c.mul(0))
      }
      const error = refusal(() => void tf.grad(solve(false))(tf.scalar(0.3)))
      assert.deepEqual([error.reason, error.shape], ['late', []])
      assert.include(error.message, 'params')
      tf.tidy(() =>
        assert.closeTo(
          values(tf.grad(solve(true))(tf.scalar(0.3)))[0]!,
          2 * 0.499 * Math.exp(2 * 0.499 * 0.3),
          1e-2,
        ),
      )
    },
  )

  it.each([
    ['a product', (h: Tensor, x: Tensor) => h.mul(x)],
    ['a sum', (h: Tensor, x: Tensor) => h.add(x.sum())],
    [
      'an operation that asks for its type',
      (h: Tensor, x: Tensor) => tf.where(tf.greater(h, -9), h.mul(x), h),
    ],
  ])('that takes turns with another one is refused by name when it is gone, by %s', (_name, operation) => {
    const solve = (passes: boolean) => (w: Tensor) => {
      const pair = [w.mul(2), w.mul(3)]
      const f = (t: Scalar, h: Tensor, params: Tensor[]): Tensor =>
        operation(h, (passes ? params : pair)[t.dataSync()[0]! < 0.5 ? 0 : 1]!)
      return last(odeint(f, tf.scalar(1), [0, 1], { ...options, params: passes ? pair : [] }))
    }
    const { reason, message } = refusal(() => void tf.grad(solve(false))(tf.scalar(0.5)))
    assert.include(['gone', 'late'], reason)
    assert.include(message, 'params')
    tf.tidy(() => assert.isTrue(Number.isFinite(values(tf.grad(solve(true))(tf.scalar(0.5)))[0]!)))
  })

  it('is looked for once on a tape: many solves of one loss take no walk over all of it each', () => {
    const steps = { method: 'RK4', step: 0.1 } as const
    const visited = (n: number): number => {
      const values = vi.spyOn(Object, 'values')
      tf.tidy(() => {
        tf.grad((w) => {
          let loss: Tensor = tf.scalar(0)
          for (let i = 0; i < n; i++) {
            let h = last(
              odeint((_t, h, { w }) => h.mul(w), w.mul(0.1), [0, 0.1], { params: { w }, ...steps }),
            )
            for (let k = 0; k < 20; k++) h = h.mul(1.001)
            loss = loss.add(h)
          }
          return loss
        })(tf.scalar(0.5))
      })
      const { length } = values.mock.calls
      values.mockRestore()
      return length
    }
    visited(2)
    assert.isBelow(visited(40), 2.5 * visited(20))
  })

  it('that f made in an earlier evaluation is refused by name; passed, it has its gradient', () => {
    let cache: Tensor | null = null
    const f = (_t: Scalar, h: Tensor, { w }: { w: Tensor }): Tensor => {
      cache ??= tf.keep(w.square())
      return h.mul(cache)
    }
    const solve = (w: Tensor): Tensor => last(odeint(f, tf.scalar(1), [0, 1], { ...options, params: { w } }))
    assert.equal(refusal(() => void tf.grad(solve)(tf.scalar(0.3))).reason, 'kept')
    tf.dispose(cache!)
    tf.tidy(() => {
      const passing = (w: Tensor): Tensor => {
        const rate = (_t: Scalar, h: Tensor, { square }: { square: Tensor }): Tensor => h.mul(square)
        return last(odeint(rate, tf.scalar(1), [0, 1], { ...options, params: { square: w.square() } }))
      }
      assert.closeTo(values(tf.grad(passing)(tf.scalar(0.3)))[0]!, 0.6 * Math.exp(0.09), 1e-3)
    })
  })

  it('that f makes from nothing in its first evaluation and keeps is a constant', () => {
    let cache: Tensor | null = null
    const f = (_t: Scalar, h: Tensor): Tensor => h.mul((cache ??= tf.keep(tf.scalar(-2))))
    tf.tidy(() => {
      const slope = tf.grad((h) => last(odeint(f, h, [0, 1], options)))(tf.scalar(1))
      assert.closeTo(values(slope)[0]!, Math.exp(-2), 1e-3)
    })
    tf.dispose(cache!)
  })

  it('that is complex is refused by name; its parts, passed, have their gradients', () => {
    const solve = (passes: boolean) => (w: Tensor) => {
      const [re, im] = [w.mul(1), w.mul(2)]
      const u = tf.complex(re, im)
      const f = (_t: Scalar, h: Tensor, { a, b }: { [name: string]: Tensor }): Tensor =>
        passes ? h.mul(a!.square().add(b!.square())) : h.mul(tf.real(tf.mul(u, u)))
      const params: { [name: string]: Tensor } = passes ? { a: re, b: im } : {}
      return last(odeint(f, tf.scalar(1), [0, 1], { ...options, params }))
    }
    assert.equal(refusal(() => void tf.grad(solve(false))(tf.scalar(0.3))).reason, 'complex')
    tf.tidy(() => assert.closeTo(values(tf.grad(solve(true))(tf.scalar(0.3)))[0]!, 3 * Math.exp(0.45), 5e-3))
  })

  it('that is a trainable variable, read at later times only, is refused by name', () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(0.5), true, 'late'))
    const f = (t: Scalar, h: Tensor): Tensor => (t.dataSync()[0]! > 0.5 ? h.mul(w) : h.neg())
    const solve = (h: Tensor): Tensor => last(odeint(f, h, [0, 1], { ...options, rtol: 1e-3 }))
    assert.throws(() => tf.tidy(() => void tf.grad(solve)(tf.scalar(1))), UntrackedVariable, 'late')
    w.dispose()
  })
})

it('a captured tensor is a parameter of the evaluation: what comes in its place is what f reads', async () => {
  await tf.setBackend('cpu')
  const before = tf.memory().numTensors
  tf.tidy(() => {
    tf.grad((w) => {
      const c = w.mul(2)
      const h0 = tf.scalar(1)
      for (const f of [(_t: Scalar, h: Tensor) => c.mul(h), () => c]) {
        const { evaluate, paramLeaves } = withCapturedParams(tensorProblem(f, h0, [0, 1], [0, 1], []))
        assert.deepEqual(paramLeaves, [c])
        const at = (params: Tensor[]): number => values(evaluate(tf.scalar(0), [h0], params)[0]!)[0]!
        assert.deepEqual([at([tf.scalar(5)]), at([c]), at([tf.scalar(7)])], [5, 1, 7])
        assert.equal(values(c)[0], 1)
      }
      return c
    })(tf.scalar(0.5))
  })
  assert.equal(tf.memory().numTensors, before)
})

describe('a captured tensor, awaited', () => {
  noTensorIsLeft()
  it('is refused where a gradient that cannot reach it is under way, and a constant otherwise', async () => {
    await tf.setBackend('cpu')
    const [w, h0] = [tf.scalar(0.5), tf.scalar(1)]
    const asked: Promise<unknown>[] = []
    tf.tidy(() => {
      tf.grad((x) => {
        const c = x.square()
        asked.push(odeintAsync((_t, h: Tensor) => h.mul(c), h0, [0, 1]).catch((error: unknown) => error))
        return c
      })(w)
    })
    const error = (await asked[0]) as UntrackedTensor
    assert.instanceOf(error, UntrackedTensor)
    assert.equal(error.reason, 'awaited')
    const solved = await odeintAsync((_t, h: Tensor) => h.mul(w), h0, [0, 1], tight)
    const incoming = tf.tensor1d([0, 1])
    const gradients = await solved.pullback(incoming)
    assert.closeTo(values(gradients.h0)[0]!, Math.exp(0.5), 1e-3)
    // Passed, it has its gradient
    const passing = await odeintAsync((_t, h: Tensor, { c }) => h.mul(c), h0, [0, 1], { ...tight, params: { c: w } }) // prettier-ignore
    const passed = await passing.pullback(incoming)
    assert.closeTo(values(passed.params.c)[0]!, Math.exp(0.5), 1e-3)
    solved.dispose()
    passing.dispose()
    tf.dispose([w, h0, incoming, solved.solution, gradients.h0, passing.solution, passed.h0, passed.params.c])
  })
})

it('a hyper-network gives a flow its matrix: the gradient is that of differences', async () => {
  await tf.setBackend('cpu')
  const before = tf.memory().numTensors
  tf.tidy(() => {
    const hidden = fill([2, 9], 1)
    const h0 = fill([4, 3], 0)
    const loss = (w: Tensor): Tensor => {
      const matrix = tf.tanh(tf.matMul(w as Tensor2D, hidden as Tensor2D)).reshape([3, 3])
      const flow = (_t: Scalar, h: Tensor): Tensor => tf.tanh(tf.matMul(h as Tensor2D, matrix as Tensor2D))
      return odeint(flow, h0, [0, 1], tight).slice([1], [1]).square().mean().add(matrix.square().mean())
    }
    const w = tf.tensor2d([[0.4, -0.7]])
    const slope = values(tf.grad(loss)(w))
    const differences = [0, 1].map((i) => {
      const at = (d: number): number => values(loss(w.add(tf.tensor2d([i === 0 ? [d, 0] : [0, d]]))))[0]!
      return (at(1e-2) - at(-1e-2)) / 2e-2
    })
    assert.isBelow(largestDifference(slope, differences), 1e-3)
  })
  assert.equal(tf.memory().numTensors, before)
})

describe('a captured tensor has its gradient through what is built on solves', () => {
  noTensorIsLeft()
  const rate = (w: Tensor): Tensor => w.square()
  const [w, slope] = [0.6, 1.2 * Math.exp(0.36)]

  it('the service of Effect', async () => {
    await tf.setBackend('cpu')
    const services = Layer.provideMerge(tensorOdeLayer, backendLayer('cpu'))
    const program = Effect.map(Effect.service(TensorOde), (ode) => {
      const loss = (x: Tensor): Tensor => {
        const c = rate(x)
        return last(Effect.runSync(ode.solve((_t, h: Tensor) => h.mul(c), tf.scalar(1), [0, 1], tight)))
      }
      tf.tidy(() => assert.closeTo(values(tf.grad(loss)(tf.scalar(w)))[0]!, slope, 1e-3))
    })
    await Effect.runPromise(Effect.provide(program, services))
  })

  it('a block of the model', () => {
    tf.tidy(() => {
      const loss = (x: Tensor): Tensor => {
        const c = rate(x)
        return odeBlock((_t, h) => h.mul<Tensor4D>(c), tf.ones([1, 1, 1, 1]), {}, tight).sum()
      }
      assert.closeTo(values(tf.grad(loss)(tf.scalar(w)))[0]!, slope, 1e-3)
    })
  })

  it('a layer of tfjs', () => {
    let c: Tensor = tf.scalar(0)
    c.dispose()
    const layer = neuralOdeLayer({ f: (_t, h) => h.mul(c), ...tight })
    tf.tidy(() => {
      const loss = (x: Tensor): Tensor => {
        c = rate(x)
        return (layer.apply(tf.ones([2, 1])) as Tensor).mean()
      }
      assert.closeTo(values(tf.grad(loss)(tf.scalar(w)))[0]!, slope, 1e-3)
    })
  })

  it('and on the wasm backend, where a copy has its own memory until its kernels are replaced', async () => {
    await import('@tensorflow/tfjs-backend-wasm')
    await tf.setBackend('wasm')
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const loss = (x: Tensor): Tensor =>
        tf.tidy(() => {
          const [c, index] = [rate(x), tf.scalar(0, 'int32').mul(tf.scalar(1, 'int32'))]
          const f = (_t: Scalar, h: Tensor): Tensor => c.mul(h).add(index.cast('float32'))
          return last(odeint(f, tf.scalar(1), [0, 1], tight))
        })
      assert.closeTo(values(tf.grad(loss)(tf.scalar(w)))[0]!, slope, 1e-3)
    })
    assert.equal(tf.memory().numTensors, before)
    await tf.setBackend('cpu')
  })
})
