import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, solveIvp } from '../../src/index.ts'

describe('solveIvp', () => {
  it('keeps the element type of y0 and takes plain arrays as float64', () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
    assert.instanceOf(solveIvp(f, [0, 1], Float32Array.of(1)).y[0], Float32Array)
    assert.instanceOf(solveIvp(f, [0, 1], [1]).states[0], Float64Array)
  })

  it('single precision follows our own double-precision solve within 20 tolerances', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.integer({ min: -4, max: -2 }),
        (w, exponent) => {
          const rtol = 10 ** exponent
          const f = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -w * y[0]!]
          const single = solveIvp(f, [0, 4], Float32Array.of(1, 0), { rtol, atol: rtol })
          const double = solveIvp(f, [0, 4], [1, 0], { rtol: 1e-10, atol: 1e-12 })
          single.states.at(-1)!.forEach((y, i) => {
            const exact = double.states.at(-1)![i]!
            assert.closeTo(y, exact, 20 * (rtol + rtol * Math.abs(exact)))
          })
        },
      ),
      { seed: 5 },
    )
  })

  it('the same problem in place, returning, and vectorized gives the same numbers', () => {
    const options = { rtol: 1e-6 }
    const a = solveIvp((t, y) => [y[1]!, -y[0]! + t], [0, 3], [1, 0], options)
    const b = solveIvp(
      (t, y, dydt) => {
        dydt[0] = y[1]!
        dydt[1] = -y[0]! + t
      },
      [0, 3],
      [1, 0],
      { ...options, inPlace: true },
    )
    const c = solveIvp((t, y) => [[y[1]![0]!], [-y[0]![0]! + t]], [0, 3], [1, 0], {
      ...options,
      vectorized: true,
    })
    assert.deepEqual(a.states, b.states)
    assert.deepEqual(a.states, c.states)
  })

  it('never evaluates fun beyond t1', () => {
    let latest = 0
    solveIvp((t, y) => ((latest = Math.max(latest, t)), [-y[0]!]), [0, 1.7], [1])
    assert.isAtMost(latest, 1.7 * (1 + Number.EPSILON))
  })

  it('fails by name and at once when fun is not finite at the start', () => {
    const result = solveIvp(() => [0, NaN], [0, 1], [1, 2])
    assert.equal(result.status, -1)
    assert.deepInclude(result.failure, { kind: 'nonFinite', component: 1, t: 0 })
    assert.equal(result.nfev, 1)
  })

  it('names the component that is not finite later, and keeps what was solved', () => {
    const result = solveIvp((t, y) => [-y[0]!, t > 0.5 ? NaN : 1], [0, 1], [1, 2])
    assert.deepInclude(result.failure, { kind: 'nonFinite', component: 1 })
    assert.closeTo(result.t.at(-1)!, 0.5, 1e-6)
    assert.isAbove(result.states.length, 2)
  })

  it('names a wrong length at any call and lets exceptions of fun pass untouched', () => {
    assert.equal(solveIvp(() => [1, 2, 3], [0, 1], [1, 2]).failure?.kind, 'wrongLength')
    assert.equal(solveIvp((t) => (t > 0.3 ? [1] : [1, 2]), [0, 1], [1, 2]).failure?.kind, 'wrongLength')
    const mine = new RangeError('mine')
    assert.throws(
      () =>
        solveIvp(
          (t) => {
            if (t > 0.3) throw mine
            return [1]
          },
          [0, 1],
          [1],
        ),
      RangeError,
      'mine',
    )
  })

  it('stops after maxSteps, or when told to, with the partial solution', () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
    const few = solveIvp(f, [0, 100], [1], { maxSteps: 3 })
    assert.equal(few.failure?.kind, 'maxSteps')
    assert.equal(few.t.length, 4)
    const stop = new AbortController()
    const stopped = solveIvp(f, [0, 100], [1], {
      signal: stop.signal,
      onStep: ({ t }) => t > 1 && stop.abort(),
    })
    assert.equal(stopped.failure?.kind, 'aborted')
    assert.isBelow(stopped.t.at(-1)!, 100)
  })

  it("save: 'last' keeps the end state only", () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
    const all = solveIvp(f, [0, 3], [1])
    const last = solveIvp(f, [0, 3], [1], { save: 'last' })
    assert.deepEqual([...last.t], [3])
    assert.deepEqual(last.states[0], all.states.at(-1))
  })

  it.each(['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA'] as const)(
    '%s integrates to infinity until a terminal event',
    (method) => {
      const { t, status } = solveIvp((_t, y) => [-y[0]!], [0, Infinity], [1], {
        method,
        rtol: 1e-8,
        atol: 1e-10,
        events: { fn: (_t, y) => y[0]! - 0.1, terminal: true },
      })
      assert.equal(status, 1)
      assert.closeTo(t.at(-1)!, Math.log(10), 1e-5)
    },
  )

  it('says what to write instead of a name in scipy form', () => {
    try {
      solveIvp(() => [1], [0, 1], [1], { t_eval: [0.5] } as never)
      assert.fail('was accepted')
    } catch (error) {
      assert.instanceOf(error, IvpInputError)
      assert.equal(error.option, 't_eval')
      assert.include(error.message, 'write `tEval`')
    }
  })

  it('takes an empty state to the end at once', () => {
    const result = solveIvp(() => [], [0, 5], [])
    assert.equal(result.status, 0)
    assert.deepEqual([...result.t], [0, 5])
  })
})
