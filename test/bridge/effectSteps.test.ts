import { assert, describe, it } from '@effect/vitest'
import { Cause, Effect, Exit, Fiber, Stream } from 'effect'
import { TestClock } from 'effect/testing'
import { solveIvp } from '../../src/index.ts'
import type { TensorStep } from '../../src/bridge/effect/index.ts'
import { layoutOf } from '../../src/bridge/flatten.ts'
import { evaluationOf, tensorRhs } from '../../src/bridge/tensorRhs.ts'
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

const square = (_t: Scalar, h: Tensor): Tensor => h.square()

describe('a stream of steps', () => {
  it.effect('gives the steps of solveIvp to the last bit, and its counts', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const layout = layoutOf(h0)
      const none = layoutOf([])
      const { f: flat } = tensorRhs(evaluationOf(f, layout, none), layout, () => [], none)
      const expected = solveIvp(flat, [0, 10], Float32Array.from(START), { inPlace: true, rtol: 1e-4 })
      const seen = yield* ode.steps(f, h0, [0, 10], { rtol: 1e-4 }).pipe(
        Stream.map(({ h, ...counts }) => ({ ...counts, state: h.dataSync().slice() })),
        Stream.runCollect,
      )
      assert.deepEqual(
        seen.map(({ tOld }) => tOld),
        [...expected.t].slice(0, -1),
      )
      assert.deepEqual(
        seen.map(({ t }) => t),
        [...expected.t].slice(1),
      )
      assert.deepEqual(
        seen.map(({ state }) => state as Float32Array),
        expected.states.slice(1),
      )
      const { nfev, nsteps, nrejected, share } = seen.at(-1)!
      assert.deepEqual([nfev, nsteps, nrejected], [expected.nfev, expected.nsteps, expected.nrejected])
      assert.equal(share, 1)
    }),
  )

  it.effect('computes no step before it is pulled', () =>
    withoutLeak((ode) =>
      withTensor(START, (h0) =>
        Effect.gen(function* () {
          const { f, count } = countedPendulum()
          const stream = ode.steps(f, h0, [0, Infinity])
          assert.equal(count(), 0)
          const pull = yield* Stream.toPull(stream)
          for (let i = 1; i <= 5; i++) {
            const [step, ...more] = yield* pull
            assert.deepEqual(more, [])
            assert.equal(step.nsteps, i)
            assert.deepEqual([step.nfev, 2 + 6 * (i + step.nrejected)], [count(), count()])
            yield* Effect.yieldNow
          }
        }).pipe(Effect.scoped),
      ),
    ),
  )

  it.effect('owns the tensors of one step at a time, made when they are read', () =>
    withoutLeak((ode) =>
      withTensor(START, (h0) =>
        Effect.gen(function* () {
          const { f } = countedPendulum()
          const pull = yield* Stream.toPull(ode.steps(f, h0, [0, 10]))
          const before = tf.memory().numTensors
          const [first] = yield* pull
          assert.equal(tf.memory().numTensors, before)
          const kept = tf.tidy(() => tf.keep(first.h.clone()))
          // Reading it in a tidy, or twice, changes nothing
          assert.equal(tf.memory().numTensors, before + 2)
          assert.deepEqual(first.h.dataSync(), kept.dataSync())
          const taken = first.h
          const [second] = yield* pull
          assert.isTrue(taken.isDisposed)
          assert.notDeepEqual(second.h.dataSync(), kept.dataSync())
          assert.throws(() => first.h, /`h` must be read before the next step is pulled/)
          assert.equal(tf.memory().numTensors, before + 2)
          kept.dispose()
        }).pipe(Effect.scoped),
      ),
    ),
  )

  it.effect('has the form of h0, and parameters at the values they had when it began', () =>
    withoutLeak((ode) =>
      withTensor([1], (x) =>
        Effect.gen(function* () {
          const [minusOne, seven] = [tf.tensor1d([-1]), tf.tensor1d([7])]
          const rate = tf.variable(minusOne)
          const f = (_t: Scalar, h: { readonly x: Tensor }, { k }: { readonly k: Tensor }) => ({
            x: h.x.mul(k),
          })
          const end = yield* ode.steps(f, { x }, [0, 1], { params: { k: rate }, rtol: 1e-5 }).pipe(
            Stream.tap(() => Effect.sync(() => rate.assign(seven))),
            Stream.map((step) => step.h.x.dataSync()[0]!),
            Stream.runLast,
          )
          assert.closeTo((end as { value: number }).value, Math.exp(-1), 1e-4)
          tf.dispose([rate, minusOne, seven])
        }),
      ),
    ),
  )

  const touch = ({ h }: TensorStep<Tensor>): number => h.dataSync()[0]!

  it.effect('frees everything when the consumer has enough, also of an interval without end', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const seen = yield* ode
        .steps(f, h0, [0, Infinity])
        .pipe(Stream.map(touch), Stream.take(3), Stream.runCollect)
      assert.equal(seen.length, 3)
      assert.isBelow(count(), 2 + 6 * 6)
    }),
  )

  it.effect('frees everything when the consumer fails', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const error = yield* ode.steps(f, h0, [0, 10]).pipe(
        Stream.map(touch),
        Stream.runForEach(() => Effect.fail('no more')),
        Effect.flip,
      )
      assert.equal(error, 'no more')
    }),
  )

  it.effect('frees everything when f throws, which is a defect, or returns another shape, which is not', () =>
    withPendulum(function* ({ ode, h0 }) {
      const boom = new RangeError('boom')
      for (const last of [0, 1, 15]) {
        const broken = (instead: () => Tensor) => {
          const { f, count } = countedPendulum()
          return (t: Scalar, h: Tensor) => (count() < last ? f(t, h) : instead())
        }
        const run = (f: (t: Scalar, h: Tensor) => Tensor) =>
          Effect.exit(Stream.runDrain(Stream.map(ode.steps(f, h0, [0, 10]), touch)))
        const thrown = yield* run(
          broken(() => {
            throw boom
          }),
        )
        assert.isTrue(Exit.isFailure(thrown) && Cause.squash(thrown.cause) === boom)
        assert.isTrue(Exit.isFailure(thrown) && Cause.hasDies(thrown.cause))
        const misshapen = yield* run(broken(() => tf.tensor1d([1, 2, 3])))
        assert.equal(failureOf(misshapen)?._tag, 'ShapeMismatch')
      }
    }),
  )

  it.effect('frees everything when it is interrupted between steps', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const fiber = yield* ode
        .steps(f, h0, [0, Infinity], { pauseEvery: 0 })
        .pipe(Stream.map(touch), Stream.runDrain, Effect.forkChild)
      yield* waitFor(() => count() > 100)
      yield* Fiber.interrupt(fiber)
      const calls = count()
      yield* Effect.yieldNow
      assert.equal(count(), calls)
      assert.isBelow(calls, 150, 'a pause after every step')
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    }),
  )

  it.effect('frees everything when it is interrupted while the consumer is at work on a step', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      let isHeld = false
      const fiber = yield* ode.steps(f, h0, [0, Infinity]).pipe(
        Stream.runForEach(({ h }) => {
          isHeld = !h.isDisposed
          return Effect.never
        }),
        Effect.forkChild,
      )
      yield* waitFor(() => isHeld)
      yield* Fiber.interrupt(fiber)
      assert.equal(count(), 2 + 6)
    }),
  )

  it.effect('ends with SolveFailed after the good steps; the partial solution is the last of them', () =>
    withoutLeak((ode) =>
      withTensor([1], (h0) =>
        Effect.gen(function* () {
          const seen: number[] = []
          const error = yield* ode.steps(square, h0, [0, 2]).pipe(
            Stream.runForEach(({ t }) => Effect.sync(() => seen.push(t))),
            Effect.flip,
          )
          assert.isTrue(error._tag === 'SolveFailed')
          if (error._tag !== 'SolveFailed') return
          assert.equal(error.failure.kind, 'stepTooSmall')
          assert.deepEqual([...error.partial.t], [seen.at(-1)])
          assert.closeTo(seen.at(-1)!, 1, 0.01)
          assert.equal(error.partial.nsteps, seen.length)
        }),
      ),
    ),
  )

  it.effect('has a timeout from the first pull on', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const seen: number[] = []
      const error = yield* ode.steps(f, h0, [0, Infinity], { timeout: '3 seconds' }).pipe(
        Stream.map(({ t, h }) => seen.push(t) && h.shape),
        Stream.runForEach(() => TestClock.adjust('1 second')),
        Effect.flip,
      )
      assert.isTrue(error._tag === 'SolveTimedOut')
      if (error._tag !== 'SolveTimedOut') return
      assert.equal(seen.length, 3)
      assert.equal(error.t, seen[2])
      assert.equal(error.partial.failure!.kind, 'aborted')
      assert.match(error.message, /when its 3s were over/)
    }),
  )

  it.effect('refuses bad input in the error channel, before any evaluation', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const gone = tf.tensor1d([...START])
      gone.dispose()
      for (const [option, stream] of [
        ['rtol', ode.steps(f, h0, [0, 1], { rtol: -1 })],
        ['h0', ode.steps(f, gone, [0, 1])],
        ['params[0]', ode.steps(f, h0, [0, 1], { params: [gone] as never })],
        ['timeout', ode.steps(f, h0, [0, 1], { timeout: 'soon' as never })],
        ['tSpan', ode.steps(f, h0, [NaN, 1])],
      ] as const) {
        const error = yield* Effect.flip(Stream.runDrain(stream))
        assert.isTrue(error._tag === 'IvpInputError' && error.option === option, `${option}: ${error}`)
      }
      assert.equal(count(), 0)
    }),
  )
})
