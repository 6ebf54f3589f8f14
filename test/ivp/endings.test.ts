import { assert, describe, it } from 'vitest'
import { IvpInputError, RK45, makeErk, resume, solveIvp, type Snapshot } from '../../src/index.ts'
import { ADAPTIVE, EVERY_METHOD } from './everyMethod.ts'

/** A right-hand side that gives up: what would never end fails here instead. */
function counted<A extends unknown[]>(f: (...args: A) => number[], most = 200_000): (...args: A) => number[] {
  let calls = 0
  return (...args) => {
    if (++calls > most) throw new Error(`no end after ${most} evaluations`)
    return f(...args)
  }
}

const ofLength = (n: number, value: number): number[] => Array.from({ length: n }, () => value)

describe.each(ADAPTIVE)('%s comes to an end', (method) => {
  it('where the solution leaves the domain of the right-hand side', () => {
    const roots = [
      (_t: number, y: ArrayLike<number>): number[] => [Math.sqrt(1 - y[0]!) + 0.1],
      (_t: number, y: ArrayLike<number>): number[] => [Math.sqrt(1 - y[0]! ** 2) + 0.1],
      (t: number): number[] => [t > 0.5 ? NaN : 1],
    ]
    for (const f of roots) {
      for (const y0 of [new Float64Array(1), new Float32Array(1)] as Float64Array[]) {
        const result = solveIvp(counted(f), [0, 2], y0, { method })
        const kinds = y0 instanceof Float32Array ? ['nonFinite', 'stepTooSmall'] : ['nonFinite']
        assert.include(kinds, result.failure!.kind)
        assert.isBelow(result.nsteps, 2000)
      }
    }
  })

  it('in single precision, where steps do not change the state any more', () => {
    const result = solveIvp(
      counted(() => [1e37]),
      [0, 100],
      new Float32Array(1),
      { method },
    )
    assert.equal(result.failure?.kind, 'nonFinite')
    assert.isBelow(result.nsteps, 2000)
  })

  it.each([
    ['at rest', (): number[] => [0, 0]],
    ['decaying', (_t: number, y: ArrayLike<number>): number[] => [-y[0]!, -y[1]!]],
    ['growing with t', (): number[] => [1, 0]],
  ])('on the way to an infinite t1, %s', (_, f) => {
    for (const y0 of [Float64Array.of(1, 1), Float32Array.of(1, 1)] as Float64Array[]) {
      for (const save of ['steps', 'last'] as const) {
        const result = solveIvp(counted(f, 1e6), [0, Infinity], y0, { method, save, maxSteps: 5000 })
        assert.equal(result.status, -1)
        assert.include(['maxSteps', 'nonFinite'], result.failure!.kind)
        assert.isTrue(Number.isFinite(result.tEnd) && Number.isFinite(result.failure!.t))
        assert.isTrue(result.t.every(Number.isFinite))
      }
    }
  })

  it('after spans of any length, where t1 is', () => {
    for (const scale of [1e-300, 1e-200, 1e-162, 1e-100, 1e-18, 1, 1e18, 1e100, 1e200, 1e300]) {
      for (const direction of [1, -1]) {
        const t1 = direction * scale
        const f = (t: number): number[] => [Math.cos(t / t1) / t1]
        const result = solveIvp(counted(f), [0, t1], [0], { method, maxSteps: 5000 })
        if (!result.success) continue
        assert.equal(result.tEnd, t1)
        assert.closeTo(result.yEnd[0]!, Math.sin(1), 0.02, `${scale}`)
      }
    }
  })

  it('far from zero as near it, or says so', () => {
    for (const t0 of [1.7e12, -1.7e12, 1e6]) {
      for (const span of [1, 10, 1e3, 1e5]) {
        for (const rate of [1, 5]) {
          const k = rate / span
          const length = t0 + span - t0
          const f = (_t: number, y: ArrayLike<number>): number[] => [k * y[1]!, -k * y[0]!]
          const given = { method, rtol: 1e-5, atol: 1e-8, denseOutput: true }
          const far = solveIvp(counted(f), [t0, t0 + span], [1, 0], given)
          if (!far.success) {
            assert.match(far.failure!.advice, /relative to the start/)
            continue
          }
          const near = solveIvp(f, [0, length], [1, 0], given)
          const error = (y: ArrayLike<number>): number =>
            Math.max(Math.abs(y[0]! - Math.cos(k * length)), Math.abs(y[1]! + Math.sin(k * length)))
          assert.equal(far.tEnd, t0 + span)
          assert.isBelow(error(far.yEnd), 5 * error(near.yEnd) + 1e-5)
          assert.closeTo(far.sol!(t0)[0]!, 1, 1e-6)
        }
      }
    }
  })
})

