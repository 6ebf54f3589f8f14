import { assert, describe, it } from 'vitest'
import { IvpInputError, RK45, resume, solveIvp, type MethodName } from '../../../src/index.ts'
import { StepwiseSolve } from '../../../src/ivp/stepwiseSolve.ts'
import { refusal } from '../refusal.ts'

const circular: unknown[] = [1]
circular.push(circular)

/** What comes where something else is meant. */
const VALUES: ReadonlyArray<readonly [name: string, value: unknown]> = [
  ['undefined', undefined],
  ['null', null],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-1', -1],
  ['0', 0],
  ['1.5', 1.5],
  ["'x'", 'x'],
  ["''", ''],
  ["'1'", '1'],
  ["'true'", 'true'],
  ['true', true],
  ['false', false],
  ['5n', 5n],
  ['a symbol', Symbol('s')],
  ['{}', {}],
  ['{ length: 1 }', { length: 1 }],
  ['{ length: 1e15 }', { length: 1e15 }],
  ['[]', []],
  ['[1]', [1]],
  ["['1']", ['1']],
  ['[[1], [2]]', [[1], [2]]],
  ['a hole', Object.assign([], { length: 1 })],
  ['two holes', Object.assign([], { length: 2 })],
  ['BigInt64Array [1n]', BigInt64Array.of(1n)],
  ['an array in itself', circular],
  ['a function', () => 1],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['a promise', Promise.resolve(1)],
  ['an AbortController', new AbortController()],
]

interface Row {
  readonly option: string
  readonly method?: MethodName
  /** Names of the values above that are right. */
  readonly right: ReadonlyArray<string>
  /** Not looked at here. */
  readonly skip?: ReadonlyArray<string>
}

const ABSENT = ['undefined', 'null']
const BOOLEANS = [...ABSENT, 'true', 'false']
const LISTS = VALUES.filter(([, value]) => typeof value === 'object' && value !== null).map(([name]) => name)

const TABLE: ReadonlyArray<Row> = [
  { option: 'fun', right: ['a function'] },
  { option: 'tSpan', right: [] },
  { option: 'y0', right: ['[]', '[1]'] },
  { option: 'method', right: ABSENT },
  { option: 'tEval', right: [...ABSENT, '[]', '[1]'] },
  { option: 'denseOutput', right: BOOLEANS },
  { option: 'events', right: [...ABSENT, '[]', 'a function'] },
  { option: 'vectorized', right: BOOLEANS },
  { option: 'inPlace', right: BOOLEANS },
  {
    option: 'args',
    right: [...ABSENT, '[]', '[1]', "['1']", '[[1], [2]]', 'a hole', 'two holes', 'an array in itself'],
  },
  // Lists of tolerances have a table of their own
  { option: 'rtol', right: [...ABSENT, '0', '1.5', 'Infinity'], skip: LISTS },
  { option: 'atol', right: [...ABSENT, '0', '1.5', 'Infinity'], skip: LISTS },
  { option: 'firstStep', right: ABSENT },
  { option: 'maxStep', right: [...ABSENT, '1.5', 'Infinity'] },
  { option: 'minStep', method: 'LSODA', right: [...ABSENT, '0', '1.5'] },
  { option: 'step', method: 'Euler', right: ['1.5'] },
  // What a function returns is looked at when it does
  { option: 'jac', method: 'Radau', right: ABSENT, skip: ['a function'] },
  { option: 'jacSparsity', method: 'BDF', right: ABSENT },
  { option: 'lband', method: 'Radau', right: [...ABSENT, '0'] },
  { option: 'uband', method: 'LSODA', right: [...ABSENT, '0'] },
  { option: 'save', right: ABSENT },
  { option: 'maxSteps', right: [...ABSENT, 'Infinity'] },
  { option: 'signal', right: ABSENT },
  { option: 'timeout', right: [...ABSENT, '1.5', 'Infinity'] },
  { option: 'onStep', right: [...ABSENT, 'a function'] },
  { option: 'controller', right: ABSENT },
  { option: 'norm', right: ABSENT },
]

/** Solves with one argument or option replaced; gives the calls of fun and what was thrown. */
function attempt(option: string, value: unknown, method: MethodName): { calls: number; error: unknown } {
  let calls = 0
  const fun = (_t: number, _y: unknown, dydt: Float64Array): number[] | undefined => {
    calls++
    if (option !== 'inPlace' || value !== true) return [-1]
    dydt[0] = -1
    return undefined
  }
  const given: Record<string, unknown> = { fun, tSpan: [0, 1], y0: [1], [option]: value }
  const isArgument = ['fun', 'tSpan', 'y0'].includes(option)
  const options = {
    method,
    ...(method === 'Euler' ? { step: 0.5 } : {}),
    ...(isArgument ? {} : { [option]: value }),
  }
  try {
    solveIvp(given['fun'] as never, given['tSpan'] as never, given['y0'] as never, options as never)
    return { calls, error: null }
  } catch (error) {
    return { calls, error }
  }
}

