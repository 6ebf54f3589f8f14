import { assert, describe, it } from 'vitest'
import {
  BDF,
  DOP853,
  LSODA,
  RK23,
  RK45,
  Radau,
  resume,
  solveIvp,
  type FloatArray,
  type IvpOptions,
  type Snapshot,
} from '../../src/index.ts'
import { assertOwnBuffers } from '../ownBuffers.ts'
import { METHOD_NAMES } from './everyMethod.ts'

const pendulum = (_t: number, y: FloatArray, dydt: FloatArray): void => {
  dydt[0] = y[1]!
  dydt[1] = -Math.sin(y[0]!)
}

describe.each([Float64Array, Float32Array])(
  'nothing of a result is a view of something larger: %o',
  (type) => {
    const y0 = (): FloatArray => type.of(2, 0)
    const solve = (options: IvpOptions<FloatArray>) =>
      solveIvp(pendulum, [0, 8], y0(), { ...options, inPlace: true })

    it.each(METHOD_NAMES)('%s', (method) => {
      const step = ['Euler', 'Midpoint', 'Heun', 'RK4'].includes(method) ? { step: 0.05 } : {}
      const common = { method, ...step }
      const crossing = { fn: (_t: number, y: FloatArray) => y[0]! }
      const results = [
        solve(common),
        solve({ ...common, save: 'last' }),
        solve({ ...common, tEval: [0, 0.3, 4, 8], denseOutput: true, events: [crossing] }),
        solve({ ...common, denseOutput: true, events: { ...crossing, terminal: 2 } }),
        solve({ ...common, denseOutput: true, maxSteps: 3 }),
        solveIvp(pendulum, [0, 0], y0(), { ...common, inPlace: true }),
      ]
      for (const { sol, y, ...rest } of results) {
        assert.isAbove(assertOwnBuffers(rest) + assertOwnBuffers(y, 'y'), 0)
        if (sol === null) continue
        const { ts } = sol
        const dense = sol.interpolants.map((interpolant) => interpolant.at(interpolant.t))
        assert.isAbove(assertOwnBuffers({ ts, dense, one: sol(0.1), many: sol([0.1, 0.2]) }, 'sol'), 4)
      }
      assert.equal(results[2]!.yEvents![0]!.length > 1, true)
    })

    it.each(METHOD_NAMES)('%s: what `onStep` gets is a copy that can be kept', (method) => {
      const step = ['Euler', 'Midpoint', 'Heun', 'RK4'].includes(method) ? { step: 0.05 } : {}
      const kept: FloatArray[] = []
      let snapshot: Snapshot | null = null
      const onStep = (info: { y: FloatArray; snapshot(): Snapshot }): void => {
        kept.push(info.y)
        if (kept.length === 2) snapshot = info.snapshot()
      }
      const { states } = solve({ method, ...step, onStep })
      assert.equal(assertOwnBuffers(kept), kept.length)
      assert.deepEqual(kept, states.slice(1))
      // Nor is it the very array of the result
      kept.forEach((y, i) => assert.notEqual(y, states[i + 1]))
      const rest = resume(pendulum, snapshot!, { inPlace: true })
      assert.isAbove(assertOwnBuffers({ ...rest }), 2)
    })

    it.each([RK23, RK45, DOP853, Radau, BDF, LSODA])('of a solver object: $method', (Solver) => {
      const solver = new Solver(pendulum, 0, y0(), 8, { inPlace: true })
      const found: unknown[] = [solver.y]
      for (const step of solver) found.push(step, solver.y, solver.denseOutput().at(step.t))
      found.push(solver.y, solver.denseOutput().at(8))
      solver.dispose()
      found.push(solver.y)
      assert.isAbove(assertOwnBuffers(found), 10)
    })
  },
)
