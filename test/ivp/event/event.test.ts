import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { assert, describe, it } from 'vitest'
import { Radau, resume, solveIvp } from '../../../src/index.ts'
import type { FloatArray, IvpResult } from '../../../src/index.ts'
import { METHOD_NAMES, stepFor } from '../everyMethod.ts'

const UNITS = [1e-18, 1e-15, 1e-9, 1e-3, 1, 1e3, 1e12]

describe.each(METHOD_NAMES)('with %s', (method) => {
  it.each(UNITS)('event times scale with the unit of time: %s s', (unit) => {
    for (const direction of [1, -1]) {
      const t1 = direction * 3 * unit
      const result = solveIvp(() => [direction / unit], [0, t1], [0], {
        method,
        ...stepFor(method, unit / 7),
        events: [{ fn: (_, y) => y[0]! - 0.1 }, { fn: (_, y) => y[0]! - 1, terminal: true }],
      })
      assert.equal(result.status, 1)
      const [[first], [last]] = result.tEvents as unknown as [number[], number[]]
      // Rounding of the steps before, and of the interpolant
      assert.closeTo(first! / unit, direction * 0.1, 1e-13)
      assert.closeTo(last! / unit, direction, 1e-13)
    }
  })

  it.each([Float64Array, Float32Array])(
    'a write into y by an event or onStep does no harm and is told once: %s',
    (Type) => {
      const y0 = Type.of(1, 0) as FloatArray
      const options = {
        method,
        ...stepFor(method, 0.01),
        denseOutput: true,
      }
      const f = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]
      const good = solveIvp(f, [0, 5], y0, {
        ...options,
        onStep: () => {},
        events: [{ fn: (_t, y) => y[0]! }, { fn: (_t, y) => y[1]!, terminal: 2 }],
      })
      assert.deepEqual(good.warnings, [])
      const bad = solveIvp(f, [0, 5], y0, {
        ...options,
        onStep: ({ y }) => void (y[0] = 7),
        events: [
          { fn: (_t, y) => y[0]! },
          {
            fn: (_t, y) => {
              const value = y[1]!
              y.fill(NaN)
              return value
            },
            terminal: 2,
          },
        ],
      })
      assert.deepEqual([...bad.t], [...good.t])
      assert.deepEqual(bad.states, good.states as never)
      assert.deepEqual(bad.yEvents, good.yEvents as never)
      assert.deepEqual(bad.tEvents, good.tEvents as never)
      assert.equal(bad.warnings.length, 2)
      assert.match(bad.warnings[0]!, /^events\[1\] wrote into y: .*no effect on the solve; return/)
      assert.match(bad.warnings[1]!, /^`onStep` wrote into y/)
    },
  )
})

describe('the state that a function sees', () => {
  it('is a copy for `jac` too, and a write is told once', () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]! * y[1]!, y[0]! - y[1]!]
    for (const method of ['Radau', 'BDF', 'LSODA'] as const) {
      for (const y0 of [Float64Array.of(1, 2), Float32Array.of(1, 2)] as FloatArray[]) {
        const jac = (y: FloatArray): number[][] => [
          [-y[1]!, -y[0]!],
          [1, -1],
        ]
        const run = (writes: boolean): IvpResult =>
          solveIvp(f, [0, 50], y0, {
            method,
            jac: (_t, y) => {
              const rows = jac(y)
              if (writes) y[1] = 5
              return rows
            },
          })
        const good = run(false)
        const bad = run(true)
        assert.isAbove(good.njev, 0)
        assert.deepEqual(bad.states, good.states)
        assert.deepEqual(good.warnings, [])
        assert.equal(bad.warnings.length, 1)
        assert.match(bad.warnings[0]!, /^`jac` wrote into y: .*return the matrix/)
      }
    }
    const solver = new Radau(f, 0, [1, 2], 1, {
      jac: (_t, y) => [
        [(y[0] = 0), 0],
        [0, 0],
      ],
    })
    assert.equal(solver.warnings.length, 1)
  })

  it('is a copy at a root, where only there it is written to', () => {
    const { warnings, yEvents } = solveIvp(() => [1], [0, 1], [0], {
      firstStep: 1,
      events: (t, y) => {
        const value = y[0]! - 0.3
        if (t > 0 && t < 1) y[0] = 9
        return value
      },
    })
    assert.closeTo(yEvents![0]![0]![0]!, 0.3, 1e-12)
    assert.deepEqual(warnings.length, 1)
  })

  it('is a copy of large states, and a write to one component is found within n / 64 calls', () => {
    const n = 1000
    const { warnings, states, nsteps } = solveIvp(
      (_t, y) => y.map((x) => -x),
      [0, 1],
      new Float64Array(n).fill(1),
      {
        maxStep: 0.05,
        events: (_t, y) => {
          y[n - 1] = 100
          return 1
        },
      },
    )
    assert.isAtLeast(nsteps, Math.ceil(n / 64))
    assert.equal(warnings.length, 1)
    assert.closeTo(states.at(-1)![n - 1]!, Math.exp(-1), 1e-3)
  })

  it('is a copy after `resume` too', () => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]
    const events = (_t: number, y: FloatArray): number => {
      y[0] = 5
      return 1
    }
    const first = solveIvp(f, [0, 3], [1], { events, maxSteps: 2 })
    const rest = resume(f, first.failure!.snapshot!, { events })
    assert.equal(first.warnings.length, 1)
    assert.equal(rest.warnings.length, 1)
    assert.closeTo(rest.states.at(-1)![0]!, Math.exp(-3), 1e-2)
  })
})

describe('a crossing of a wave', () => {
  it.each([1e-15, 1, 1e12])('is found as exactly with a period of %s s', (period) => {
    const w = (2 * Math.PI) / period
    const { tEvents } = solveIvp((_t, y) => [w * y[1]!, -w * y[0]!], [0, 3 * period], [1, 0], {
      rtol: 1e-11,
      atol: 1e-12,
      events: (_t, y) => y[0]!,
    })
    assert.equal(tEvents![0]!.length, 6)
    tEvents![0]!.forEach((t, i) => assert.closeTo(t / period, 0.25 + i / 2, 1e-9))
  })
})

describe('a step without an event', () => {
  it('allocates nothing: what remains is the time and the value that V8 boxes for each call', () => {
    const script = fileURLToPath(new URL('./bytesPerStep.ts', import.meta.url))
    const flags = ['--single-threaded', '--min-semi-space-size=128', '--max-semi-space-size=128']
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, script], { encoding: 'utf8' })
    const rows = stdout.split('\n').filter((line) => line !== '')
    assert.equal(rows.length, 3, stderr)
    for (const row of rows) {
      const { nEvents, bytes } = JSON.parse(row) as { nEvents: number; bytes: number }
      assert.isBelow(bytes, nEvents * 2 * 16 + 1.6, `${nEvents} events`)
    }
  })
})
