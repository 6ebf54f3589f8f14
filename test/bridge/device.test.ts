import { assert, beforeAll, describe, it } from 'vitest'
import { odeint, ShapeMismatch, SolveFailed, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { IvpInputError } from '../../src/index.ts'
import { initWasm } from '../../src/bridge/wasmBackend.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { PROBLEMS, fill, largestDifference, net, solveInSolve, values, type Net } from './tensorProblems.ts'

const tight = { rtol: 1.2e-5, atol: 1e-6 }

// The gradients through hundreds of steps take seconds on an idle machine
describe.each(['cpu', 'wasm'])("state 'device' on the %s backend", { timeout: 180_000 }, (backend) => {
  noTensorIsLeft()
  beforeAll(async () => {
    if (backend === 'wasm') await initWasm()
    await tf.setBackend(backend)
  })

  it('tells of a first step whose error estimate vanished by accident', () => {
    const told: string[] = []
    const f = (_t: Scalar, h: Tensor): Tensor => h.mul(-1e10)
    const onSolve: OdeintOptions<[]>['onSolve'] = ({ warnings }) => void told.push(...warnings)
    tf.tidy(() => {
      const solve = (firstStep?: number): number =>
        values(
          odeint(f, tf.tensor1d([2.7]), [0, 3e-10], {
            method: 'RK23',
            ...tight,
            state: 'device',
            onSolve,
            ...(firstStep === undefined ? {} : { firstStep }),
          }),
        ).at(-1)!
      const wanted = 2.7 * Math.exp(-3)
      assert.isAbove(Math.abs(solve() - wanted), 1e-2)
      assert.match(told.join(), /vanished by accident/)
      const firstStep = Number(/such as (\S+)\.$/.exec(told[0]!)![1])
      told.length = 0
      assert.closeTo(solve(firstStep), wanted, 1e-4)
      assert.isEmpty(told)
    })
  })

  /** The times at which f is evaluated, which tell every attempted step; and the end. */
  function trace(
    problem: (typeof PROBLEMS)[number],
    state: 'flat' | 'device',
    options: OdeintOptions<[]>,
  ): { times: number[]; end: number[] } {
    return tf.tidy(() => {
      const times: number[] = []
      const f = (t: Scalar, h: Tensor): Tensor => {
        times.push(t.dataSync()[0]!)
        return problem.f(t, h)
      }
      const ts = [0, 0.4 * problem.t1, problem.t1]
      const solution = odeint(f, problem.h0(), ts, { ...options, state })
      return { times, end: values(solution.slice([2], [1])) }
    })
  }

  const cases = PROBLEMS.flatMap((problem) =>
    ['RK23', 'RK45', 'DOP853'].map((method) => ({ ...problem, method })),
  )
  // In single precision the error estimates of the others' first small steps, and all of DOP853's, are mostly rounding
  const isAboveRounding = ({ name, method }: { name: string; method: string }): boolean =>
    method === 'RK23' || (method === 'RK45' && name !== 'van der Pol')
  const loose = (method: string): OdeintOptions<[]> => ({ method: method as 'RK45', rtol: 1e-3, atol: 1e-5 })

  it.each(cases.filter(isAboveRounding))(
    'makes the same decisions as flat arrays: $name, $method',
    ({ method, ...problem }) => {
      const flat = trace(problem, 'flat', loose(method))
      const device = trace(problem, 'device', loose(method))
      assert.equal(device.times.length, flat.times.length)
      device.times.forEach((t, i) => assert.closeTo(t, flat.times[i]!, 1e-3 * problem.t1, `evaluation ${i}`))
      assert.isBelow(largestDifference(device.end, flat.end), 2e-3)
    },
  )

  it.each(cases.filter((each) => !isAboveRounding(each)))(
    'takes as long as flat arrays to a quarter, where rounding decides: $name, $method',
    ({ method, ...problem }) => {
      const flat = trace(problem, 'flat', loose(method))
      const device = trace(problem, 'device', loose(method))
      assert.closeTo(device.times.length / flat.times.length, 1, 0.25)
      assert.isBelow(largestDifference(device.end, flat.end), 2e-2)
    },
  )

  it('takes equal steps: RK4 to the bits of flat arrays', () => {
    const fixed = { method: 'RK4', step: 0.05 } as const
    assert.deepEqual(trace(PROBLEMS[0]!, 'device', fixed), trace(PROBLEMS[0]!, 'flat', fixed))
  })

  it.each(['all', 'blocks', 'seminorm'] as const)(
    'gives the gradients and evaluations of flat arrays with norm %s, several output times, and of the times',
    (norm) => {
      tf.tidy(() => {
        const inputs = [fill([4, 3], 0), fill([3, 3], 1), fill([3], 2), tf.tensor1d([0, 0.3, 1])]
        const weights = fill([3, 4, 3], 3)
        const through = (state: 'flat' | 'device'): { grads: Tensor[]; nfev: number[] } => {
          const nfev: number[] = []
          const grads = tf.grads((h, w, b, ts) =>
            odeint(net, h!, ts as never, {
              params: { w: w!, b: b! },
              rtol: 1e-4,
              atol: 1e-5,
              backward: { norm },
              state,
              onSolve: (report) => {
                assert.equal(report.state, state)
                nfev.push(report.nfev)
              },
            })
              .mul(weights)
              .sum(),
          )(inputs)
          return { grads, nfev }
        }
        const flat = through('flat')
        const device = through('device')
        assert.equal(device.nfev[0], flat.nfev[0])
        // Two attempts
        assert.closeTo(device.nfev[1]!, flat.nfev[1]!, 12)
        device.grads.forEach((grad, i) =>
          assert.isBelow(largestDifference(values(grad), values(flat.grads[i]!)), 2e-4, `input ${i}`),
        )
      })
    },
  )

  it('solves arrays and records of tensors, with and without parameters', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, { p, q }: { p: Tensor; q: Tensor }) => ({ p: q.mul(1), q: p.neg() })
      const h0 = { p: tf.tensor1d([1, 0]), q: tf.tensor1d([0, 1]) }
      const { p, q } = odeint(f, h0, [0, 0.5, 1], { ...tight, state: 'device' })
      assert.deepEqual(p.shape, [3, 2])
      assert.closeTo(values(p)[4]!, Math.cos(1), 1e-4)
      assert.closeTo(values(q)[4]!, -Math.sin(1), 1e-4)
      const grad = tf.grad((x) =>
        odeint(f, { p: x, q: h0.q }, [0, 1], { ...tight, state: 'device' })
          .q.slice([1, 0], [1, 1])
          .sum(),
      )(h0.p)
      assert.closeTo(values(grad)[0]!, -Math.sin(1), 1e-4)
    })
  })

  it('takes a tolerance for each component', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor): Tensor => h.mul(tf.tensor1d([-1, -20]))
      const solve = (state: 'flat' | 'device', atol: number[]): { nfev: number; end: number[] } => {
        let nfev = 0
        const onSolve = (report: { nfev: number }): void => void (nfev = report.nfev)
        const end = odeint(f, tf.tensor1d([1, 1]), [0, 1], { rtol: 1e-4, atol, state, onSolve })
        return { nfev, end: values(end) }
      }
      const flat = solve('flat', [1e-6, 1])
      const device = solve('device', [1e-6, 1])
      assert.equal(device.nfev, flat.nfev)
      assert.isBelow(device.nfev, solve('device', [1e-6, 1e-6]).nfev)
      assert.isBelow(largestDifference(device.end, flat.end), 1e-4)
    })
  })

  it('leaves nothing behind when the forward solve, the backward solve or f itself fails, or a signal ends it', () => {
    const h0 = tf.tensor1d([1])
    const state = 'device'
    const blowup = (_t: Scalar, h: Tensor): Tensor => h.square()
    const failed = thrown(() => odeint(blowup, h0, [0, 0.5, 2], { state })) as SolveFailed
    assert.equal(failed.phase, 'forward')
    assert.deepEqual(Array.from(failed.partial.t), [0, 0.5])
    assert.closeTo(failed.partial.states[1]![0]!, 2, 1e-2)
    assert.equal(failed.partial.failure!.kind, failed.failure.kind)
    let calls = 0
    const throwing = (_t: Scalar, h: Tensor): Tensor => {
      if (calls++ === 9) throw new RangeError('mine')
      return h.neg()
    }
    assert.throws(() => odeint(throwing, h0, [0, 1], { state }), RangeError, 'mine')
    const poisonous = tf.customGrad((x: unknown) => ({
      value: (x as Tensor).neg(),
      gradFunc: (dy: Tensor) => dy.mul(NaN),
    }))
    const f = (_t: Scalar, h: Tensor): Tensor => poisonous(h)
    assert.throws(() => tf.grad((x) => odeint(f, x, [0, 1], { state }))(h0), SolveFailed, 'backward')
    const notFinite = (_t: Scalar, h: Tensor): Tensor => h.mul(NaN)
    assert.throws(() => odeint(notFinite, h0, [0, 1], { state }), SolveFailed, 'nonFinite')
    assert.throws(() => odeint((_t, h) => h.concat(h), h0, [0, 1], { state }), ShapeMismatch, '[1]')
    const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()
    assert.throws(() => odeint(decay, h0, [0, 1], { state, maxSteps: 1 }), SolveFailed, 'maxSteps')
    const signal = AbortSignal.abort()
    assert.throws(() => odeint(decay, h0, [0, 1], { state, signal }), SolveFailed, 'aborted')
    h0.dispose()
  })

  it('never ends in a state that is not finite', () => {
    const grow = (): Tensor => tf.fill([2], 1e37)
    for (const method of ['RK23', 'RK45', 'DOP853'] as const) {
      const solve = (): Tensor => odeint(grow, tf.zeros([2]), [0, 100], { method, state: 'device' })
      tf.tidy(() => assert.throws(solve, SolveFailed, /nonFinite/))
    }
  })

  it('the peak of tensors does not grow from 10 to 1000 steps', () => {
    const peakOf = (maxStep: number): { peak: number; nfev: number } =>
      tf.tidy(() => {
        const [h0, w, b] = [fill([2, 3], 0), fill([3, 3], 1), fill([3], 2)]
        const start = tf.memory().numTensors
        let [peak, nfev] = [0, 0]
        const watched = (t: Scalar, h: Tensor, params: Net): Tensor => {
          peak = Math.max(peak, tf.memory().numTensors - start)
          nfev++
          return net(t, h, params)
        }
        tf.grads((h, w1, b1) =>
          odeint(watched, h!, [0, 1], {
            params: { w: w1!, b: b1! },
            firstStep: maxStep,
            maxStep,
            state: 'device',
          }).sum(),
        )([h0, w, b])
        return { peak, nfev }
      })
    const few = peakOf(0.1)
    const many = peakOf(0.001)
    assert.isAbove(many.nfev, 50 * few.nfev)
    assert.equal(many.peak, few.peak)
  })

  it('a solve inside the right-hand side of a solve is right, its gradient too', () => {
    const { value, slope } = solveInSolve({ ...tight, state: 'device' })
    assert.closeTo(...value, 1e-4)
    assert.closeTo(...slope, 1e-4)
  })

  it('a saved solution is not changed by later solves', () => {
    tf.tidy(() => {
      const f = (_t: Scalar, h: Tensor): Tensor => h.neg()
      const h0 = tf.tensor1d([1, 2])
      const first = odeint(f, h0, [0, 1], { ...tight, state: 'device' })
      const copy = values(first)
      for (let i = 0; i < 3; i++) odeint(f, tf.tensor1d([5, 6 + i]), [0, 1], { ...tight, state: 'device' })
      assert.deepEqual(values(first), copy)
      assert.deepEqual(values(h0), [1, 2])
    })
  })
})

