import { assert, describe, it } from 'vitest'
import { BDF, DOP853, IvpInputError, LSODA, OdeSolver, RK23, RK45, Radau, solveIvp } from '../../src/index.ts'

const decay = (_: number, y: ArrayLike<number>): number[] => [-y[0]!]

describe.each([RK23, RK45, DOP853, Radau, BDF])('$method as an object', (Solver) => {
  it('is stepped by hand as in scipy', () => {
    const solver = new Solver(decay, 0, [1], 5, { rtol: 1e-6 })
    assert.throws(() => solver.denseOutput(), IvpInputError, /call `step\(\)` first/)
    assert.isTrue(solver instanceof OdeSolver)
    assert.deepEqual(
      [solver.t, solver.tOld, solver.stepSize, solver.status, solver.n, solver.direction, solver.tBound],
      [0, null, null, 'running', 1, 1, 5],
    )
    assert.isNull(solver.step())
    assert.equal(solver.tOld, 0)
    assert.equal(solver.stepSize, solver.t)
    const dense = solver.denseOutput()
    while (solver.status === 'running') solver.step()
    assert.equal(solver.t, 5)
    assert.closeTo(solver.y[0]!, Math.exp(-5), 1e-5)
    assert.closeTo(dense.at(dense.t / 2)[0]!, Math.exp(-dense.t / 2), 1e-5)
    assert.throws(() => solver.step(), IvpInputError, /`status` must be 'running'.*received 'finished'/)
  })

  it('takes the steps of solveIvp, and is iterable', () => {
    const result = solveIvp(decay, [0, 5], [1], { method: Solver.method })
    const solver = new Solver(decay, 0, [1], 5)
    const steps = [...solver]
    assert.deepEqual(
      steps.map((step) => step.t),
      [...result.t].slice(1),
    )
    steps.forEach(({ y }, i) => assert.deepEqual(y, result.states[i + 1]!))
    assert.deepEqual([solver.nfev, solver.njev, solver.nlu], [result.nfev, result.njev, result.nlu])
    assert.deepEqual([solver.nsteps, solver.nrejected], [result.nsteps, result.nrejected])
  })

  it('keeps the element type of a float32 state', () => {
    const solver = new Solver(decay, 0, Float32Array.of(1), 1)
    for (const { y } of solver) assert.instanceOf(y, Float32Array)
    assert.closeTo(solver.y[0]!, Math.exp(-1), 1e-3)
  })

  it('gives copies of the state', () => {
    const solver = new Solver(decay, 0, [1], 5)
    solver.step()
    solver.y[0] = 1e9
    assert.isBelow(solver.y[0], 2)
  })

  it('fails by name: a non-finite start, a wrong length', () => {
    assert.equal(new Solver(() => [NaN], 0, [1], 5).failure?.kind, 'nonFinite')
    const solver = new Solver((t) => (t > 0.5 ? [1, 2] : [-1]), 0, [1], 5)
    while (solver.status === 'running') solver.step()
    assert.equal(solver.status, 'failed')
    assert.equal(solver.failure?.kind, 'wrongLength')
  })

  it('rejects what solveIvp rejects', () => {
    assert.throws(() => new Solver(decay, 0, [NaN], 5), IvpInputError, /y0/)
    assert.throws(() => new Solver(decay, 0, [1], 5, { rtol: -1 }), IvpInputError, /rtol/)
    assert.throws(() => new Solver(decay, 0, [1], 5, { tolerance: 1 } as never), IvpInputError, /tolerance/)
  })
})

it('takes a right-hand side that writes in place', () => {
  const solver = new RK45(
    (_t, y, dydt) => {
      dydt[0] = -y[0]!
    },
    0,
    Float64Array.of(1),
    1,
    { inPlace: true },
  )
  assert.closeTo([...solver].at(-1)!.y[0]!, Math.exp(-1), 1e-3)
})

describe('options that only a whole solve has', () => {
  it.each([
    ['events', () => 1],
    ['tEval', [0.5]],
    ['denseOutput', true],
    ['save', 'last'],
    ['maxSteps', 5],
    ['timeout', 5],
    ['onStep', () => {}],
    ['method', 'RK23'],
  ])('are refused by a solver object, not ignored: %s', (option, value) => {
    for (const Solver of [RK23, RK45, DOP853, Radau, BDF, LSODA])
      assert.throws(() => new Solver(() => [1], 0, [0], 1, { [option]: value }), IvpInputError, option)
  })
})
