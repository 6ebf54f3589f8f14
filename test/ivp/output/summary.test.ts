import { inspect } from 'node:util'
import { assert, describe, expect, it } from 'vitest'
import { solveIvp } from '../../../src/index.ts'
import type { IvpResult } from '../../../src/index.ts'

const oscillator = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]
const shown = (result: IvpResult): string => inspect(result, { colors: false })

const RESULTS: ReadonlyArray<readonly [name: string, result: IvpResult]> = [
  ['small', solveIvp(oscillator, [0, 10], [1, 0], { denseOutput: true })],
  [
    'with events',
    solveIvp(oscillator, [0, 10], [1, 0], {
      events: Array.from({ length: 9 }, (_, i) => (_t: number, y: ArrayLike<number>) => y[0]! - i / 7),
    }),
  ],
  [
    'of a large state with long numbers',
    solveIvp(
      (_t, y) => y.map((x) => -x),
      [0, 1e-200],
      Float64Array.from({ length: 1e5 }, (_, i) => -1.2345e-300 * i),
      {
        rtol: 1e-20,
        events: (_t, y) => y[7]!,
      },
    ),
  ],
  ['failed', solveIvp((_t, y) => [y[0]! ** 2], [0, 2], [1])],
  ['ended by maxSteps', solveIvp(oscillator, [0, 10], [1, 0], { maxSteps: 2, minStep: 1 })],
  ['without times', solveIvp(oscillator, [0, 10], [1, 0], { tEval: [] })],
  ['of an empty state', solveIvp(() => [], [0, 10], [])],
  ['in single precision', solveIvp(oscillator, [0, 10], Float32Array.of(1, 0))],
]

describe.each(RESULTS)('a printed result, %s', (_, result) => {
  it('has at most 80 columns and 50 lines, names aligned as scipy prints them', () => {
    const lines = shown(result).split('\n')
    for (const line of lines) assert.isAtMost(line.length, 80)
    assert.isAtMost(lines.length, 50)
    const named = lines.filter((line) => /^ *[a-zA-Z]+: /.test(line) && !line.startsWith('         '))
    assert.isAtLeast(named.length, 11)
    assert.equal(new Set(named.map((line) => line.indexOf(':'))).size, 1)
  })

  it('says nothing to a spread, to Object.keys or to a comparison', () => {
    const copy = { ...result }
    assert.deepEqual(Object.getOwnPropertySymbols(copy), [])
    assert.deepEqual(Object.keys(copy), Object.keys(result))
    expect(copy).toEqual(result)
    assert.include(inspect(copy), 'tEnd')
  })
})

describe('a printed result', () => {
  it('shows values, shapes, failure and warnings', () => {
    const text = shown(solveIvp(oscillator, [0, 10], [1, 0], { maxSteps: 3, minStep: 1, save: 'last' }))
    assert.equal(
      text,
      [
        '  message: The number of steps reached `maxSteps` before the end of the',
        '           integration interval.',
        '  success: false',
        '   status: -1',
        '        t: (1) [0.1109]',
        '        y: (2, 1)',
        '           [[0.9939],',
        '            [-0.1107]]',
        '      sol: null',
        '  tEvents: null',
        '  yEvents: null',
        '     nfev: 20',
        '     njev: 0',
        '      nlu: 0',
        '  failure: maxSteps at t = 0.11088911088911087',
        '           Raise maxSteps, loosen the tolerances, or continue from the snapshot',
        '           in `failure` with `resume`.',
        '           `resume` goes on from failure.snapshot',
        ' warnings: `minStep` has no effect on RK45.',
      ].join('\n'),
    )
  })

  it('does not build y', () => {
    const large = solveIvp((_t, y) => y.map((x) => -x), [0, 1], new Float64Array(10), {
      tEval: Float64Array.from({ length: 1000 }, (_, i) => i / 999),
    })
    const rows = large.states.length * large.states[0]!.length
    let reads = 0
    const counting = large.states.map(
      (state) =>
        new Proxy(state, {
          get: (target, key) => {
            if (typeof key === 'string' && /^\d+$/.test(key)) reads++
            return Reflect.get(target, key) as unknown
          },
        }),
    )
    large.states.forEach((_, j) => ((large.states as Float64Array[])[j] = counting[j]!))
    shown(large)
    assert.isAbove(reads, 0)
    assert.isBelow(reads, rows / 10)
  })

  it('is one word where nothing more is asked for', () => {
    const result = solveIvp(oscillator, [0, 1], [1, 0])
    assert.equal(inspect(result, { depth: -1 }), '[IvpResult]')
    assert.include(inspect({ a: [result] }), 'success: true')
  })
})
