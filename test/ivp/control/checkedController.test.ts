import { assert, describe, it } from 'vitest'
import { RK45, resume, solveIvp, type StepController } from '../../../src/index.ts'
import { refusal } from '../refusal.ts'

const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]

const WRONG: ReadonlyArray<readonly [verdict: unknown, received: string, expected: RegExp]> = [
  [undefined, 'undefined', /must return \{ accept, factor \}/],
  [true, 'true', /must return \{ accept, factor \}/],
  [{}, 'undefined', /`accept`, true or false/],
  [{ accept: 1, factor: 1 }, '1', /`accept`, true or false/],
  [{ accept: true }, 'undefined', /positive and finite/],
  [{ accept: true, factor: NaN }, 'NaN', /positive and finite/],
  [{ accept: true, factor: Infinity }, 'Infinity', /positive and finite/],
  [{ accept: false, factor: 0 }, '0', /positive and finite/],
  [{ accept: false, factor: -0.5 }, '-0.5', /positive and finite/],
  [{ accept: true, factor: '1' }, "'1'", /positive and finite/],
  [{ accept: false, factor: 1 }, '1', /below 1 with a rejection/],
  [{ accept: false, factor: 2 }, '2', /below 1 with a rejection/],
]

describe('a controller of the user', () => {
  it.each(WRONG)('that returns %o is named at that call, however late', (verdict, received, expected) => {
    for (const after of [0, 3]) {
      let calls = 0
      const controller: StepController = {
        judge: () => (++calls > after ? (verdict as never) : { accept: true, factor: 1 }),
      }
      for (const method of ['RK23', 'RK45', 'DOP853'] as const) {
        calls = 0
        const error = refusal(() => solveIvp(f, [0, 1], [1], { method, controller, maxStep: 0.01 }))
        assert.deepEqual([error.option, error.received, calls], ['controller', received, after + 1])
        assert.match(error.message, expected)
      }
      calls = 0
      const solver = new RK45(f, 0, [1], 1, { controller, maxStep: 0.01 })
      assert.equal(
        refusal(() => {
          for (;;) solver.step()
        }).option,
        'controller',
      )
    }
  })

  it('keeps its `this` and its verdicts', () => {
    class Own implements StepController {
      readonly limit = 1
      judged = 0
      judge({ errorNorm }: { errorNorm: number }): { accept: boolean; factor: number } {
        this.judged++
        return { accept: errorNorm < this.limit, factor: errorNorm < this.limit ? 1.2 : 0.5 }
      }
    }
    const controller = new Own()
    const { nsteps, nrejected, failure } = solveIvp(f, [0, 200], [1], { controller, maxSteps: 40 })
    assert.equal(controller.judged, nsteps + nrejected)
    const rest = resume(f, failure?.snapshot ?? assert.fail('ended'), { controller })
    assert.isTrue(rest.success)
    assert.equal(controller.judged, rest.nsteps + rest.nrejected)
  })

  it.each(['Radau', 'BDF', 'LSODA', 'RK4'] as const)('has no effect on %s, which says so', (method) => {
    const controller = { judge: () => assert.fail('was asked') }
    const { warnings } = solveIvp(f, [0, 1], [1], {
      method,
      controller,
      ...(method === 'RK4' ? { step: 0.1 } : {}),
    })
    assert.deepEqual(warnings, [`\`controller\` has no effect on ${method}.`])
  })
})
