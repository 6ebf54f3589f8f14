import { assert, describe, it } from 'vitest'
import type { FloatArray } from '../../src/index.ts'
import { LentState } from '../../src/ivp/lentState.ts'

describe.each([
  ['Float64Array', (y: number[]): FloatArray => Float64Array.from(y)],
  ['Float32Array', (y: number[]): FloatArray => Float32Array.from(y)],
] as const)('a state lent as %s', (_, stateOf) => {
  it.each([0, 1, 32, 33, 256])(
    'shows a write into any of %i components at once, and leaves y as it was',
    (n) => {
      const y = stateOf(Array.from({ length: n }, (_unused, i) => Math.sin(i)))
      y[n - 1] = NaN
      const state = new LentState(y)
      assert.deepEqual(state.lend(y), y)
      assert.isFalse(state.wasWritten(y))
      for (let i = 0; i < n; i++) {
        const before = y.slice()
        state.lend(y)[i] = 7
        assert.isTrue(state.wasWritten(y))
        assert.deepEqual(y, before)
        state.lend(y)
        assert.isFalse(state.wasWritten(y))
      }
    },
  )

  it.each([257, 1000, 1024])('shows a write into any of %i components within n / 64 calls', (n) => {
    const y = stateOf(Array.from({ length: n }, () => 1))
    const state = new LentState(y)
    for (const i of [0, 63, 64, n - 1]) {
      let calls = 0
      do {
        calls++
        state.lend(y)[i] = 2
      } while (!state.wasWritten(y))
      assert.isAtMost(calls, Math.ceil(n / 64))
      state.lend(y)
      assert.isFalse(state.wasWritten(y))
    }
  })
})
