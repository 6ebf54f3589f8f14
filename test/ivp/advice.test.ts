import { assert, describe, it } from 'vitest'
import { RK23, resume, solveIvp, type FailureKind, type IvpResult } from '../../src/index.ts'
import { ADAPTIVE, EVERY_METHOD, FIXED } from './everyMethod.ts'

const EXPLICIT = ['RK23', 'RK45', 'DOP853'] as const
const IMPLICIT = ['Radau', 'BDF', 'LSODA'] as const

function failed(result: IvpResult, kind: FailureKind, advice: RegExp, component?: number): void {
  assert.equal(result.status, -1)
  assert.equal(result.failure!.kind, kind, `${result.message} ${result.failure!.advice}`)
  assert.match(result.failure!.advice, advice)
  if (component !== undefined) assert.equal(result.failure!.component, component)
}

/** Each message is earned by an input, and a solve that follows it reaches its end. */
describe('the advice of a failure helps', () => {
  describe.each(EVERY_METHOD)('$method', (options) => {
    it('where fun is not finite, naming the component', () => {
      for (const value of [NaN, Infinity, -Infinity]) {
        for (const y0 of [new Float64Array(3), new Float32Array(3)] as Float64Array[]) {
          const wall = (t: number): number[] => [1, 1, t > 0.5 ? value : 1]
          failed(solveIvp(wall, [0, 1], y0, options), 'nonFinite', /check its domain/, 2)
        }
      }
      // The component spreads to the others from the second stage on
      const spread = (t: number, y: ArrayLike<number>): number[] => [y[1]!, t > 0.5 ? NaN : 1, y[1]!]
      failed(solveIvp(spread, [0, 1], [0, 0, 0], options), 'nonFinite', /check its domain/, 1)
      const root = (guard: (x: number) => number) => (_t: number, y: ArrayLike<number>) => [
        -1,
        -Math.sqrt(guard(y[0]!)),
      ]
      failed(
        solveIvp(
          root((x) => x),
          [0, 1],
          [0.5, 0],
          options,
        ),
        'nonFinite',
        /Math\.sqrt\(Math\.max/,
        1,
      )
      assert.isTrue(
        solveIvp(
          root((x) => Math.max(x, 0)),
          [0, 1],
          [0.5, 0],
          options,
        ).success,
      )
    })

    it('where it is not finite at the start', () => {
      const f = (_t: number, y: ArrayLike<number>): number[] => [0, Math.log(y[1]!)]
      failed(solveIvp(f, [0, 1], [1, 0], options), 'nonFinite', /logarithms/, 1)
      assert.isTrue(solveIvp(f, [0, 1], [1, 1], options).success)
    })

    it('where the steps are too many', () => {
      const f = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]
      const result = solveIvp(f, [0, 1], [1, 0], { ...options, maxSteps: 2 })
      failed(result, 'maxSteps', /`resume`/)
      const whole = solveIvp(f, [0, 1], [1, 0], options)
      assert.deepEqual(resume(f, result.failure!.snapshot!).states.at(-1), whole.states.at(-1))
    })
  })

  describe.each(ADAPTIVE)('%s', (method) => {
    it('at a singularity', () => {
      const f = (_t: number, y: ArrayLike<number>): number[] => [0, y[1]! ** 2]
      const result = solveIvp(f, [0, 2], [1, 1], { method })
      assert.include(['stepTooSmall', 'noConvergence'], result.failure!.kind)
      assert.match(result.failure!.advice, /end before/)
      assert.equal(result.failure!.component, 1)
      const events = { fn: (_t: number, y: ArrayLike<number>) => y[1]! - 1e6, terminal: true }
      assert.equal(solveIvp(f, [0, 2], [1, 1], { method, events }).status, 1)
    })

    it('where the tolerance of a component is 0', () => {
      const f = (_t: number, y: ArrayLike<number>): number[] => [-y[0]!, 0]
      const result = solveIvp(f, [0, 1], [1, 0], { method, atol: 0 })
      failed(result, 'stepTooSmall', /tolerance of component 1 is 0/, 1)
      assert.isTrue(solveIvp(f, [0, 1], [1, 0], { method, atol: [0, 1e-9] }).success)
    })

    it('where t is so large that its numbers are too far apart', () => {
      const t0 = 1.7e12
      const f = (t: number, y: ArrayLike<number>): number[] => [-1e4 * (y[0]! - Math.cos(t - t0))]
      const result = solveIvp(f, [t0, t0 + 1], [0], { method, maxSteps: 20_000 })
      failed(result, 'stepTooSmall', /relative to the start/)
      assert.isTrue(solveIvp((s, y) => f(t0 + s, y), [0, 1], [0], { method }).success)
    })

    it('where the state grows beyond all numbers', () => {
      const result = solveIvp((_t, y) => [y[0]!], [0, 1000], [1], { method })
      failed(result, 'nonFinite', /logarithm/, 0)
      assert.isTrue(solveIvp(() => [1], [0, 1000], [0], { method }).success)
    })

    it('where time does, as t1 is infinite', () => {
      const onStep = (): void => {}
      const result = solveIvp(() => [0], [0, Infinity], [1], { method, onStep })
      failed(result, 'nonFinite', /finite t1/)
      assert.isTrue(Number.isFinite(result.tEnd))
      assert.isTrue(solveIvp(() => [0], [0, 1e9], [1], { method }).success)
    })
  })

  it.each(EXPLICIT)('where a tolerance is too loose, %s', (method) => {
    const logistic = (_t: number, y: ArrayLike<number>): number[] => [y[0]! * (1 - y[0]!)]
    for (const [option, value] of [
      ['atol', 1000],
      ['rtol', 1000],
    ] as const) {
      const result = solveIvp(logistic, [0, 1000], [0.1], { method, [option]: value, maxSteps: 5000 })
      if (result.success) continue
      failed(result, result.failure!.kind, new RegExp(`\`${option}\` = ${value}`), 0)
    }
    const result = solveIvp(logistic, [0, 1000], [0.1], { method })
    assert.isTrue(result.success)
    assert.closeTo(result.yEnd[0]!, 1, 0.01)
  })

  it.each(FIXED)('where equal steps are too long to be stable, %s', (method) => {
    const f = (_t: number, y: ArrayLike<number>): number[] => [-1000 * y[0]!]
    failed(solveIvp(f, [0, 20], [1], { method, step: 0.02 }), 'nonFinite', /smaller one/, 0)
    assert.isTrue(solveIvp(f, [0, 1], [1], { method, step: 0.001 }).success)
  })

  it('where minStep stands in the way of LSODA', () => {
    const f = (t: number): number[] => [t > 0.5 ? 1e3 * Math.sin(1e3 * t) : 0]
    const result = solveIvp(f, [0, 1], [0], { method: 'LSODA', minStep: 0.05, firstStep: 0.05 })
    failed(result, 'stepTooSmall', /`minStep`/, 0)
    assert.include(result.message, 'minStep')
    assert.isTrue(solveIvp(f, [0, 1], [0], { method: 'LSODA' }).success)
  })

  it.each(['Radau', 'BDF'] as const)('where `jac` is not finite, %s', (method) => {
    const jac = [[NaN]]
    const result = solveIvp((_t, y) => [-y[0]!], [0, 1], [1], { method, jac: () => jac })
    failed(result, 'nonFinite', /`jac` returned NaN/)
    assert.isTrue(solveIvp((_t, y) => [-y[0]!], [0, 1], [1], { method }).success)
  })
})