describe.each(TABLE)('$option', ({ option, method = 'RK45', right, skip = [] }) => {
  it.each(VALUES.map(([name]) => name).filter((name) => !skip.includes(name)))(
    'is taken, or refused by name before fun is called: %s',
    (name) => {
      const [, value] = VALUES.find(([known]) => known === name)!
      const { calls, error } = attempt(option, value, method)
      if (right.includes(name)) {
        assert.isNull(error)
        return
      }
      assert.instanceOf(error, IvpInputError)
      assert.match(error.option, new RegExp(`^${option}(\\[|$)`))
      assert.isAbove(error.expected.length, 10)
      assert.equal(calls, 0)
    },
  )
})

const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!]

describe('options', () => {
  it('are an object, also for resume', () => {
    const { snapshot } = solveIvp(f, [0, 1], [1], { maxSteps: 1 }).failure!
    for (const bad of [null, 5, 'RK45', [], new Map([['rtol', 1]]), () => 1]) {
      assert.equal(refusal(() => solveIvp(f, [0, 1], [1], bad as never)).option, 'options')
      assert.equal(refusal(() => resume(f, snapshot!, bad as never)).option, 'options')
    }
  })

  it.each([
    ['t_eval', 'tEval'],
    ['rTol', 'rtol'],
    ['first_step', 'firstStep'],
    ['maxsteps', 'maxSteps'],
    ['onstep', 'onStep'],
    ['timeOut', 'timeout'],
    ['denseoutput', 'denseOutput'],
  ])('%s is refused, and %s proposed', (name, nearest) => {
    assert.include(
      refusal(() => solveIvp(f, [0, 1], [1], { [name]: 1 } as never)).message,
      `write \`${nearest}\``,
    )
  })

  it('say what to write where scipy or a slip of the pen means something near', () => {
    assert.match(refusal(() => solveIvp(f, [0, 1], [1], { method: RK45 as never })).message, /write 'RK45'/)
    assert.match(refusal(() => solveIvp(f, [0, 1], [1], { method: 'RK54' as never })).message, /write 'RK45'/)
    // As other packages call it
    assert.match(
      refusal(() => solveIvp(f, [0, 1], [1], { method: 'dopri5' as never })).message,
      /write 'RK45'/,
    )
    const signal = new AbortController() as never
    assert.match(
      refusal(() => solveIvp(f, [0, 1], [1], { signal })).message,
      /pass the `signal` of the controller/,
    )
    const method = { tableau: {}, name: 'mine' } as never
    assert.match(refusal(() => solveIvp(f, [0, 1], [1], { method })).message, /makeErk/)
  })

  it('with holes or wrong entries are refused: norm, jac, jacSparsity, y0', () => {
    const two = (): number[] => [1, 1]
    const refuse = (options: object): string =>
      refusal(() => solveIvp(two, [0, 1], [1, 1], { method: 'Radau', ...options })).option
    const hole = Object.assign([], { length: 2 }) as never
    for (const norm of [hole, [hole], [[0, 1], hole], [[0, 1.5]], [['0', 1]], [[0, 3]], [[1, 1]], [[0]]])
      assert.equal(refuse({ norm }), 'norm')
    for (const matrix of [
      hole,
      [hole, hole],
      [
        [1, 2],
        ['3', 4],
      ],
      [
        [1, 2],
        [undefined, 4],
      ],
      [
        [1n, 2],
        [3, 4],
      ],
    ]) {
      assert.equal(refuse({ jac: matrix }), 'jac')
      assert.equal(refuse({ jacSparsity: matrix }), 'jacSparsity')
      assert.equal(refuse({ jac: () => matrix }), 'jac')
    }
    assert.equal(
      refuse({
        jacSparsity: [
          [true, false],
          [true, true],
        ],
      }),
      'jacSparsity',
    )
    const y0: unknown[] = [1, 2, 3]
    delete y0[1]
    assert.match(refusal(() => solveIvp(f, [0, 1], y0 as never)).message, /component 1 is not a number/)
  })

  it('a copy of norm is kept', () => {
    const norm: [number, number][] = [[0, 1]]
    const { snapshot } = solveIvp(f, [0, 1], [1], {
      norm,
      maxStep: 0.1,
      onStep: () => (norm[0]![1] = 7),
      maxSteps: 3,
    }).failure!
    assert.isTrue(resume(f, snapshot!).success)
  })
})

