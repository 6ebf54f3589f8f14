import { assert, describe, it } from 'vitest'
import { resume, solveIvp, type FloatArray } from '../../src/index.ts'
import { StepwiseSolve } from '../../src/ivp/stepwiseSolve.ts'
import { METHOD_NAMES } from './everyMethod.ts'

const f = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]

describe.each(METHOD_NAMES)('the end of a solve by %s', (method) => {
  const common = { method, ...(['Euler', 'Midpoint', 'Heun', 'RK4'].includes(method) ? { step: 0.01 } : {}) }

  it.each([Float64Array.of(1, 0), Float32Array.of(1, 0)] as FloatArray[])(
    'is tEnd and yEnd, whatever was kept',
    (y0) => {
      const all = solveIvp(f, [0, 3], y0, common)
      assert.equal(all.tEnd, 3)
      assert.strictEqual(all.yEnd, all.states.at(-1))
      const last = solveIvp(f, [0, 3], y0, { ...common, save: 'last' })
      assert.strictEqual(last.yEnd, last.states[0])
      assert.deepEqual(last.yEnd, all.yEnd)
      for (const tEval of [[], [1], [1, 3]]) {
        const some = solveIvp(f, [0, 3], y0, { ...common, tEval })
        assert.equal(some.tEnd, 3)
        assert.deepEqual(some.yEnd, all.yEnd)
      }
      const back = solveIvp(f, [0, -3], y0, { ...common, tEval: [-1] })
      assert.equal(back.tEnd, -3)
    },
  )

  it('is that of the event, of the last good step, or of the part after a snapshot', () => {
    const y0 = Float64Array.of(1, 0)
    const event = { fn: (_t: number, y: ArrayLike<number>) => y[0]! - 0.5, terminal: true }
    for (const tEval of [undefined, [0.1]]) {
      const ended = solveIvp(f, [0, 3], y0, { ...common, tEval, events: event })
      assert.equal(ended.tEnd, ended.tEvents![0]![0])
      assert.closeTo(ended.tEnd, Math.PI / 3, 0.02)
      assert.deepEqual(ended.yEnd, ended.yEvents![0]![0]!)
      const part = solveIvp(f, [0, 3], y0, { ...common, tEval, maxSteps: 3 })
      assert.equal(part.tEnd, part.failure!.t)
      const rest = resume(f, part.failure!.snapshot!, { maxSteps: 1 })
      assert.isAbove(rest.tEnd, part.tEnd)
      assert.equal(rest.yEnd.length, 2)
    }
  })

  it('outlives the solve: its memory is not the next one’s', () => {
    const first = solveIvp(f, [0, 3], [1, 0], { ...common, tEval: [] })
    const kept = [...first.yEnd]
    solveIvp(f, [0, 3], [5, 5], { ...common, tEval: [] })
    assert.deepEqual([...first.yEnd], kept)
  })
})

it('a stepwise solve that is ended early has its end too', () => {
  const solve = new StepwiseSolve<Float64Array>(
    (_t, y, dydt) => void (dydt[0] = -y[0]!),
    [0, 10],
    Float64Array.of(1),
    { inPlace: true, tEval: [9] },
  )
  solve.step()
  const { t } = solve
  const result = solve.end()
  solve.release()
  assert.equal(result.tEnd, t)
  assert.closeTo(result.yEnd[0]!, Math.exp(-t), 1e-5)
})
