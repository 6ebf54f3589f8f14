import { assert, describe, it } from '@effect/vitest'
import { Effect, Stream } from 'effect'
import { beforeAll } from 'vitest'
import { DIRECTION_OPTIONS } from '../../src/adjoint/directionOptions.ts'
import { solveToEvent } from '../../src/adjoint/index.ts'
import { looserTolerances } from '../../src/bridge/effect/index.ts'
import { IvpInputError, odeint, odeintAsync, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { refusal } from '../ivp/refusal.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { failureOf, withPendulum } from './withoutLeak.ts'

const decay = (_t: Scalar, h: Tensor): Tensor => h.neg()

/** Options with the one that is named. */
const WRONG: ReadonlyArray<readonly [string, unknown]> = [
  ['backward.foo', { backward: { foo: 1 } }],
  ['backward.times', { backward: { times: false } }],
  ['backward', { backward: 5 }],
  ['backward', { backward: null }],
  ['certify.bound', { certify: { bound: 1 } }],
  ['certify', { certify: null }],
  ['certify', { certify: 5 }],
]

describe('options inside of options of a solve on tensors are checked, with and without a gradient', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  const WHERE: ReadonlyArray<OdeintOptions<[]>> = [
    ...(['backsolve', 'adjoint', 'interpolating', 'discrete'] as const).map((gradient) => ({ gradient })),
    { gradient: 'autodiff' },
    { state: 'device' },
  ]

  it.each(WHERE)('%o', (where) => {
    for (const [name, wrong] of WRONG) {
      const options = { ...where, ...(wrong as object) }
      const named = (body: () => void): void => {
        try {
          tf.tidy(body)
          assert.fail(`nothing was thrown for ${name}`)
        } catch (error) {
          assert.instanceOf(error, IvpInputError)
          assert.equal((error as IvpInputError).option, name)
        }
      }
      named(() => void odeint(decay, tf.tensor1d([1]), [0, 1], options))
      named(() => void tf.grad((h) => odeint(decay, h.square(), [0, 1], options).sum())(tf.tensor1d([1])))
    }
  })

  it('awaited', async () => {
    const h0 = tf.tensor1d([1])
    for (const [name, wrong] of WRONG) {
      const error: unknown = await odeintAsync(decay, h0, [0, 1], wrong as never).catch((reason) => reason)
      assert.equal((error as IvpInputError).option, name)
    }
    h0.dispose()
  })

  it.effect('as a service', () =>
    withPendulum(function* ({ ode, h0, f }) {
      for (const [name, wrong] of [...WRONG, ['gradient', { gradient: 'magic' }] as const]) {
        const exit = yield* Effect.exit(ode.solve(f, h0, [0, 1], wrong as never))
        assert.equal((failureOf(exit) as IvpInputError | undefined)?.option, name)
      }
    }),
  )
})

/** What the functions of the bridge take beside the options of a direction. */
const OWN = ['params', 'gradient', 'checkpoints', 'certify', 'backward', 'state', 'onSolve']
const PACE = ['timeout', 'pauseEvery']
/** Options of `solveIvp` that a solve on tensors has not. */
const FOREIGN = {
  tEval: [0.5],
  events: [],
  denseOutput: true,
  save: 'last',
  args: [1],
  onStep: () => {},
  jac: [[1]],
}
/** Slips, and what was meant. */
const SLIPS = { rTol: 'rtol', max_step: 'maxStep', gradeint: 'gradient', tol: 'rtol' }

describe('options that there are elsewhere only, and slips, are named by the list of the function that got them', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  let calls = 0
  const counted = (_t: Scalar, h: Tensor): Tensor => {
    calls++
    return h.neg()
  }

  function check(error: unknown, name: string, of: string, known: readonly string[]): void {
    assert.instanceOf(error, IvpInputError)
    const { option, expected } = error as IvpInputError
    assert.equal(option, name)
    assert.include(expected, `is not an option of \`${of}\``)
    assert.include(expected, `(known: ${[...DIRECTION_OPTIONS, ...known].join(', ')})`)
    const meant = SLIPS[name as keyof typeof SLIPS]
    if (meant !== undefined) assert.include(expected, `; write \`${meant}\``)
    assert.equal(calls, 0)
  }
  const wrong = Object.entries({ ...FOREIGN, timeout: 5, ...SLIPS })

  it('odeint, with and without a gradient', () => {
    for (const [name, value] of wrong) {
      const options = { [name]: value } as OdeintOptions<[]>
      const solve = (h: Tensor): Tensor => odeint(counted, h, [0, 1], options).sum()
      tf.tidy(() =>
        check(
          refusal(() => solve(tf.tensor1d([1]))),
          name,
          'odeint',
          OWN,
        ),
      )
      tf.tidy(() =>
        check(
          refusal(() => tf.grad(solve)(tf.tensor1d([1]))),
          name,
          'odeint',
          OWN,
        ),
      )
    }
  })

  it('odeintAsync', async () => {
    const h0 = tf.tensor1d([1])
    for (const [name, value] of wrong) {
      const options = { [name]: value } as OdeintOptions<[]>
      const error: unknown = await odeintAsync(counted, h0, [0, 1], options).catch(
        (reason: unknown) => reason,
      )
      check(error, name, 'odeintAsync', OWN)
    }
    h0.dispose()
  })

  it.effect('TensorOde.solve and TensorOde.steps', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const ofSolve = [...OWN.filter((name) => name !== 'state'), ...PACE, 'onProgress']
      for (const [name, value] of Object.entries({ ...FOREIGN, ...SLIPS, state: 'flat' })) {
        const options = { [name]: value } as never
        const solved = yield* Effect.exit(ode.solve(f, h0, [0, 1], options))
        check(failureOf(solved), name, 'TensorOde.solve', ofSolve)
        if (name === 'gradeint') continue
        const streamed = yield* Effect.exit(Stream.runDrain(ode.steps(f, h0, [0, 1], options)))
        check(failureOf(streamed), name, 'TensorOde.steps', [...PACE, 'params'])
      }
      assert.equal(count(), 0)
    }),
  )

  it.effect('looserTolerances', () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(looserTolerances(() => Effect.succeed(1), { facter: 2 } as never))
      const { option, expected } = failureOf(exit) as IvpInputError
      assert.equal(option, 'facter')
      assert.include(expected, '`looserTolerances`; write `factor` (known: rtol, atol, factor, times)')
    }),
  )
})

