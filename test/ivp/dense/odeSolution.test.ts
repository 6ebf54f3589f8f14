import { assert, describe, it } from 'vitest'
import { IvpInputError, resume, solveIvp, type Snapshot } from '../../../src/index.ts'
import { METHOD_NAMES, stepFor } from '../everyMethod.ts'

const REFUSED = /^`sol` has no step to answer from, since none was taken: look at `success` and `failure`/

describe.each(METHOD_NAMES)('the sol of a solve that took no step, by %s', (method) => {
  const common = { method, ...stepFor(method, 0.1), denseOutput: true } as const

  it('is there, as its type says, and refuses to answer', () => {
    const notFinite = solveIvp(() => [NaN], [0, 1], [1], common)
    const aborted = solveIvp((_t, y) => [-y[0]], [0, 1], [1], { ...common, signal: AbortSignal.abort() })
    for (const { sol, failure, success } of [notFinite, aborted]) {
      assert.isFalse(success)
      assert.isDefined(failure)
      assert.deepEqual([...sol.ts, sol.tMin, sol.tMax, sol.interpolants.length], [0, 0, 0, 0])
      assert.throws(() => sol(0.5), IvpInputError, REFUSED)
      assert.throws(() => sol([0, 0.5]), IvpInputError, REFUSED)
    }
    // What the message says to look at names the cause
    assert.equal(notFinite.failure?.kind, 'nonFinite')
    assert.equal(aborted.failure?.kind, 'aborted')
  })

  it('is there when a terminal event had ended the solve before it was resumed', () => {
    const events = { fn: (t: number): number => t - 0.5, terminal: true }
    const fun = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
    let snapshot: Snapshot | null = null
    const onStep = (step: { snapshot(): Snapshot }): void => {
      snapshot = step.snapshot()
    }
    assert.equal(solveIvp(fun, [0, 1], [1], { ...common, events, onStep }).status, 1)
    const { success, sol, tEnd } = resume(fun, snapshot!, { events, denseOutput: true })
    assert.isTrue(success)
    assert.closeTo(tEnd, 0.5, 1e-12)
    assert.throws(() => sol(0.5), IvpInputError, REFUSED)
  })
})

it('a solve without denseOutput has no sol', () => {
  assert.isNull(solveIvp((_t, y) => [-y[0]], [0, 1], [1]).sol)
  assert.isNull(solveIvp((_t, y) => [-y[0]], [0, 1], [1], { denseOutput: false }).sol)
})
