import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, assert, describe, it, vi } from 'vitest'
import {
  BDF,
  DOP853,
  IvpInputError,
  LSODA,
  OdeSolver,
  RK23,
  RK45,
  Radau,
  resume,
  solveIvp,
  type FloatArray,
  type IvpOptions,
  type MethodName,
} from '../../src/index.ts'
import { NonFiniteInterpolant } from '../../src/ivp/nonFiniteInterpolant.ts'
import { createIntegrator } from '../../src/ivp/createIntegrator.ts'
import type { Integrator } from '../../src/ivp/integrator.ts'
import { prepare } from '../../src/ivp/resume.ts'
import { METHOD_NAMES } from './everyMethod.ts'

const EXPLICIT = [RK23, RK45, DOP853]
const CLASSES = [...EXPLICIT, Radau, BDF, LSODA]
const TYPES = [Float64Array, Float32Array]

/** A ring of springs with friction. */
const springs = (t: number, y: FloatArray, dydt: FloatArray): void => {
  const n = y.length
  for (let i = 0; i < n; i++) dydt[i] = y[(i + 1) % n]! - 1.5 * y[i]! + 0.1 * Math.sin(t + y[i]!)
}

const start = (type: typeof Float64Array | typeof Float32Array, n: number): FloatArray =>
  new type(n).fill(1).map((_, i) => Math.cos(i))