describe('a problem that is stiff', () => {
  const stiff = (t: number, y: ArrayLike<number>): number[] => [-1e4 * (y[0]! - Math.cos(t)), -y[1]!]

  it.each(EXPLICIT)('is called stiff under %s, once, and an implicit method takes fewer steps', (method) => {
    for (const y0 of [Float64Array.of(1, 1), Float32Array.of(1, 1)] as Float64Array[]) {
      const result = solveIvp(stiff, [0, 1], y0, { method })
      assert.equal(result.warnings.filter((text) => text.includes('stiff')).length, 1)
      const cured = solveIvp(stiff, [0, 1], y0, { method: 'Radau' })
      assert.isBelow(cured.nsteps, result.nsteps / 20)
      assert.isEmpty(cured.warnings)
    }
    const { failure } = solveIvp(stiff, [0, 1], [1, 1], { method, maxSteps: 1200 })
    assert.match(failure!.advice, /stiff.*'Radau'/)
    assert.isTrue(solveIvp(stiff, [0, 1], [1, 1], { method: 'BDF', maxSteps: 500 }).success)
  })

  it.each(EXPLICIT)('is not called so where accuracy chooses the steps, %s', (method) => {
    const lorenz = (_t: number, y: ArrayLike<number>): number[] => [
      10 * (y[1]! - y[0]!),
      y[0]! * (28 - y[2]!) - y[1]!,
      y[0]! * y[1]! - (8 / 3) * y[2]!,
    ]
    const oscillator = (_t: number, y: ArrayLike<number>): number[] => [y[1]!, -y[0]!]
    const kepler = (_t: number, y: ArrayLike<number>): number[] => {
      const r3 = Math.hypot(y[0]!, y[1]!) ** 3
      return [y[2]!, y[3]!, -y[0]! / r3, -y[1]! / r3]
    }
    for (const rtol of [1e-3, 1e-6, 1e-9]) {
      const given = { method, rtol, atol: rtol * 1e-3 }
      assert.isEmpty(solveIvp(lorenz, [0, 20], [1, 1, 1], given).warnings)
      assert.isEmpty(solveIvp(oscillator, [0, 200], [1, 0], given).warnings)
      assert.isEmpty(solveIvp(kepler, [0, 60], [0.4, 0, 0, 2], given).warnings)
    }
  })
})