describe('tEval', () => {
  const at = (tEval: ArrayLike<number>, tSpan: [number, number] = [0, 0.3]): number[] => [
    ...solveIvp(f, tSpan, [1], { tEval }).t,
  ]

  it('beyond an end by rounding counts as the end', () => {
    assert.deepEqual(at([0.1, 0.1 * 3]), [0.1, 0.3])
    assert.deepEqual(at([0.1 * 3, 0.1], [0.3, 0]), [0.3, 0.1])
    assert.deepEqual(at([-1e-17 / 3, 0.1]), [0, 0.1])
    const spacing = 2 ** -52
    assert.deepEqual(at([1 - 4 * (spacing / 2), 2], [1, 2]), [1, 2])
    assert.deepEqual(at([1, 2 + 8 * spacing], [1, 2]), [1, 2])
    assert.deepEqual(
      at(
        [1, 2 + 8 * spacing].map((t) => -t),
        [-1, -2],
      ),
      [-1, -2],
    )
  })

  it('further beyond, out of order or no number is refused by entry', () => {
    const spacing = 2 ** -52
    const refuse = (tEval: unknown, tSpan: [number, number] = [0, 10]): string =>
      refusal(() => solveIvp(f, tSpan, [1], { tEval: tEval as never })).message
    assert.match(refuse([1, 2, 3, 10.5]), /tEval\[3\] = 10\.5 does not/)
    assert.match(refuse([1, 2 + 10 * spacing], [1, 2]), /tEval\[1\] = 2\.0000000000000\d* does not/)
    assert.match(refuse([1, NaN]), /tEval\[1\] = NaN does not/)
    assert.match(refuse([-1]), /tEval\[0\] = -1 does not/)
    assert.match(refuse([-1], [0, Infinity]), /tEval\[0\] = -1 does not/)
    assert.match(refuse([1, 3, 2]), /must strictly increase.*tEval\[2\] = 2 comes after tEval\[1\] = 3/)
    assert.match(refuse([1, 1]), /tEval\[1\] = 1 comes after tEval\[0\] = 1/)
    assert.match(refuse([1, 2], [10, 0]), /must strictly decrease.*tEval\[1\] = 2/)
    assert.match(refuse([0, '1']), /tEval\[1\] is not a number/)
  })
})

describe('tSpan', () => {
  const forever: [number, number] = [0, Infinity]

  it('to infinity is refused where nothing can end the solve', () => {
    const event = { fn: (_t: number, y: ArrayLike<number>) => y[0]! - 0.5 }
    for (const options of [{}, { events: event }, { maxSteps: Infinity }, { timeout: Infinity }]) {
      assert.equal(refusal(() => solveIvp(f, forever, [1], options)).option, 'tSpan')
      assert.equal(refusal(() => solveIvp(f, [0, -Infinity], [1], options)).option, 'tSpan')
    }
    const stop = new AbortController()
    const ends = [
      { events: { ...event, terminal: true } },
      { maxSteps: 5 },
      { timeout: 1 },
      { onStep: ({ t }: { t: number }) => void (t > 5 && stop.abort()), signal: stop.signal },
    ]
    for (const options of ends) assert.isNotEmpty(solveIvp(f, forever, [1], options).t)
    const { snapshot } = solveIvp(f, forever, [1], { maxSteps: 5 }).failure!
    assert.equal(refusal(() => resume(f, snapshot!)).option, 'tSpan')
    assert.equal(resume(f, snapshot!, { maxSteps: 5 }).nsteps, 10)
  })

  it('to infinity is taken where steps are taken by hand', () => {
    const solver = new RK45(f, 0, [1], Infinity)
    for (let i = 0; i < 3; i++) assert.isNull(solver.step())
    const stepwise = new StepwiseSolve<Float64Array>(
      (_t, y, dydt) => void (dydt[0] = -y[0]!),
      forever,
      Float64Array.of(1),
      { inPlace: true },
    )
    stepwise.step()
    assert.isTrue(stepwise.isRunning)
    stepwise.release()
  })

  it('longer than the largest number is refused everywhere', () => {
    assert.equal(refusal(() => solveIvp(f, [-1e308, 1e308], [1])).option, 'tSpan')
    assert.equal(refusal(() => new RK45(f, 1e308, [1], -1e308)).option, 'tSpan')
  })
})

describe('step', () => {
  const at = (t0: number, t1: number, step: number) =>
    solveIvp(() => [1], [t0, t1], [0], { method: 'RK4', step })

  it('below the spacing of numbers is refused, and a coarse one warned of', () => {
    const spacing = 2 ** -22
    const t0 = 2 ** 30
    const error = refusal(() => at(t0, t0 + 10 * spacing, spacing / 2))
    assert.equal(error.option, 'step')
    assert.match(error.message, /times repeat; integrate in time relative to t0/)
    assert.equal(refusal(() => at(-t0 - 10 * spacing, -t0, spacing / 2)).option, 'step')
    assert.equal(refusal(() => at(t0 + 10 * spacing, t0, spacing / 2)).option, 'step')
    const coarse = at(t0, t0 + 100 * spacing, spacing)
    assert.equal(new Set(coarse.t).size, 101)
    assert.match(coarse.warnings[0]!, /`step` is only 1 spacings of numbers/)
    assert.lengthOf(at(t0, t0 + 1e5 * spacing, 999 * spacing).warnings, 1)
    assert.lengthOf(at(t0, t0 + 1e5 * spacing, 1000 * spacing).warnings, 0)
    assert.lengthOf(at(0, 1e-300, 1e-302).warnings, 0)
  })
})
