import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, OdeSolver, RK45, resume, solveIvp, type Snapshot } from '../../src/index.ts'
import type { IvpResult, MethodName } from '../../src/index.ts'

const METHODS: MethodName[] = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA', 'RK4', 'Euler']

const isFixed = (method: MethodName): boolean => ['Euler', 'Midpoint', 'Heun', 'RK4'].includes(method)

/** Van der Pol's oscillator with a periodic force: not autonomous, changes its pace. */
const vanDerPol = (t: number, y: ArrayLike<number>): number[] => [
  y[1]!,
  3 * (1 - y[0]! ** 2) * y[1]! - y[0]! + 0.1 * Math.cos(t),
]

const throughText = (snapshot: Snapshot): Snapshot => JSON.parse(JSON.stringify(snapshot)) as Snapshot

const crossings = {
  fn: (_: number, y: ArrayLike<number>): number => y[0]!,
  terminal: 4,
  direction: 1,
}

describe('resume', () => {
  it.each(METHODS)('%s goes on bit for bit, with events pending and tEval', (method) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (after, isSingle, withTEval, isBackward) => {
          const y0 = isSingle ? Float32Array.of(2, 0.3) : Float64Array.of(2, 0.3)
          const tSpan: [number, number] = isBackward ? [1, -1] : [0, 40]
          const tEval = isBackward ? [0.9, 0.5, -0.3, -1] : [0.5, 3, 7.25, 30]
          const options = {
            method,
            rtol: 1e-5,
            ...(isFixed(method) ? { step: 0.01 } : {}),
            ...(withTEval ? { tEval } : { denseOutput: true }),
            events: crossings,
          }
          const taken: Snapshot[] = []
          let steps = 0
          let nBefore = 0
          const whole = solveIvp(vanDerPol, tSpan, y0, {
            ...options,
            onStep: ({ snapshot, t }) => {
              if (++steps !== after) return
              taken.push(throughText(snapshot()))
              nBefore = withTEval ? tEval.filter((at) => (isBackward ? at >= t : at <= t)).length : after + 1
            },
          })
          if (taken.length === 0) return
          const rest = resume(vanDerPol, taken[0]!, { events: crossings, denseOutput: !withTEval })
          assert.deepEqual([...rest.t], [...whole.t].slice(nBefore))
          rest.states.forEach((y, j) => assert.deepEqual(y, whole.states[nBefore + j] as never))
          assert.deepEqual(rest.tEvents![0], whole.tEvents![0]!.slice(-rest.tEvents![0]!.length || Infinity))
          assert.equal(rest.status, whole.status)
          assert.equal(rest.nfev, whole.nfev)
          assert.deepEqual([rest.nsteps, rest.nrejected], [whole.nsteps, whole.nrejected])
          if (rest.sol != null) {
            const inside = (rest.sol.tMin + rest.sol.tMax) / 2
            assert.deepEqual(rest.sol(inside), whole.sol!(inside) as never)
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('goes on after maxSteps, again and again, to the same end', () => {
    const options = { rtol: 1e-6 }
    const whole = solveIvp(vanDerPol, [0, 20], [2, 0], options)
    let part: IvpResult = solveIvp(vanDerPol, [0, 20], [2, 0], { ...options, maxSteps: 7 })
    const t = [...part.t]
    while (part.failure?.snapshot !== undefined) {
      assert.equal(part.failure.kind, 'maxSteps')
      part = resume(vanDerPol, throughText(part.failure.snapshot), { maxSteps: 7 })
      t.push(...part.t)
    }
    assert.equal(part.status, 0)
    assert.deepEqual(t, [...whole.t])
    assert.equal(part.nfev, whole.nfev)
  })

  it('takes snapshots of solver objects too, and makes one', () => {
    const solver = new RK45(vanDerPol, 0, [2, 0], 20)
    for (let i = 0; i < 5; i++) solver.step()
    const snapshot = throughText(solver.snapshot())
    const again = OdeSolver.resume(vanDerPol, snapshot)
    assert.deepEqual(again.denseOutput().at(again.t), solver.denseOutput().at(solver.t))
    while (solver.status === 'running') solver.step()
    while (again.status === 'running') again.step()
    assert.deepEqual(again.y, solver.y)
    assert.equal(again.nfev, solver.nfev)
    assert.deepEqual(resume(vanDerPol, snapshot).states.at(-1), solver.y)
  })

  it('keeps every option that decides numbers, and asks for the functions again', () => {
    const controller = { judge: () => ({ accept: true, factor: 1.1 }) }
    const { failure } = solveIvp((t, y, a: number) => [a * y[0]! + t], [0, 5], [1], {
      args: [-2],
      controller,
      firstStep: 0.1,
      maxSteps: 2,
      rtol: [1e-5],
    })
    const snapshot = throughText(failure!.snapshot!)
    const f = (t: number, y: Float64Array, a: number): number[] => [a * y[0]! + t]
    assert.throws(() => resume(f, snapshot, { args: [-2] }), IvpInputError, /`controller` was given/)
    assert.throws(() => resume(f, snapshot, { controller }), IvpInputError, /`args` was given/)
    assert.throws(
      () => resume(f, snapshot, { args: [-2], controller, rtol: 1 } as never),
      IvpInputError,
      /`rtol` is part of the snapshot/,
    )
    assert.isTrue(resume(f, snapshot, { args: [-2], controller }).success)
  })

  it('refuses what is not a snapshot', () => {
    const f = (): number[] => [1]
    const good = solveIvp(f, [0, 1], [0], { maxSteps: 1, maxStep: 0.1 }).failure!.snapshot!
    for (const bad of [null, {}, { ...good, format: 'other' }, { ...good, state: { $f64: 'AAA=' } }, '{}']) {
      assert.throws(() => resume(f, bad as never), IvpInputError, /snapshot/)
    }
  })
})
