import { assert, describe, it } from '@effect/vitest'
import { Cause, Effect, Exit, Fiber } from 'effect'
import { TestClock } from 'effect/testing'
import { odeint } from '../../src/bridge/index.ts'
import type { SolveOptions, SolveProgress } from '../../src/bridge/effect/index.ts'
import { tf, type Scalar, type Tensor } from '../../src/bridge/tensor.ts'
import {
  countedPendulum,
  failureOf,
  START,
  waitFor,
  withPendulum,
  withTensor,
  withoutLeak,
} from './withoutLeak.ts'

const TIMES = [0, 0.7, 2, 5]
const LONG = [0, 1, 1e9]

describe('a solve that pauses between steps', () => {
  it.effect.each([
    { method: 'RK45', rtol: 1e-5 },
    { method: 'DOP853', pauseEvery: 0 },
    { method: 'Radau', pauseEvery: 0 },
    { method: 'LSODA' },
    { method: 'RK4', step: 0.01 },
    { method: 'BDF', atol: 1e-4, maxStep: 0.3 },
  ] satisfies SolveOptions<[]>[] as SolveOptions<[]>[])(
    'has the bits of odeint: %o',
    ({ pauseEvery, ...options }) =>
      withPendulum(function* ({ ode, h0, f }) {
        const reports: number[] = []
        const onSolve = ({ nfev }: { nfev: number }): void => void reports.push(nfev)
        const expected = odeint(f, h0, TIMES, { ...options, onSolve })
        const solution = yield* ode.solve(f, h0, TIMES, { ...options, pauseEvery, onSolve })
        assert.deepEqual(solution.shape, [4, 2])
        assert.deepEqual(solution.dataSync(), expected.dataSync())
        assert.equal(reports[0], reports[1])
        tf.dispose([expected, solution])
      }),
  )

  it.effect('has the form of h0', () =>
    withoutLeak((ode) =>
      withTensor([1, 2, 3], (a) =>
        withTensor([4], (b) =>
          Effect.gen(function* () {
            const f = (_t: Scalar, h: { readonly a: Tensor; readonly b: Tensor }) => ({
              a: h.a.neg(),
              b: h.b.mul(h.a.sum()),
            })
            const expected = odeint(f, { a, b }, TIMES)
            const solution = yield* ode.solve(f, { a, b }, TIMES)
            assert.deepEqual([solution.a.shape, solution.b.shape], [[4, 3], [4, 1]]) // prettier-ignore
            assert.deepEqual(solution.a.dataSync(), expected.a.dataSync())
            assert.deepEqual(solution.b.dataSync(), expected.b.dataSync())
            tf.dispose([expected, solution])
          }),
        ),
      ),
    ),
  )

  it.effect('is the same on the wasm backend', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const expected = odeint(f, h0, TIMES)
      const solution = yield* ode.solve(f, h0, TIMES, { pauseEvery: 0 })
      assert.deepEqual(solution.dataSync(), expected.dataSync())
      tf.dispose([expected, solution])
    }, 'wasm'),
  )

  it.effect('does not need its input any more once it has begun, and hands its result to a scope', () =>
    withoutLeak((ode) =>
      Effect.gen(function* () {
        let calls = 0
        const f = (_t: Scalar, h: Tensor, rate: Tensor): Tensor => {
          calls++
          return h.mul(rate)
        }
        const [h0, rate] = [tf.tensor1d([1]), tf.tensor1d([-1])]
        const options = { params: rate, rtol: 1e-5, pauseEvery: 0 }
        const tied = Effect.acquireRelease(
          ode.solve(f, h0, [0, 1], options),
          (solution) => Effect.sync(() => solution.dispose()),
          { interruptible: true },
        )
        const fiber = yield* Effect.forkChild(
          Effect.scoped(Effect.map(tied, (solution) => solution.dataSync()[1]!)),
        )
        yield* waitFor(() => calls > 5)
        tf.dispose([h0, rate])
        assert.closeTo(yield* Fiber.join(fiber), Math.exp(-1), 1e-4)
        const gone = yield* Effect.flip(ode.solve(f, h0, [0, 1], options))
        assert.equal(gone._tag, 'IvpInputError')
      }),
    ),
  )

  it.effect('is odeint, with its gradient, where a gradient is recorded', () =>
    withoutLeak((ode) =>
      withTensor(START, (h0) =>
        Effect.sync(() => {
          const { f } = countedPendulum()
          const options = { gradient: 'discrete', timeout: 0 } as const
          const gradientOf = (solve: (h: Tensor) => Tensor): Tensor => tf.grad((h) => solve(h).sum())(h0)
          const expected = gradientOf((h) => odeint(f, h, TIMES, { gradient: 'discrete' }))
          const found = gradientOf((h) => Effect.runSync(ode.solve(f, h, TIMES, options)))
          assert.deepEqual(found.dataSync(), expected.dataSync())
          tf.dispose([expected, found])
        }),
      ),
    ),
  )

  it.effect('is interrupted between steps and evaluates nothing afterwards', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const fiber = yield* Effect.forkChild(ode.solve(f, h0, LONG, { pauseEvery: 0 }))
      yield* waitFor(() => count() > 100)
      yield* Fiber.interrupt(fiber)
      const calls = count()
      yield* Effect.yieldNow
      assert.equal(count(), calls)
      assert.isBelow(calls, 150, 'a pause after every step')
      assert.equal((calls - 2) % 6, 1, 'whole steps, and one evaluation that looks for variables')
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    }),
  )

  it.live('lets timers in without being told to: Effect.timeout ends it', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const error = yield* Effect.flip(Effect.timeout(ode.solve(f, h0, LONG), '30 millis'))
      assert.equal(error._tag, 'TimeoutError')
    }),
  )

  it.effect('fails with the partial solution when its own timeout is over', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const options = { timeout: '2 seconds', pauseEvery: 0 } as const
      const fiber = yield* Effect.forkChild(ode.solve(f, h0, LONG, options))
      yield* waitFor(() => count() > 100)
      yield* TestClock.adjust('1 second')
      const calls = count()
      yield* waitFor(() => count() > calls)
      yield* TestClock.adjust('1 second')
      const error = failureOf(yield* Fiber.await(fiber))
      assert.isTrue(error?._tag === 'SolveTimedOut')
      if (error?._tag !== 'SolveTimedOut') return
      assert.equal(error.nfev, count() - 1)
      assert.isAbove(error.t, 1)
      assert.deepEqual([...error.partial.t], [0, 1])
      const upToOne = odeint(f, h0, [0, 1, error.t])
      assert.deepEqual(error.partial.states[1], upToOne.dataSync().slice(2, 4) as Float32Array)
      upToOne.dispose()
    }),
  )

  it.effect('ends without a step when there is no time at all', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const error = yield* Effect.flip(ode.solve(f, h0, TIMES, { timeout: 0 }))
      assert.isTrue(error._tag === 'SolveTimedOut' && error.t === 0 && error.partial.nsteps === 0)
    }),
  )

  it.effect('a signal ends it between steps, with the partial solution', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const controller = new AbortController()
      const { signal } = controller
      const fiber = yield* Effect.forkChild(ode.solve(f, h0, LONG, { signal, pauseEvery: 0 }))
      yield* waitFor(() => count() > 100)
      controller.abort()
      const error = failureOf(yield* Fiber.await(fiber))
      assert.isTrue(error?._tag === 'SolveFailed' && error.failure.kind === 'aborted')
      assert.isTrue(error?._tag === 'SolveFailed' && error.partial.t.length === 2)
    }),
  )

  it.effect('tells its progress in every pause and at the end', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const told: SolveProgress[] = []
      const solution = yield* ode.solve(f, h0, TIMES, {
        pauseEvery: 0,
        onProgress: (progress) => Effect.sync(() => told.push(progress)),
      })
      solution.dispose()
      const last = told.at(-1)!
      assert.deepEqual([last.t, last.share, last.nfev], [5, 1, count() - 1])
      assert.deepEqual(
        told.map(({ nsteps }) => nsteps),
        told.map((_, i) => i + 1),
      )
      for (const { t, share } of told) assert.equal(share, t / 5)
    }),
  )

  it.effect('what f throws is a defect; its wrong shapes and bad input are typed', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const boom = new RangeError('boom')
      const late = (instead: () => Tensor) => (t: Scalar, h: Tensor) => (t.dataSync()[0]! > 1 ? instead() : f(t, h)) // prettier-ignore
      const thrown = yield* Effect.exit(ode.solve(late(() => { throw boom }), h0, TIMES)) // prettier-ignore
      assert.isTrue(Exit.isFailure(thrown) && Cause.hasDies(thrown.cause))
      assert.isTrue(Exit.isFailure(thrown) && Cause.squash(thrown.cause) === boom)
      const misshapen = yield* Effect.flip(ode.solve(late(() => tf.scalar(1)), h0, TIMES)) // prettier-ignore
      assert.equal(misshapen._tag, 'ShapeMismatch')
      // One traced evaluation of each function looks for variables, before everything else
      const calls = count() + 1
      const gone = tf.tensor1d([...START])
      gone.dispose()
      for (const [option, solve] of [
        ['h0', ode.solve(f, gone, TIMES)],
        ['params[0]', ode.solve(f, h0, TIMES, { params: [gone] as never })],
        ['ts', ode.solve(f, h0, [0])],
        ['ts', ode.solve(f, h0, [0, 1, 1])],
        ['pauseEvery', ode.solve(f, h0, TIMES, { pauseEvery: 'often' as never })],
        ['Rtol', ode.solve(f, h0, TIMES, { Rtol: 1 } as never)],
        ['atol', ode.solve(f, h0, TIMES, { atol: -1 })],
        ['method', ode.solve(f, h0, TIMES, { method: 'RK46' as never })],
      ] as const) {
        const error = yield* Effect.flip(solve)
        assert.isTrue(error._tag === 'IvpInputError' && error.option === option, `${option}: ${error}`)
      }
      assert.equal(count(), calls)
    }),
  )

  it.effect('a variable that gets no gradient is refused, as by odeint', () =>
    withoutLeak((ode) =>
      withTensor([1], (h0) =>
        Effect.gen(function* () {
          const rate = tf.variable(h0)
          const error = yield* Effect.flip(ode.solve((_t, h: Tensor) => h.mul(rate), h0, [0, 1]))
          assert.equal(error._tag, 'UntrackedVariable')
          rate.dispose()
        }),
      ),
    ),
  )

  it.effect(
    'a thousand at once, a third failing and a third interrupted, leave no tensor but the results',
    () =>
      withoutLeak((ode) =>
        withTensor([0.4], (h0) =>
          Effect.gen(function* () {
            const square = (_t: Scalar, h: Tensor): Tensor => h.square()
            let begun = 0
            const started = (t: Scalar, h: Tensor): Tensor => {
              begun++
              return square(t, h)
            }
            const options = { pauseEvery: 0, params: [h0] }
            // The end is near, too many steps away, or many more short steps away
            const kinds = [
              ode.solve(square, h0, [0, 1], options),
              ode.solve(square, h0, [0, 2], { ...options, maxSteps: 2 }),
              ode.solve(started, h0, [0, 2], { ...options, maxStep: 1e-5 }),
            ]
            const before = tf.memory().numTensors
            const fibers = yield* Effect.forEach(
              Array.from({ length: 1000 }, (_, i) => kinds[i % 3]!),
              (solve) => Effect.forkChild(solve),
            )
            yield* waitFor(() => begun > 5 * 333)
            // Those that are not through by themselves are in the middle
            yield* Effect.forEach(fibers, (fiber, i) => (i % 3 === 2 ? Fiber.interrupt(fiber) : Effect.void))
            const exits = yield* Effect.forEach(fibers, (fiber) => Fiber.await(fiber))
            const ends = { solved: 0, failed: 0, interrupted: 0 }
            for (const exit of exits) {
              if (Exit.isSuccess(exit)) ends.solved++
              else if (Cause.hasInterruptsOnly(exit.cause)) ends.interrupted++
              else if (failureOf(exit)?._tag === 'SolveFailed') ends.failed++
            }
            assert.deepEqual(ends, { solved: 334, failed: 333, interrupted: 333 })
            assert.equal(tf.memory().numTensors, before + 334)
            for (const exit of exits) if (Exit.isSuccess(exit)) exit.value.dispose()
          }),
        ),
      ),
  )
})
