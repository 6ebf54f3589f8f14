import { assert, describe, it } from '@effect/vitest'
import { Effect, Exit, Fiber, Metric, Stream, Tracer } from 'effect'
import { solveIvp } from '../../src/index.ts'
import { solveMetrics } from '../../src/bridge/effect/index.ts'
import { layoutOf } from '../../src/bridge/flatten.ts'
import { evaluationOf, tensorRhs } from '../../src/bridge/tensorRhs.ts'
import type { Scalar, Tensor } from '../../src/bridge/tensor.ts'
import { START, waitFor, withPendulum } from './withoutLeak.ts'

const TIMES = [0, 3, 10]

/** With metrics of its own. */
const apart = <A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => Effect.provideService(body, Metric.MetricRegistry, new Map()))

/** Name, attributes and end of a span. */
function shown({ name, attributes, status }: Tracer.NativeSpan): Record<string, unknown> {
  const exit = status._tag === 'Ended' ? Exit.isSuccess(status.exit) : null
  return { name, ...Object.fromEntries(attributes), exit }
}

const counts = Effect.gen(function* () {
  const { count: nfev } = yield* Metric.value(solveMetrics.nfev)
  const { count: nsteps } = yield* Metric.value(solveMetrics.steps)
  const { count: nrejected } = yield* Metric.value(solveMetrics.rejected)
  const { occurrences } = yield* Metric.value(solveMetrics.outcomes)
  return { nfev, nsteps, nrejected, outcomes: Object.fromEntries(occurrences) }
})

describe('metrics of solves', () => {
  it.effect('are the counts of solveIvp, of whole solves and of streams, with and without pauses', () =>
    withPendulum(function* ({ ode, h0, f }) {
      const [layout, none] = [layoutOf(h0), layoutOf([])]
      const { f: flat } = tensorRhs(evaluationOf(f, layout, none), layout, () => [], none)
      const one = solveIvp(flat, [0, 10], Float32Array.from(START), { inPlace: true, rtol: 1e-4 })
      assert.isAbove(one.nrejected, 0)
      for (const pauseEvery of [0, 10]) {
        const solution = yield* ode.solve(f, h0, TIMES, { rtol: 1e-4, pauseEvery })
        solution.dispose()
        yield* Stream.runDrain(ode.steps(f, h0, [0, 10], { rtol: 1e-4, pauseEvery }))
      }
      const { nfev, nsteps, nrejected, outcomes } = yield* counts
      assert.deepEqual(
        [nfev, nsteps, nrejected],
        [one.nfev, one.nsteps, one.nrejected].map((count) => 4 * count),
      )
      assert.deepEqual(outcomes, { finished: 4 })
    }).pipe(apart),
  )

  it.effect('tell how solves ended, and count what was done until then', () =>
    withPendulum(function* ({ ode, h0, f, count }) {
      const boom = (t: Scalar, h: Tensor): Tensor => {
        if (t.dataSync()[0]! > 1) throw new RangeError('boom')
        return f(t, h)
      }
      // Looked at for variables already, so that only the solves evaluate it
      yield* Effect.exit(ode.solve(f, h0, TIMES, { maxSteps: 1 }))
      const calls = count() - (yield* counts).nfev
      yield* Effect.exit(ode.solve(f, h0, TIMES, { timeout: 0 }))
      yield* ode.steps(f, h0, [0, 10]).pipe(Stream.take(2), Stream.runDrain)
      const fiber = yield* Effect.forkChild(ode.solve(f, h0, [0, 1e9], { pauseEvery: 0 }))
      yield* waitFor(() => count() > 200)
      const during = yield* counts
      assert.isAbove(during.nfev, 100, 'metrics rise while a solve is under way')
      yield* Fiber.interrupt(fiber)
      const { nfev, outcomes } = yield* counts
      assert.equal(nfev, count() - calls)
      yield* Effect.exit(ode.solve(boom, h0, TIMES))
      yield* Effect.exit(ode.solve(f, h0, TIMES, { rtol: -1 }))
      assert.deepEqual(outcomes, { maxSteps: 1, timedOut: 1, stopped: 2 })
      assert.deepEqual((yield* counts).outcomes, { ...outcomes, threw: 1 })
    }).pipe(apart),
  )
})

describe('spans of solves', () => {
  it.effect('say what was solved, how it ended and what it took', () => {
    const spans: Tracer.NativeSpan[] = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      },
    })
    return withPendulum(function* ({ ode, h0, f }) {
      const last = (): Record<string, unknown> => shown(spans.at(-1)!)
      let report = { nfev: 0 }
      const solution = yield* ode.solve(f, h0, TIMES, { method: 'BDF', rtol: 1e-4, onSolve: (r) => (report = r) }) // prettier-ignore
      solution.dispose()
      const whole = last()
      assert.deepInclude(whole, { name: 'TensorOde.solve', method: 'BDF', rtol: 1e-4, atol: 1e-6, n: 2, t0: 0, t1: 10 }) // prettier-ignore
      assert.deepInclude(whole, { nfev: report.nfev, status: 'finished', exit: true })
      assert.isAbove(whole['steps'] as number, 20)
      assert.isAbove(whole['rejected'] as number, 0)

      yield* Effect.exit(ode.solve(f, h0, TIMES, { maxSteps: 3 }))
      assert.deepInclude(last(), {
        method: 'RK45',
        rtol: 1e-3,
        steps: 3,
        status: 'maxSteps',
        exit: false,
      })

      yield* ode.steps(f, h0, [0, Infinity]).pipe(Stream.take(4), Stream.runDrain)
      assert.deepInclude(last(), { name: 'TensorOde.steps', steps: 4, status: 'stopped', exit: true })

      yield* Effect.exit(ode.solve(f, h0, TIMES, { rtol: -1 }))
      assert.deepInclude(last(), { rtol: -1, exit: false })
      assert.equal(spans.length, 4)
    }).pipe(Effect.withTracer(tracer))
  })
})