describe.each(EVERY_METHOD)('an empty interval, $method', (options) => {
  it('makes no call that is not counted, beside those for finite differences', () => {
    for (const n of [0, 1, 3]) {
      for (const jac of [undefined, Array.from({ length: n }, () => ofLength(n, 0))]) {
        if (jac !== undefined && !['Radau', 'BDF', 'LSODA'].includes(options.method)) continue
        let calls = 0
        const f = (): number[] => {
          calls++
          return ofLength(n, 1)
        }
        const result = solveIvp(f, [1, 1], new Float64Array(n), { ...options, ...(jac && { jac }) })
        const forJacobian = jac === undefined && ['Radau', 'BDF'].includes(options.method) ? n : 0
        assert.isAtMost(calls - result.nfev, 2 * forJacobian)
        assert.isAtLeast(calls, result.nfev)
        if (forJacobian === 0) assert.equal(calls, result.nfev)
      }
    }
  })

  it('goes on from a snapshot with its counters', () => {
    for (const n of [0, 2]) {
      const snapshots: Snapshot[] = []
      const f = (): number[] => ofLength(n, 1)
      const onStep = (step: { snapshot(): Snapshot }): void => void snapshots.push(step.snapshot())
      const whole = solveIvp(f, [1, 1], new Float64Array(n), { ...options, onStep })
      const rest = resume(f, JSON.parse(JSON.stringify(snapshots.at(-1)!)) as Snapshot)
      assert.deepEqual(
        [rest.nfev, rest.njev, rest.nlu, rest.nsteps, rest.status],
        [whole.nfev, whole.njev, whole.nlu, whole.nsteps, whole.status],
      )
    }
  })
})

describe.each(EVERY_METHOD)('a solve that a terminal event ended, $method', (options) => {
  it('stays ended when it goes on from its last snapshot', () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]
    for (const y0 of [Float64Array.of(1, 0), Float32Array.of(1, 0)] as Float64Array[]) {
      for (const denseOutput of [true, false]) {
        const events = { fn: (t: number) => t - 0.3, terminal: true }
        let last: Snapshot | null = null
        let end = NaN
        const whole = solveIvp(f, [0, 1], y0, {
          ...options,
          events,
          denseOutput,
          onStep: ({ t, y, snapshot }) => {
            last = snapshot()
            end = t
            assert.deepEqual(Object.keys(y), ['0', '1'])
          },
        })
        assert.equal(whole.status, 1)
        assert.equal(end, whole.tEnd)
        const rest = resume(f, JSON.parse(JSON.stringify(last)) as Snapshot, { events, denseOutput } as never)
        assert.equal(rest.status, 1)
        assert.equal(rest.tEnd, whole.tEnd)
        assert.deepEqual(Array.from(rest.yEnd), Array.from(whole.yEnd))
        assert.deepEqual([rest.nfev, rest.nsteps, rest.message], [whole.nfev, whole.nsteps, whole.message])
        assert.isEmpty(Array.from(rest.t))
      }
    }
  })
})

it('takes BDF for non-stiff systems as seldom in single precision as in double, by LSODA', () => {
  let seed = 12345
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647
  const taken = { Float64Array: 0, Float32Array: 0 }
  const SYSTEMS = 400
  for (let k = 0; k < SYSTEMS; k++) {
    const n = 1 + Math.floor(random() * 4)
    const a = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (random() * 2 - 1) * 2 - (i === j ? 1 : 0)),
    )
    const f = (_t: number, y: ArrayLike<number>): number[] =>
      a.map((row) => row.reduce((sum, x, j) => sum + x * y[j]!, 0))
    const y0 = Array.from({ length: n }, () => random() * 2 - 1)
    const t1 = 1 + random() * 9
    const rtol = 10 ** (-2 - 2.5 * random())
    for (const type of [Float64Array, Float32Array] as const) {
      const start = type.from(y0) as Float64Array
      const { nlu } = solveIvp(f, [0, t1], start, { method: 'LSODA', rtol, atol: rtol * 1e-3 })
      if (nlu > 0) taken[type.name as keyof typeof taken]++
    }
  }
  assert.isAtMost(taken.Float32Array, 1.2 * taken.Float64Array + 5)
  assert.isBelow(taken.Float64Array, SYSTEMS / 5)
})