describe('the choice where the state lives', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it("refuses by name what only flat arrays can do, with state 'device'", () => {
    const f = (_t: Scalar, h: Tensor): Tensor => h.neg()
    const h0 = tf.tensor1d([1])
    const refused = (options: OdeintOptions<[]>): string =>
      (thrown(() => odeint(f, h0, [0, 1], { ...options, state: 'device' })) as IvpInputError).option
    assert.equal(refused({ gradient: 'discrete' }), 'gradient')
    assert.equal(refused({ gradient: 'interpolating' }), 'gradient')
    assert.equal(refused({ certify: true }), 'certify')
    assert.equal(refused({ method: 'Radau' }), 'method')
    assert.equal(refused({ backward: { method: 'BDF' } }), 'backward.method')
    assert.throws(() => odeint(f, h0, [0, 1], { state: 'moon' as never }), IvpInputError, 'state')
    h0.dispose()
  })

  it("takes flat arrays on the cpu backend, and wherever 'auto' needs them", () => {
    const f = (_t: Scalar, h: Tensor): Tensor => h.neg()
    const states: string[] = []
    tf.tidy(() => {
      const onSolve = ({ state }: { state: string }): void => void states.push(state)
      odeint(f, tf.tensor1d([1]), [0, 1], { onSolve })
      odeint(f, tf.tensor1d([1]), [0, 1], { onSolve, method: 'Radau', state: 'auto' })
    })
    assert.deepEqual(states, ['flat', 'flat'])
  })
})

function thrown(body: () => unknown): Error {
  try {
    tf.tidy(() => void body())
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