describe('what the message says to do instead does it', () => {
  noTensorIsLeft()
  const says = (options: object): string =>
    tf.tidy(() => refusal(() => odeint(decay, tf.tensor1d([1]), [0, 1], options)).message)
  const valuesAt = (ts: number[], options: OdeintOptions<[]> = {}): number[] =>
    tf.tidy(() => Array.from(odeint(decay, tf.tensor1d([1]), ts, { rtol: 1e-6, ...options }).dataSync()))

  it('tEval, denseOutput, save: `ts`', () => {
    assert.include(says({ tEval: [0.5] }), 'the output times are an argument, `ts`')
    assert.include(says({ denseOutput: true }), 'by giving those times in `ts` too')
    assert.closeTo(valuesAt([0, 0.5, 1])[1]!, Math.exp(-0.5), 1e-5)
    assert.include(says({ save: 'last' }), 'the first and the last time alone as `ts`')
    assert.lengthOf(valuesAt([0, 1]), 2)
  })

  it('args: a closure, or `params`', () => {
    assert.include(
      says({ args: [2] }),
      'let `f` close over them; tensors that get gradients go into `params`',
    )
    const gradient = tf.tidy(() => {
      const solve = (rate: Tensor): Tensor => {
        const f = (_t: Scalar, h: Tensor, p: Tensor): Tensor => h.mul(p).mul(-1)
        return odeint(f, tf.tensor1d([1]), [0, 1], { params: rate })
          .slice([1], [1])
          .sum()
      }
      return tf.grad(solve)(tf.scalar(2)).dataSync()[0]!
    })
    assert.closeTo(gradient, -Math.exp(-2), 1e-3)
  })

  it('timeout: `maxSteps`', () => {
    assert.include(says({ timeout: 5 }), 'here `maxSteps` bounds the work')
    assert.throws(() => valuesAt([0, 1000], { maxSteps: 3 }), /maxSteps/)
  })

  it('events: `solveToEvent` of solve-ivp/adjoint', () => {
    assert.include(says({ events: [] }), '`solveToEvent` of solve-ivp/adjoint')
    assert.isFunction(solveToEvent)
  })

  it.live('onStep and timeout: a stream of steps and a solve of solve-ivp/bridge/effect', () =>
    withPendulum(function* ({ ode, h0, f }) {
      assert.include(
        says({ onStep: () => {} }),
        '`TensorOde.steps` of solve-ivp/bridge/effect gives every step',
      )
      const times = yield* Stream.runCollect(Stream.map(ode.steps(f, h0, [0, 1]), ({ t }) => t))
      assert.equal(Array.from(times).at(-1), 1)
      assert.include(says({ timeout: 5 }), '`TensorOde.solve` of solve-ivp/bridge/effect has one')
      const exit = yield* Effect.exit(ode.solve(f, h0, [0, 1e9], { timeout: 20, pauseEvery: 5 }))
      assert.equal((failureOf(exit) as { _tag?: string })._tag, 'SolveTimedOut')
    }),
  )
})

describe('values are checked before f is called', () => {
  noTensorIsLeft()

  it('state, gradient, onSolve and f itself', () => {
    let calls = 0
    const f = (_t: Scalar, h: Tensor): Tensor => {
      calls++
      return h.neg()
    }
    const h0 = tf.tensor1d([1])
    const solve = (rhs: unknown, options: object): IvpInputError =>
      refusal(() => odeint(rhs as never, h0, [0, 1], options))
    assert.equal(solve(f, { state: 'moon' }).option, 'state')
    assert.equal(solve(f, { gradient: 'magic' }).option, 'gradient')
    assert.equal(solve(f, { onSolve: 5 }).option, 'onSolve')
    for (const rhs of [undefined, null, 5]) assert.equal(solve(rhs, {}).option, 'f')
    assert.equal(solve(f, [1]).option, 'options')
    assert.equal(calls, 0)
    h0.dispose()
  })
})

it("`backward` and `checkpoints` with 'autodiff' are said to have no effect", () => {
  const warnings = (options: OdeintOptions<[]>): string[] => {
    const said: string[] = []
    const onSolve: OdeintOptions<[]>['onSolve'] = (report) => void said.push(...report.warnings)
    tf.tidy(() => odeint(decay, tf.tensor1d([1]), [0, 1], { gradient: 'autodiff', onSolve, ...options }))
    return said
  }
  assert.deepEqual(warnings({}), [])
  const said = warnings({ backward: { rtol: 1e-3 }, checkpoints: 3 })
  assert.match(said.join(), /`backward` has no effect on gradient 'autodiff'.*`checkpoints` has no effect/)
})
