import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, resume, solveIvp, type MethodName } from '../../src/index.ts'
import { StepwiseSolve } from '../../src/ivp/stepwiseSolve.ts'

const METHODS: MethodName[] = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA', 'RK4']

const pendulum = (_t: number, y: Float64Array, dydt: Float64Array): void => {
  dydt[0] = y[1]!
  dydt[1] = -Math.sin(y[0]!)
}
const start = (): Float64Array => Float64Array.of(2, 0)
const crossings = { fn: (_t: number, y: Float64Array): number => y[0]!, terminal: 3 }

describe('a solve step by step', () => {
  it.each(METHODS)('%s gives the result of solveIvp, whatever its options', (method) => {
    fc.assert(
      fc.property(
        fc.constantFrom({}, { tEval: [0, 0.3, 4] }, { denseOutput: true }, { save: 'last' as const }),
        fc.constantFrom({}, { events: crossings }, { maxSteps: 5 }),
        (output, bound) => {
          const step = method === 'RK4' ? { step: 0.05 } : {}
          const options = { inPlace: true, method, rtol: 1e-5, ...step, ...output, ...bound } as const
          const solve = new StepwiseSolve(pendulum, [0, 12], start(), options)
          while (solve.isRunning) solve.step()
          const result = solve.end()
          solve.release()
          const whole = solveIvp(pendulum, [0, 12], start(), options)
          assert.deepEqual({ ...result, sol: null }, { ...whole, sol: null })
          if (whole.sol !== null) assert.deepEqual(result.sol!(1.7), whole.sol(1.7))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('evaluates nothing before it is asked to', () => {
    let calls = 0
    const counting = (t: number, y: Float64Array, dydt: Float64Array): void => {
      calls++
      pendulum(t, y, dydt)
    }
    const solve = new StepwiseSolve(counting, [0, 12], start(), { inPlace: true })
    assert.equal(calls, 2)
    const { t } = solve
    solve.step()
    assert.deepEqual([solve.tOld, solve.nsteps, solve.nfev], [t, 1, calls])
    assert.equal(calls, 2 + 6 * (1 + solve.nrejected))
    solve.release()
  })

  it('ended early it is aborted, with what there is and a snapshot that goes on bit for bit', () => {
    const options = { inPlace: true, rtol: 1e-6 } as const
    const solve = new StepwiseSolve(pendulum, [0, 12], start(), options)
    for (let i = 0; i < 7; i++) solve.step()
    const { failure, states, nsteps } = solve.end()
    solve.release()
    assert.equal(failure!.kind, 'aborted')
    assert.equal(nsteps, 7)
    const rest = resume(pendulum, failure!.snapshot!, { inPlace: true })
    const whole = solveIvp(pendulum, [0, 12], start(), options)
    assert.deepEqual([...states, ...rest.states], whole.states)
  })

  it('refuses bad options before the first evaluation, and passes on what the function throws', () => {
    const broken = (): void => {
      throw new RangeError('no')
    }
    const begin = (rtol: number) => () => new StepwiseSolve(broken, [0, 1], start(), { inPlace: true, rtol })
    assert.throws(begin(-1), IvpInputError)
    assert.throws(begin(1e-3), RangeError)
  })
})
