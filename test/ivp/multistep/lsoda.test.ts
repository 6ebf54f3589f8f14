import { assert, describe, it } from 'vitest'
import { LSODA, resume, solveIvp, type Snapshot } from '../../../src/index.ts'

const vanDerPol =
  (mu: number) =>
  (_: number, y: ArrayLike<number>): number[] => [y[1]!, mu * (1 - y[0]! ** 2) * y[1]! - y[0]!]

describe('LSODA', () => {
  it('evaluates no Jacobian while the problem is not stiff, and some when it is', () => {
    assert.equal(solveIvp(vanDerPol(1), [0, 20], [2, 0], { method: 'LSODA' }).njev, 0)
    const stiff = solveIvp(vanDerPol(1000), [0, 2000], [2, 0], { method: 'LSODA' })
    assert.isAbove(stiff.njev, 10)
    assert.isBelow(stiff.nfev, 2000)
    assert.equal(stiff.nlu, stiff.njev)
  })
  it('goes back to Adams in the fast phases', () => {
    // Without a return every phase costs Jacobians; between two counts the steps are Adams's
    const counts = new Set<number>()
    let longest = 0
    let run = 0
    let last = 0
    const solver = new LSODA(vanDerPol(1000), 0, [2, 0], 2000, { rtol: 1e-6 })
    for (const _ of solver) {
      run = solver.njev === last ? run + 1 : 0
      last = solver.njev
      counts.add(last)
      if (last > 0) longest = Math.max(longest, run)
    }
    assert.isAbove(longest, 25, 'steps in a row without a Jacobian: BDF keeps one for 20 at most')
    assert.isAbove(counts.size, 5)
  })
  it.each([Float64Array, Float32Array])('resumes bit for bit in a stiff phase, %o', (Type) => {
    const y0 = Type.of(2, 0)
    const taken: Snapshot[] = []
    let steps = 0
    const whole = solveIvp(vanDerPol(1000), [0, 2000], y0, {
      method: 'LSODA',
      onStep: ({ snapshot }) => {
        if (++steps % 37 === 36) taken.push(JSON.parse(JSON.stringify(snapshot())) as Snapshot)
      },
    })
    assert.isAbove(taken.length, 3)
    for (const snapshot of taken) {
      const rest = resume(vanDerPol(1000), snapshot)
      assert.deepEqual(rest.states.at(-1), whole.states.at(-1) as never)
      assert.deepEqual([rest.nfev, rest.njev, rest.nlu], [whole.nfev, whole.njev, whole.nlu])
    }
  })
  it('is continuous and differentiable as dense output, also where the order falls', () => {
    const { sol, t } = solveIvp(vanDerPol(2), [0, 15], [2, 0], {
      method: 'LSODA',
      rtol: 1e-8,
      atol: 1e-10,
      denseOutput: true,
    })
    const exact = solveIvp(vanDerPol(2), [0, 15], [2, 0], {
      method: 'DOP853',
      rtol: 1e-12,
      atol: 1e-13,
      denseOutput: true,
    })
    for (let j = 1; j < t.length; j++) {
      for (const x of [0, 0.3, 0.7, 1]) {
        const at = t[j - 1]! + x * (t[j]! - t[j - 1]!)
        sol!(at).forEach((y, i) => assert.closeTo(y as number, exact.sol!(at)[i] as number, 1e-6))
      }
    }
  })
  it('fails with a name when a step must be smaller than minStep', () => {
    const result = solveIvp((_, y) => [y[0]! ** 2], [0, 2], [1], { method: 'LSODA', minStep: 1e-3 })
    assert.equal(result.status, -1)
    assert.include(['stepTooSmall', 'noConvergence'], result.failure!.kind)
    assert.closeTo(result.t.at(-1)!, 1, 0.05)
  })
  it('names a right-hand side that is not finite', () => {
    const result = solveIvp((t, y) => [t > 1 ? NaN : -y[0]!], [0, 2], [1], { method: 'LSODA' })
    assert.equal(result.failure!.kind, 'nonFinite')
    assert.closeTo(result.t.at(-1)!, 1, 1e-3)
  })
  it('names a Jacobian that is wrong', () => {
    const result = solveIvp((t, y) => [-1e4 * (y[0]! - Math.cos(t))], [0, 2], [1], {
      method: 'LSODA',
      jac: [[1e9]],
      rtol: 1e-6,
    })
    assert.equal(result.failure!.kind, 'noConvergence')
    assert.isAbove(result.t.length, 2)
  })
  it('warns of minStep with another method', () => {
    const { warnings } = solveIvp((_, y) => [-y[0]!], [0, 1], [1], { minStep: 1e-3 })
    assert.deepEqual(warnings, ['`minStep` has no effect on RK45.'])
  })
})
