import { assert, describe, it } from '@effect/vitest'
import { Effect } from 'effect'
import { beforeAll } from 'vitest'
import {
  IvpInputError,
  odeint,
  odeintAsync,
  SolveFailed,
  type OdeintOptions,
  type SolveReport,
} from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { initWasm } from '../../src/bridge/wasmBackend.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { values } from './tensorProblems.ts'
import { withoutLeak } from './withoutLeak.ts'

interface Rest {
  readonly [name: string]: Tensor
  readonly w: Tensor
}

/** h' = w - h, which forgets where it came from: h(t) = w (1 - e^-t). */
const relax = (_t: Scalar, h: Tensor, { w }: Rest): Tensor => w.sub(h)

describe.each(['cpu', 'wasm'])('a state that cannot be solved backwards, on the %s backend', (backend) => {
  noTensorIsLeft()
  beforeAll(async () => {
    if (backend === 'wasm') await initWasm()
    await tf.setBackend(backend)
  })

  /** d(sum of h(T)) / dw, and what was reported. */
  const ofW = (T: number, options: OdeintOptions<Rest>): { grad: number; report: SolveReport } => {
    const reports: SolveReport[] = []
    let grad = NaN
    tf.tidy(() => {
      const onSolve = (of: SolveReport): void => void reports.push(of)
      const loss = (w: Tensor): Tensor =>
        odeint(relax, tf.tensor1d([0, 0]), [0, T], { ...options, params: { w }, onSolve })
          .slice([1, 0], [1, 2])
          .sum()
      grad = values(tf.grad(loss)(tf.scalar(0.7)))[0]!
    })
    return { grad, report: reports.at(-1)! }
  }

  it.each(['flat', 'device'] as const)(
    "ends in the right gradient where rate x time is 20 to 1000, with a word to onSolve (state '%s')",
    (state) => {
      for (const [T, options] of [
        [20, {}],
        [100, {}],
        [100, { backward: { norm: 'blocks' } }],
        [100, { method: 'RK23', backward: { norm: 'seminorm' } }],
        // For each step starts tens of operations there
        [state === 'flat' ? 1000 : 100, { method: 'DOP853' }],
      ] as const) {
        const { grad, report } = ofW(T, { ...options, state })
        assert.closeTo(grad, 2, 1e-2)
        assert.equal(report.state, state)
        assert.equal(report.replacedBy, 'interpolating')
        assert.match(report.warnings.at(-1)!, /The state solved backwards .* was replaced by 'interpolating'/)
        assert.isBelow(report.nfev, 8000)
      }
    },
  )

  it.each(['flat', 'device'] as const)(
    "gives the gradients of h0 and the times too, over several outputs (state '%s')",
    (state) => {
      tf.tidy(() => {
        const reports: SolveReport[] = []
        const [h0, w, ts] = tf.grads((h, target, times) =>
          odeint(relax, h!, times as never, {
            params: { w: target! },
            state,
            onSolve: (of) => void reports.push(of),
          }).sum(),
        )([tf.tensor1d([0]), tf.scalar(1), tf.tensor1d([0, 20, 41])])
        assert.equal(reports.at(-1)!.replacedBy, 'interpolating')
        // The first output is h0 itself
        assert.closeTo(values(h0!)[0]!, 1, 1e-3)
        assert.closeTo(values(w!)[0]!, 2, 1e-2)
        values(ts!).forEach((value) => assert.closeTo(value, 0, 1e-2))
      })
    },
  )

  it.each(['flat', 'device'] as const)("leaves one that is found again alone (state '%s')", (state) => {
    const { grad, report } = ofW(2, { state })
    assert.closeTo(grad, 2 * (1 - Math.exp(-2)), 1e-3)
    assert.isUndefined(report.replacedBy)
    assert.deepEqual(report.warnings, [])
  })

  it.each(['flat', 'device'] as const)("fails by name with otherwise: 'fail' (state '%s')", (state) => {
    for (const T of [15, 100]) {
      try {
        ofW(T, { state, backward: { otherwise: 'fail' } })
        assert.fail('nothing was thrown')
      } catch (error) {
        assert.instanceOf(error, SolveFailed)
        const { phase, failure, partial } = error as SolveFailed
        assert.equal(phase, 'backward')
        assert.equal(failure.kind, 'lostState')
        assert.lengthOf(partial.states, 2)
        assert.match((error as Error).message, /give gradient 'interpolating' or 'discrete'/)
      }
    }
  })

  it("takes 'discrete' on flat arrays, and refuses it by name with the state on the device", () => {
    assert.equal(ofW(30, { backward: { otherwise: 'discrete' } }).report.replacedBy, 'discrete')
    assert.throws(
      () => ofW(30, { state: 'device', backward: { otherwise: 'discrete' } }),
      IvpInputError,
      "`backward.otherwise` must be 'interpolating' or 'fail' for a state on the device",
    )
    for (const state of ['flat', 'device'] as const) {
      const wrong = { state, backward: { otherwise: 'magic' as never } }
      assert.throws(() => ofW(30, wrong), IvpInputError, '`backward.otherwise` must be')
    }
  })

  it('is noticed when a solve is awaited', async () => {
    const [h0, w] = [tf.tensor1d([0, 0]), tf.scalar(0.7)]
    const reports: SolveReport[] = []
    const solved = await odeintAsync(relax, h0, [0, 100], {
      params: { w },
      onSolve: (of) => void reports.push(of),
    })
    const dy = tf.tensor2d([[0, 0], [1, 1]]) // prettier-ignore
    const { params, h0: ofStart } = await solved.pullback(dy)
    assert.closeTo(values(params.w)[0]!, 2, 1e-2)
    values(ofStart).forEach((value) => assert.closeTo(value, 0, 1e-3))
    assert.equal(reports.at(-1)!.replacedBy, 'interpolating')
    solved.dispose()
    tf.dispose([h0, w, dy, solved.solution, params.w, ofStart])
  })

  it.effect('is noticed by the Effect service, inside a gradient', () =>
    withoutLeak(
      (ode) =>
        Effect.sync(() => {
          const reports: SolveReport[] = []
          const onSolve = (of: SolveReport): void => void reports.push(of)
          tf.tidy(() => {
            const grad = tf.grad((w) => {
              const solve = ode.solve(relax, tf.tensor1d([0]), [0, 100], { params: { w }, onSolve })
              return Effect.runSync(solve).slice([1, 0], [1, 1]).sum()
            })(tf.scalar(0.7))
            assert.closeTo(values(grad)[0]!, 1, 1e-2)
          })
          assert.equal(reports.at(-1)!.replacedBy, 'interpolating')
        }),
      backend as 'cpu' | 'wasm',
    ),
  )
})
