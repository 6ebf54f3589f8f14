import { assert, describe, it } from 'vitest'
import { solveIvp, type MethodName } from '../../src/index.ts'

const brusselator = (_t: number, [x, y]: Float64Array): number[] => [
  1 + x! * x! * y! - 4 * x!,
  3 * x! - x! * x! * y!,
]

describe('counts of steps', () => {
  it.each([
    ['RK23', 3],
    ['RK45', 6],
    ['DOP853', 12],
  ] as const)('%s: every evaluation belongs to an accepted or a rejected attempt', (method, stages) => {
    const { nfev, nsteps, nrejected, t } = solveIvp(brusselator, [0, 20], [1.5, 3], { method, rtol: 1e-4 })
    assert.equal(nsteps, t.length - 1)
    assert.isAbove(nrejected, 0)
    // Two before the first step: the slope, and the choice of its size
    assert.equal(nfev, 2 + stages * (nsteps + nrejected))
  })

  it.each(['Radau', 'BDF', 'LSODA'] as const)('%s counts a first step that is far too long', (method) => {
    const stiff = (t: number, [x]: Float64Array): number[] => [-50 * (x! - Math.cos(t))]
    const wide = solveIvp(stiff, [0, 2], [0], { method, firstStep: 1.5 })
    assert.equal(wide.nsteps, wide.t.length - 1)
    assert.isAbove(wide.nrejected, 0)
    assert.equal(solveIvp(stiff, [0, 1e-3], [0], { method, firstStep: 1e-5 }).nrejected, 0)
  })

  it('counts steps whatever is kept of them, and no rejection where steps are equal', () => {
    const options = { method: 'RK4' as MethodName, step: 0.1, save: 'last' as const }
    const { nsteps, nrejected } = solveIvp(brusselator, [0, 2], [1.5, 3], options)
    assert.deepEqual([nsteps, nrejected], [20, 0])
  })

  it('counts the attempts that end a solve', () => {
    const square = (_t: number, [x]: Float64Array): number[] => [x! * x!]
    const { failure, nfev, nsteps, nrejected } = solveIvp(square, [0, 2], [1])
    assert.equal(failure?.kind, 'stepTooSmall')
    assert.equal(nfev, 2 + 6 * (nsteps + nrejected))
  })
})