/** MB by which a process grows that makes 200 solvers in one synchronous loop. */
function growth(...args: ReadonlyArray<string>): number {
  const script = fileURLToPath(new URL('./peakMemory.ts', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  assert.match(stdout, /^\d+\n$/, stderr)
  return Number(stdout)
}

describe('200 solver objects of 100,000 components, made and dropped in one synchronous loop, do not pile up', () => {
  // Of one solver the vectors alone are 7.6 MB with RK45 and 14.5 MB with DOP853: 1.5 and 2.8 GB for all
  const BOUND = 600
  it.each([
    ['RK45', 'Float64Array', 'finished'],
    ['RK45', 'Float64Array', 'failed'],
    ['RK45', 'Float64Array', 'disposed'],
    ['RK45', 'Float64Array', 'abandoned'],
    ['DOP853', 'Float64Array', 'finished'],
  ])('%s, %s, %s', (...args) => {
    assert.isBelow(growth(...args), BOUND)
  })

  // Half as large
  it('RK45, Float32Array, abandoned', () => {
    assert.isBelow(growth('RK45', 'Float32Array', 'abandoned'), BOUND / 2)
  })
})

describe('an integrator that has given its memory back at its end answers with the same bits', () => {
  interface Answers {
    readonly t: number
    readonly y: FloatArray
    readonly status: string
    readonly dense: ReadonlyArray<FloatArray>
    readonly saved: unknown
    /** Evaluations for two interpolants. */
    readonly calls: number
  }
  function answersOf(integrator: Integrator<FloatArray>, count: () => number): Answers {
    const before = count()
    const { t, tOld, status } = integrator
    const dense: FloatArray[] = [0, 0.3, 1].flatMap((x) =>
      Array.from({ length: 2 }, () => {
        try {
          return integrator.denseOutput().at(tOld + x * (t - tOld))
        } catch (error) {
          // Where fun is not finite the interpolant has no values
          assert.instanceOf(error, NonFiniteInterpolant)
          return Float64Array.of(error.component)
        }
      }),
    )
    const calls = count() - before
    return { t, y: integrator.y.slice(), status, dense, saved: structuredClone(integrator.save()), calls }
  }

  /** Two of the same to the end; the one has given its memory back, and another solve may have got it. */
  function compare(
    method: MethodName,
    y0: FloatArray,
    fun: (t: number, y: FloatArray, dydt: FloatArray) => void,
    isWhole: boolean,
  ): void {
    const step = ['Euler', 'Midpoint', 'Heun', 'RK4'].includes(method) ? { step: 0.02 } : {}
    const band = { lband: 0, uband: 1 }
    const options = {
      method,
      inPlace: true,
      ...step,
      ...(['Radau', 'BDF', 'LSODA'].includes(method) ? band : {}),
    } as IvpOptions<FloatArray>
    const atEnd = (): { integrator: Integrator<FloatArray>; answers: () => Answers } => {
      const { problem, rhs } = prepare<FloatArray>(fun, [0, 0.1], y0, options)
      const integrator = createIntegrator(problem, rhs, true, false)
      integrator.start()
      while (integrator.status === 'running') integrator.step()
      assert.equal(integrator.status === 'finished', isWhole)
      return { integrator, answers: () => answersOf(integrator, rhs.count) }
    }
    const plain = atEnd()
    const settled = atEnd()
    settled.integrator.settle()
    const other = y0.map((v) => v + 1)
    for (const name of ['RK23', 'RK45', 'DOP853', 'BDF'] as const) {
      const own = { method: name, inPlace: true as const, denseOutput: true, ...(name === 'BDF' ? band : {}) }
      solveIvp(springs, [0, 0.1], other, own)
    }
    assert.deepEqual(settled.answers(), plain.answers())
    settled.integrator.settle()
    assert.deepEqual(settled.answers(), plain.answers())
    settled.integrator.release()
    plain.integrator.release()
  }

  describe.each(TYPES)('%o', (type) => {
    it.each(METHOD_NAMES)('%s, in the shared memory and in a memory of its own', (method) => {
      for (const n of [3, 20_000]) compare(method, start(type, n), springs, true)
    })

    it.each(METHOD_NAMES)('%s, failed', (method) => {
      const undefinedLater = (t: number, y: FloatArray, dydt: FloatArray): void => {
        springs(t, y, dydt)
        if (t > 0.05) dydt[1] = NaN
      }
      compare(method, start(type, 5), undefinedLater, false)
    })
  })
})

describe.each(CLASSES)('a solver object: $method', (Solver) => {
  const ended = (): OdeSolver<FloatArray> => {
    const solver = new Solver(springs, 0, start(Float64Array, 12), 3, { inPlace: true })
    while (solver.status === 'running') solver.step()
    return solver
  }
  const factsOf = (solver: OdeSolver<FloatArray>): unknown[] => {
    const { t, y, tOld, stepSize, status, n, nfev, njev, nlu, nsteps, nrejected, failure, warnings } = solver
    return [t, y, tOld, stepSize, status, n, nfev, njev, nlu, nsteps, nrejected, failure, warnings]
  }

  it('disposed after its end, or in the middle, still says where it stands', () => {
    const middle = new Solver(springs, 0, start(Float64Array, 12), 3, { inPlace: true })
    middle.step()
    middle.step()
    for (const solver of [middle, ended()]) {
      const facts = factsOf(solver)
      solver.dispose()
      solver[Symbol.dispose]()
      // Another solve may get the memory
      ended()
      assert.deepEqual(factsOf(solver), facts)
    }
  })

  it('disposed takes no step, and gives no interpolant and no snapshot', () => {
    const solver = new Solver(springs, 0, start(Float64Array, 12), 3, { inPlace: true })
    solver.step()
    solver.dispose()
    const calls = { step: () => solver.step(), denseOutput: () => solver.denseOutput(), snapshot: () => solver.snapshot() } // prettier-ignore
    for (const [name, call] of Object.entries(calls)) {
      assert.throws(
        call,
        IvpInputError,
        `\`${name}\` must be called before \`dispose()\`; received 'disposed'.`,
      )
    }
    assert.throws(() => [...solver], IvpInputError, '`step` must be called before `dispose()`')
  })

  it('left by `break` is stepped on', () => {
    const solver = new Solver(springs, 0, start(Float64Array, 12), 3, { inPlace: true })
    for (const { t } of solver) if (t > 0.5) break
    assert.equal(solver.status, 'running')
    while (solver.status === 'running') solver.step()
    assert.deepEqual(factsOf(solver), factsOf(ended()))
  })

  it('that fails in the midst of a step, by a wrong length, stands where it was', () => {
    const wrongLater = (t: number, y: FloatArray): number[] => Array.from(t > 1 ? [1] : y, (v) => -v)
    const solver = new Solver(wrongLater, 0, start(Float64Array, 12), 3)
    let last = solver.y
    while (solver.step() === null) last = solver.y
    ended()
    assert.equal(solver.failure!.kind, 'wrongLength')
    assert.deepEqual(solver.y, last)
    assert.throws(() => solver.step(), IvpInputError, "`status` must be 'running'")
  })

  it('a snapshot taken after the end is taken up', () => {
    const solver = ended()
    const again = OdeSolver.resume(springs, JSON.parse(JSON.stringify(solver.snapshot())), {
      inPlace: true,
    })
    assert.deepEqual(factsOf(again), factsOf(solver))
    const at = solver.t - 0.4 * solver.stepSize!
    assert.deepEqual(again.denseOutput().at(at), solver.denseOutput().at(at))
    assert.equal(resume(springs as never, again.snapshot(), { inPlace: true }).status, 0)
  })
})

describe('memories come back', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each(CLASSES)('at the end of a solve, not with the collector: $method', (Solver) => {
    const n = 40
    const matrix = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_z, j) => (i === j ? -1 - i : 0.1)),
    )
    const linear = (_t: number, y: FloatArray, dydt: FloatArray): void => {
      for (let i = 0; i < n; i++) dydt[i] = matrix[i]!.reduce((sum, a, j) => sum + a * y[j]!, 0)
    }
    const solve = (): void => {
      // The memory of small solves is one for all: these do not fit
      const size = EXPLICIT.includes(Solver as never) ? 40_000 : n
      const fun = size === n ? linear : springs
      for (const _ of new Solver(fun, 0, start(Float64Array, size), 2, { inPlace: true }));
    }
    solve()
    const made = vi.spyOn(WebAssembly, 'Memory')
    for (let i = 0; i < 4; i++) solve()
    assert.equal(made.mock.calls.length, 0)
  })

  it('when the start of a solver throws', () => {
    const broken = (): void => {
      throw new RangeError('mine')
    }
    const begin = () => new RK45(broken, 0, start(Float64Array, 40_000), 1, { inPlace: true })
    assert.throws(begin, RangeError, 'mine')
    const made = vi.spyOn(WebAssembly, 'Memory')
    assert.throws(begin, RangeError, 'mine')
    assert.equal(made.mock.calls.length, 0)
  })
})

it('an older browser, without Symbol.dispose, has solver objects too', async () => {
  const { dispose: _, ...known } = Object.getOwnPropertyDescriptors(Symbol)
  const { prototype: _p, ...older } = known
  vi.stubGlobal(
    'Symbol',
    Object.defineProperties(
      Object.assign((name: string) => name),
      { ...older, name: {} },
    ),
  )
  vi.resetModules()
  try {
    const { RK45: Again } = await import('../../src/ivp/solvers.ts')
    assert.equal(Symbol.dispose, undefined)
    const solver = new Again((_t, y) => [-y[0]!], 0, [1], 1)
    solver.step()
    solver.dispose()
    assert.throws(() => solver.step(), '`step` must be called before `dispose()`')
  } finally {
    vi.unstubAllGlobals()
  }
})
