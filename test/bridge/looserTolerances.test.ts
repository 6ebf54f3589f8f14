import { assert, describe, it } from '@effect/vitest'
import { Cause, Effect, Exit } from 'effect'
import { looserTolerances, type Tolerances } from '../../src/bridge/effect/index.ts'
import { odeint } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import { withPendulum } from './withoutLeak.ts'

const TIMES = [0, 30]

describe('looser tolerances', () => {
  it.effect('solve what too many steps kept from its end, and say which tolerances did', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const tried: Tolerances[] = []
      const { value, retries, rtol, atol } = yield* looserTolerances(
        (tolerances) => {
          tried.push(tolerances)
          return ode.solve(f, h0, TIMES, { maxSteps: 40, ...tolerances })
        },
        { rtol: 1e-4, atol: [1e-7, 1e-6], factor: 3, times: 5 },
      )
      assert.isAbove(retries, 0)
      assert.isBelow(retries, 5)
      const growth = 3 ** retries
      assert.deepEqual({ rtol, atol }, { rtol: 1e-4 * growth, atol: [1e-7 * growth, 1e-6 * growth] })
      assert.deepEqual(tried.length, retries + 1)
      assert.deepEqual(tried.at(-1), { rtol, atol })
      const expected = odeint(f, h0, TIMES, { rtol, atol } as { rtol: number; atol: number[] })
      assert.deepEqual(value.dataSync(), expected.dataSync())
      tf.dispose([value, expected])
    }),
  )

  it.effect('begin where single precision does', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const { value, retries, rtol } = yield* looserTolerances(
        (tolerances) => ode.solve(f, h0, [0, 0.1], tolerances),
        { rtol: 1e-9 },
      )
      assert.deepEqual([retries, rtol], [0, 1.2e-5])
      value.dispose()
    }),
  )

  it.effect('end with the last failure when they are used up', () =>
    withPendulum(function* ({ ode, h0, f }) {
      let tried = 0
      const error = yield* Effect.flip(
        looserTolerances(
          (tolerances) => {
            tried++
            return ode.solve(f, h0, TIMES, { maxSteps: 2 + tried, ...tolerances })
          },
          { times: 2 },
        ),
      )
      assert.equal(tried, 3)
      assert.isTrue(error._tag === 'SolveFailed' && error.failure.kind === 'maxSteps')
      assert.isTrue(error._tag === 'SolveFailed' && error.partial.nsteps === 5)
    }),
  )

  it.effect(
    'are not tried where they cannot help: bad input, time, values that are not finite, what f throws',
    () =>
      withPendulum(function* ({ ode, h0, f }) {
        const boom = (): Tensor => {
          throw new RangeError('boom')
        }
        const notANumber = (t: Scalar, h: Tensor): Tensor => f(t, h).mul(NaN)
        for (const [solve, tag] of [
          [(tolerances: Tolerances) => ode.solve(f, h0, [0], tolerances), 'IvpInputError'],
          [
            (tolerances: Tolerances) => ode.solve(f, h0, TIMES, { ...tolerances, timeout: 0 }),
            'SolveTimedOut',
          ],
          [(tolerances: Tolerances) => ode.solve(notANumber, h0, TIMES, tolerances), 'SolveFailed'],
          [(tolerances: Tolerances) => ode.solve(boom, h0, TIMES, tolerances), undefined],
        ] as const) {
          let tried = 0
          const exit = yield* Effect.exit(
            looserTolerances((tolerances) => {
              tried++
              return solve(tolerances)
            }),
          )
          assert.equal(tried, 1)
          assert.isTrue(Exit.isFailure(exit))
          if (!Exit.isFailure(exit)) continue
          const error = Cause.squash(exit.cause) as { readonly _tag?: string }
          assert.equal(error._tag, tag)
        }
      }),
  )

  it.effect.each([
    ['factor', { factor: 1 }],
    ['factor', { factor: NaN }],
    ['times', { times: -1 }],
  ] as const)('refuse a bad %s', ([option, options]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(looserTolerances(() => Effect.void, options))
      assert.equal(error.option, option)
    }),
  )
})