describe('a Jacobian that is not that of fun', () => {
  const robertson = (_t: number, y: ArrayLike<number>): number[] => {
    const a = 0.04 * y[0]!
    const b = 1e4 * y[1]! * y[2]!
    const c = 3e7 * y[1]! * y[1]!
    return [-a + b, a - b - c, c]
  }
  const jac = (_t: number, y: ArrayLike<number>): number[][] => [
    [-0.04, 1e4 * y[2]!, 1e4 * y[1]!],
    [0.04, -1e4 * y[2]! - 6e7 * y[1]!, -1e4 * y[1]!],
    [0, 6e7 * y[1]!, 0],
  ]
  const given = { rtol: 1e-4, atol: 1e-8, maxSteps: 1000 }
  const wrong = {
    'of the wrong sign': { jac: (t: number, y: ArrayLike<number>) => jac(t, y).map((row) => row.map((x) => -x)) },
    'of zeros': { jac: () => [[0, 0, 0], [0, 0, 0], [0, 0, 0]] },
    'a pattern that lacks entries': { jacSparsity: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] },
    'a band that is too narrow': { lband: 0, uband: 1 },
  } // prettier-ignore

  it.each(
    IMPLICIT.flatMap((method) => Object.entries(wrong).map(([name, option]) => ({ method, name, option }))),
  )('is named in warnings and advice, $method, $name', ({ method, option }) => {
    for (const y0 of [Float64Array.of(1, 0, 0), Float32Array.of(1, 0, 0)] as Float64Array[]) {
      const result = solveIvp(robertson, [0, 40], y0, { method, ...given, ...option })
      // Coarser differences make something of a band that lacks one entry
      if (result.success && y0 instanceof Float32Array && 'lband' in option) continue
      assert.equal(result.status, -1)
      assert.match(result.failure!.advice, /Jacobian given is not that of fun/)
      const told = result.warnings.filter((text) => text.includes('not that of fun'))
      assert.equal(told.length, 1)
      assert.match(told[0]!, /df_\d\/dy_\d/)
      if (!('jac' in option)) assert.match(told[0]!, /outside the pattern/)
    }
    const cured = solveIvp(robertson, [0, 40], [1, 0, 0], { method, ...given, jac })
    assert.isTrue(cured.success)
    assert.isEmpty(cured.warnings)
  })
})

describe('a component that error control does not see', () => {
  const epidemic = (_t: number, [s, i]: ArrayLike<number> & Iterable<number>): number[] => [
    -0.5 * s! * i!,
    0.5 * s! * i! - 0.1 * i!,
  ]

  it.each(ADAPTIVE)('is named where it starts below atol, and a smaller atol sees it, %s', (method) => {
    const result = solveIvp(epidemic, [0, 100], [1, 5e-9], { method })
    assert.equal(result.warnings.filter((text) => text.includes('below `atol`')).length, 1)
    assert.match(result.warnings[0]!, /Component 1 .*5e-9/)
    const seen = solveIvp(epidemic, [0, 100], [1, 5e-9], { method, rtol: 1e-6, atol: 1e-14 })
    assert.isEmpty(seen.warnings)
    assert.isBelow(seen.yEnd[0]!, 0.01)
  })

  it.each(ADAPTIVE)(
    'is named where it never rises above atol, once, and not where it stays 0, %s',
    (method) => {
      const f = (): number[] => [1e-8, 0, 1]
      for (const save of ['steps', 'last'] as const) {
        const { warnings } = solveIvp(f, [0, 1], [0, 0, 0], { method, save })
        assert.equal(warnings.length, 1)
        assert.match(warnings[0]!, /Component 0 is never above/)
      }
      assert.isEmpty(solveIvp(f, [0, 1], [0, 0, 0], { method, atol: 1e-12 }).warnings)
    },
  )

  it('says nothing of one that falls below atol on its way', () => {
    for (const method of ADAPTIVE)
      assert.isEmpty(solveIvp((_t, y) => [-y[0]!], [0, 30], [1], { method }).warnings)
  })
})