describe('equal steps', () => {
  it('are one where they are longer than the span, however much', () => {
    for (const method of ['Euler', 'RK4'] as const) {
      for (const [t1, step] of [
        [1e-300, 1e300],
        [6e-323, 1e300],
        [1, 5],
      ] as const) {
        const result = solveIvp(() => [1], [0, t1], [0], { method, step, maxSteps: 10 })
        assert.deepEqual(Array.from(result.t), [0, t1])
        assert.equal(result.status, 0)
      }
    }
  })

  it('below the spacing of t are refused by name, with the cure', () => {
    const start = 1.7e12
    assert.throws(
      () => solveIvp(() => [1], [start, start + 1], [0], { method: 'RK4', step: 1e-5 }),
      IvpInputError,
      /relative to/,
    )
    assert.isTrue(solveIvp(() => [1], [0, 1], [0], { method: 'RK4', step: 1e-3 }).success)
  })
})

describe('a controller', () => {
  const all = { judge: () => ({ accept: true, factor: 1 }) }
  it('cannot accept what is not finite', () => {
    for (const method of ['RK23', 'RK45', 'DOP853'] as const) {
      const result = solveIvp(
        counted((_t: number, y: ArrayLike<number>) => [y[0]! ** 2]),
        [0, 2],
        [1],
        {
          method,
          controller: all,
          firstStep: 0.01,
          denseOutput: true,
        },
      )
      assert.equal(result.status, -1)
      assert.isTrue(result.states.every((y) => Number.isFinite(y[0])))
    }
  })
})

it('rejects a derivative that is not finite at the end of a step, whatever its weight in the error', () => {
  // The error of this pair does not look at f at the new point
  const pair = makeErk({
    name: 'Heun-Euler',
    order: 2,
    c: [0, 1],
    a: [[], [1]],
    b: [1 / 2, 1 / 2],
    error: { kind: 'embedded', order: 1, e: [-1 / 2, 1 / 2, 0] },
    dense: { kind: 'hermite' },
  })
  const f = (_t: number, y: ArrayLike<number>): number[] => [Math.sqrt(1 - y[0]!) + 0.1]
  for (const method of [pair, 'DOP853' as const]) {
    const result = solveIvp(counted(f), [0, 2], [0], { method, denseOutput: true })
    assert.equal(result.failure?.kind, 'nonFinite')
    for (const y of result.states) assert.isTrue(Number.isFinite(f(0, y)[0]))
    assert.isTrue(Number.isFinite(result.sol!((result.t.at(-1)! + result.t.at(-2)!) / 2)[0]))
  }
})

it('DOP853 sees errors of derivatives so small or large that their squares are out of range', () => {
  for (const scale of [1e-200, 1e-160, 1e160, 1e200]) {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]! / scale, y[0]! / scale - y[1]! / scale]
    for (const norm of [
      undefined,
      [
        [0, 1],
        [1, 2],
      ] as const,
    ]) {
      // prettier-ignore
      const result = solveIvp(counted(f), [0, 5 * scale], [1, 0], { method: 'DOP853', rtol: 1e-8, atol: 1e-10, norm })
      assert.isTrue(result.success, `${scale} ${result.message}`)
      assert.closeTo(result.yEnd[0]!, Math.exp(-5), 1e-8)
      assert.closeTo(result.yEnd[1]!, 5 * Math.exp(-5), 1e-8)
    }
  }
})

it('names stiffness in a solver object too', () => {
  const solver = new RK45((_t, y) => [-1e4 * (y[0]! - 1)], 0, [0], 1)
  for (const _ of solver);
  assert.equal(solver.warnings.filter((text) => text.includes('stiff')).length, 1)
})

it('ends a solve of very many components by a failure as one of few', () => {
  const n = 200_000
  const rtol = new Float64Array(n).fill(1e-3)
  const f = (t: number, y: Float64Array): Float64Array => y.map((x) => (t > 0.5 ? NaN : -x))
  for (const method of ['RK23', 'Radau', 'BDF', 'LSODA'] as const) {
    const band = method === 'RK23' ? {} : { lband: 0, uband: 0 }
    const { failure } = solveIvp(f, [0, 1], new Float64Array(n).fill(1), {
      method,
      rtol,
      maxStep: 0.25,
      save: 'last',
      ...band,
    })
    assert.equal(failure?.kind, 'nonFinite')
    assert.equal(failure?.component, 0)
  }
})
