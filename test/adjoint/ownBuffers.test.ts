import { assert, describe, it } from 'vitest'
import { solveToEvent, solveWithPullback, solveWithSensitivities } from '../../src/adjoint/index.ts'
import type { FloatArray } from '../../src/index.ts'
import { assertOwnBuffers } from '../ownBuffers.ts'
import { net, start, theta } from './tanhNet.ts'

const GRADIENTS = ['backsolve', 'interpolating', 'discrete'] as const

describe.each([Float64Array, Float32Array])('gradients are no views of something larger: %o', (type) => {
  const h0 = (): FloatArray => type.from(start)
  const incoming = (): FloatArray[] => [0, 1, 2].map(() => type.of(1, -1, 2))

  it.each(GRADIENTS)('%s', (gradient) => {
    const all = gradient === 'discrete' ? [{}] : [{}, { parameters: 'quadrature' as const }]
    for (const backward of all) {
      const options = { gradient, backward, certify: true }
      const { result, pullback } = solveWithPullback<FloatArray>(net(theta), [0, 0.4, 1], h0(), options)
      assert.isAbove(assertOwnBuffers({ t: result.t, states: result.states }), 3)
      assert.equal(assertOwnBuffers(pullback(incoming())), 3)
    }
  })

  it('of an event', () => {
    const event = {
      g: (t: number) => t - 0.7,
      dh: (_t: number, _h: FloatArray, out: FloatArray) => void out.fill(0),
      dt: () => 1,
    }
    for (const gradient of ['backsolve', 'interpolating'] as const) {
      const solved = solveToEvent<FloatArray>(net(theta), [0, 1], h0(), event, { gradient })
      assert.equal(assertOwnBuffers({ h: solved.hEvent }), 1)
      assert.equal(assertOwnBuffers(solved.pullback(type.of(1, 0, 1), 0)), 3)
    }
  })

  it('of sensitivities', () => {
    assert.equal(assertOwnBuffers(solveWithSensitivities<FloatArray>(net(theta), [0, 1], h0())), 7)
  })
})