describe('a start far from zero', () => {
  const t0 = 1.7e12
  const f = (t: number, y: ArrayLike<number>): number[] => [-y[0]! + Math.cos(8 * (t - t0))]

  it.each(ADAPTIVE)(
    'is told where numbers are too far apart, and time relative to it is as precise as asked, %s',
    (method) => {
      const told = (warnings: ReadonlyArray<string>): boolean =>
        warnings.some((text) => text.includes('relative to the start'))
      const given = { method, rtol: 1e-8, atol: 1e-10 }
      assert.isTrue(told(solveIvp(f, [t0, t0 + 1], [1], given).warnings))
      const cured = solveIvp((s, y) => f(t0 + s, y), [0, 1], [1], given)
      assert.isEmpty(cured.warnings)
      assert.isFalse(told(solveIvp(f, [t0, t0 + 1e6], [1], { method, maxSteps: 5 }).warnings))
      assert.isFalse(told(solveIvp((_t, y) => [-y[0]!], [100, 101], [1], { ...given, rtol: 1e-12 }).warnings))
    },
  )
})

/** scipy's choice of the first step is 1 / k where rates are large numbers, and RK23's error estimate of y' = -k y is 0 there. */
describe('a first step whose error estimate vanished by accident', () => {
  const decay =
    (...rates: number[]) =>
    (_t: number, y: ArrayLike<number>): number[] =>
      Array.from(y, (value, i) => -rates[i % rates.length]! * value)
  const accidents = (warnings: ReadonlyArray<string>): string[] =>
    warnings.filter((text) => text.includes('vanished by accident'))

  it.each([
    ['one rate', [1e10], [2.7], 3e-10],
    ['two rates that are nearly the same', [1e10, 1.0003e10], [1, 1], 3e-10],
    ['backward', [-1e10], [2.7], -3e-10],
    ['many components', [1e10], new Float64Array(5000).fill(1), 3e-10],
    ['single precision', [1e10], new Float32Array([2.7, 1]), 3e-10],
  ] as [string, number[], Float64Array, number][])(
    'is told, and the first step that is advised is as precise as asked: %s',
    (_name, rates, y0, t1) => {
      const f = decay(...rates)
      const wanted = Array.from(y0, (y, i) => y * Math.exp(-rates[i % rates.length]! * t1))
      for (const more of [{}, { denseOutput: true }, { save: 'last' }] as const) {
        const given = { method: 'RK23', rtol: 1e-5, atol: 1e-7, ...more } as const
        const worst = ({ yEnd }: { yEnd: ArrayLike<number> }): number =>
          Math.max(...wanted.map((y, i) => Math.abs(yEnd[i]! - y) / (1e-7 + 1e-5 * y)))
        const astray = solveIvp(f, [0, t1], y0, given)
        assert.isTrue(astray.success)
        const [text] = accidents(astray.warnings)
        assert.isDefined(text)
        assert.isAbove(worst(astray), 100)
        const firstStep = Number(/such as (\S+)\.$/.exec(text!)![1])
        const cured = solveIvp(f, [0, t1], y0, { ...given, firstStep })
        assert.isEmpty(accidents(cured.warnings))
        assert.isBelow(worst(cured), 10)
      }
    },
  )

  it('is told by a solver object and once by a solve that goes on', () => {
    const solver = new RK23(decay(1e10), 0, [2.7], 3e-10)
    solver.step()
    assert.lengthOf(accidents(solver.warnings), 1)
    const { failure } = solveIvp(decay(1e10), [0, 3e-10], [2.7], { method: 'RK23', maxSteps: 2 })
    const whole = resume(decay(1e10), failure!.snapshot!)
    assert.lengthOf(accidents(whole.warnings), 1)
  })

  it('is not told where a controller let an error pass that was seen, nor of the first step after a snapshot', () => {
    const controller = { judge: () => ({ accept: true, factor: 1 }) }
    const given = { method: 'RK23', rtol: 1e-6, firstStep: 0.5, controller } as const
    const f = decay(1)
    assert.isEmpty(accidents(solveIvp(f, [0, 5], [1], given).warnings))
    const { failure } = solveIvp(f, [0, 5], [1], { ...given, maxSteps: 3 })
    assert.isEmpty(accidents(resume(f, failure!.snapshot!, { controller }).warnings))
  })

  it('is not told of polynomials, which have no error, nor by methods whose estimate sees decays', () => {
    for (const method of ADAPTIVE) {
      const f = (t: number): number[] => [t, 1, 0]
      assert.isEmpty(accidents(solveIvp(f, [0, 1e-5], [1, 2, 3], { method }).warnings))
      for (const rtol of [1e-3, 1e-6]) {
        if (method === 'RK23') continue
        const { warnings, yEnd } = solveIvp(decay(1e10), [0, 3e-10], [2.7], { method, rtol, atol: 1e-9 })
        assert.isEmpty(warnings)
        assert.closeTo(yEnd[0]!, 2.7 * Math.exp(-3), 10 * rtol)
      }
    }
  })
})
