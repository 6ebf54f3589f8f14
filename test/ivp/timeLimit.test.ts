import { afterEach, assert, describe, expect, it, vi } from 'vitest'
import { resume, solveIvp } from '../../src/index.ts'
import { StepwiseSolve } from '../../src/ivp/stepwiseSolve.ts'
import { TimeLimit } from '../../src/ivp/timeLimit.ts'
import { METHOD_NAMES, stepFor } from './everyMethod.ts'

/** A clock that moves when the test says so. */
function clock(): { now: number; looks: number } {
  const state = { now: 1000, looks: 0 }
  vi.spyOn(performance, 'now').mockImplementation(() => {
    state.looks++
    return state.now
  })
  return state
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a time limit', () => {
  it.each([1e-5, 1e-3, 0.02, 0.3, 2])(
    'is looked at once or twice a millisecond with steps of %s ms, but not more than each step and once in 1000',
    (ms) => {
      const time = clock()
      const limit = new TimeLimit(1e9)
      const steps = 100_000
      time.looks = 0
      for (let i = 0; i < steps; i++) {
        time.now += ms
        assert.isFalse(limit.isOver())
      }
      const perStep = Math.min(Math.max(ms, 1e-3), 1)
      // The first ones come sooner
      assert.isAtMost(time.looks, 2.1 * steps * perStep + 20)
      assert.isAtLeast(time.looks, 0.9 * steps * perStep)
    },
  )

  it('is noticed within 1000 steps that become slow at once', () => {
    const time = clock()
    const limit = new TimeLimit(500)
    for (let i = 0; i < 100_000; i++) {
      time.now += 1e-4
      assert.isFalse(limit.isOver())
    }
    time.now = 2000
    let steps = 1
    while (!limit.isOver()) steps++
    assert.isAtMost(steps, 1000)
  })

  it('counts slow steps one by one', () => {
    const time = clock()
    const limit = new TimeLimit(10)
    const over = Array.from({ length: 8 }, () => {
      time.now += 2
      return limit.isOver()
    })
    assert.deepEqual(over, [false, false, false, false, true, true, true, true])
  })
})

const f = (t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]! + Math.sin(t)]

describe.each(METHOD_NAMES)('timeout with %s', (method) => {
  const options = { method, rtol: 1e-6, ...stepFor(method, 0.01) }

  it('ends the solve between two steps, and resume goes on bit for bit', () => {
    const whole = solveIvp(f, [0, 10], [1, 0], options)
    const time = clock()
    let steps = 0
    const part = solveIvp(f, [0, 10], [1, 0], {
      ...options,
      timeout: 50,
      onStep: () => {
        steps++
        time.now += 10
      },
    })
    assert.deepInclude(part.failure, { kind: 'aborted', t: part.t.at(-1)! })
    assert.match(part.message, /`timeout`/)
    assert.equal(part.status, -1)
    assert.equal(steps, 5)
    assert.equal(part.nsteps, 5)
    const again = resume(f, part.failure!.snapshot!, { timeout: 20, onStep: () => (time.now += 10) })
    assert.equal(again.failure?.kind, 'aborted')
    assert.equal(again.nsteps, 7)
    const rest = resume(f, again.failure!.snapshot!, { timeout: Infinity })
    assert.equal(rest.status, 0)
    assert.deepEqual([...part.t, ...again.t, ...rest.t], [...whole.t])
    assert.deepEqual(rest.states.at(-1), whole.states.at(-1))
    assert.equal(rest.nfev, whole.nfev)
    expect(performance.now).toHaveBeenCalled()
  })
})

describe('timeout', () => {
  it('ends a slow solve in time', () => {
    const start = performance.now()
    const { failure, nsteps } = solveIvp(
      (_t, y) => {
        const until = performance.now() + 1
        while (performance.now() < until);
        return [-y[0]!]
      },
      [0, 1e6],
      [1],
      { timeout: 50 },
    )
    const took = performance.now() - start
    assert.equal(failure?.kind, 'aborted')
    assert.isAtLeast(took, 50)
    assert.isBelow(took, 1000)
    assert.isAbove(nsteps, 0)
  })

  it('works step by step, from the construction on', () => {
    const time = clock()
    const solve = new StepwiseSolve<Float64Array>(
      (_t, y, dydt) => void (dydt[0] = -y[0]!),
      [0, 100],
      Float64Array.of(1),
      { inPlace: true, timeout: 10 },
    )
    while (solve.isRunning) {
      time.now += 2
      solve.step()
    }
    const result = solve.end()
    solve.release()
    assert.equal(result.failure?.kind, 'aborted')
    assert.isAtLeast(result.nsteps, 2)
    assert.isBelow(result.nsteps, 8)
  })

  it('that is not over changes nothing', () => {
    const without = solveIvp(f, [0, 10], [1, 0])
    const within = solveIvp(f, [0, 10], [1, 0], { timeout: 1e6 })
    assert.deepEqual(within.states, without.states)
    assert.equal(within.status, 0)
  })
})
