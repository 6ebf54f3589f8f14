import { assert, describe, it } from 'vitest'
import { IvpInputError, RK45, solveIvp } from '../../src/index.ts'
import { ADAPTIVE, EVERY_METHOD, type MethodOptions } from './everyMethod.ts'

/** Leaves memory behind that a later solve of the same size gets. */
function litter(n: number, options: MethodOptions): void {
  for (const y0 of [new Float64Array(n).fill(1), new Float32Array(n).fill(1)])
    solveIvp((_t, y) => y, [0, 1], y0 as Float64Array, options)
}

describe.each(EVERY_METHOD)('an entry that a right-hand side in place does not write, $method', (options) => {
  it.each([1, 2, 3, 5, 17, 28, 130, 1000])(
    'counts as 0 whatever was solved before, with %i components',
    (n) => {
      const decay = (_t: number, y: ArrayLike<number>, dydt: { [i: number]: number }): void => {
        for (let i = 1; i < n; i++) dydt[i] = -y[i]!
      }
      const whole = (_t: number, y: ArrayLike<number>): number[] =>
        Array.from(y, (value, i) => (i === 0 ? 0 : -value))
      for (const y0 of [new Float64Array(n).fill(1), new Float32Array(n).fill(1)] as Float64Array[]) {
        litter(n, options)
        const result = solveIvp(decay, [0, 1], y0, { ...options, inPlace: true, denseOutput: true })
        assert.isTrue(result.states.every((y) => y[0] === 1))
        assert.equal(result.sol!(0.37)[0], 1)
        const returned = solveIvp(whole, [0, 1], y0, { ...options, denseOutput: true })
        assert.deepEqual(result.states, returned.states)
        assert.deepEqual(result.sol!(0.37), returned.sol!(0.37))
      }
    },
  )

  it('counts as 0 from the time on at which it is not written any more', () => {
    const pulse = (t: number, _y: unknown, dydt: { [i: number]: number }): void => {
      if (t < 0.5) dydt[0] = 1
      dydt[1] = 1
    }
    const y0 = [0, 0]
    const given = { ...options, rtol: 1e-6, atol: 1e-9 }
    const result = solveIvp(pulse, [0, 1], y0, { ...given, inPlace: true })
    const returned = solveIvp((t) => [t < 0.5 ? 1 : 0, 1], [0, 1], y0, given)
    assert.deepEqual(result.states, returned.states)
    assert.closeTo(result.yEnd[0]!, 0.5, 0.02)
  })
})

describe('what a right-hand side returns', () => {
  const wrong: ReadonlyArray<readonly [string, unknown, RegExp]> = [
    ['nothing', undefined, /no `return`/],
    ['null', null, /array of 2/],
    ['a promise', Promise.resolve([1, 2]), /async/],
    ['a string', 'ab', /array of 2/],
    ['true', true, /array of 2/],
    ['null for a component', [1, null], /component 1/],
    ['a string for a component', ['1', 2], /component 0/],
    ['an array for a component', [[1], [2]], /component 0/],
    ['a BigInt for a component', [1n, 2n], /component 0/],
    ['a boolean for a component', [1, true], /component 1/],
    ['a hole', Object.assign([], { length: 2, 0: 1 }), /component 1/],
  ]
  it.each(wrong)('is named at the first call: %s', (_, value, expected) => {
    for (const options of EVERY_METHOD) {
      let thrown: unknown = null
      try {
        solveIvp(() => value as number[], [0, 1], [1, 1], options)
      } catch (error) {
        thrown = error
      }
      assert.instanceOf(thrown, IvpInputError)
      assert.equal(thrown.option, 'fun')
      assert.match(thrown.expected, expected)
    }
  })

  it.each(wrong)('ends the solve where it comes later, with what was computed: %s', (_, value) => {
    let calls = 0
    const fun = (): number[] => (++calls > 60 ? (value as number[]) : [1, 1])
    const result = solveIvp(fun, [0, 1], [0, 0], { maxStep: 0.01 })
    assert.equal(result.status, -1)
    assert.equal(result.failure!.kind, 'wrongLength')
    assert.isAbove(result.t.length, 5)
    assert.match(result.message, /fun must return/)
  })

  it.each([
    ['the derivative', [1, 1]],
    ['a number', 5],
    ['a promise', Promise.resolve()],
  ])('must be nothing in place: %s', (_, value) => {
    for (const options of EVERY_METHOD) {
      assert.throws(
        () =>
          solveIvp(((): unknown => value) as never, [0, 1], [1, 1], { ...options, inPlace: true } as never),
        IvpInputError,
        /inPlace/,
      )
    }
  })

  it('may be the number just written in place, as of an arrow function', () => {
    for (const options of EVERY_METHOD) {
      for (const y0 of [Float64Array.of(1), Float32Array.of(1)] as Float64Array[]) {
        const f = (_t: number, y: Float64Array, dydt: Float64Array): number => (dydt[0] = -0.1 * y[0]!)
        const result = solveIvp(f, [0, 1], y0, { ...options, inPlace: true })
        assert.closeTo(result.yEnd[0]!, Math.exp(-0.1), 1e-3)
        assert.throws(
          () =>
            solveIvp(((_: number, y: Float64Array) => -0.1 * y[0]!) as never, [0, 1], y0, {
              ...options,
              inPlace: true,
            }),
          IvpInputError,
        )
      }
    }
  })

  it('has n rows where it is vectorized, of numbers', () => {
    for (const value of [null, undefined, 5, [[1], null], [[1], ['a']], Promise.resolve()]) {
      for (const method of ADAPTIVE) {
        assert.throws(
          () => solveIvp((() => value) as never, [0, 1], [1, 1], { method, vectorized: true } as never),
          IvpInputError,
        )
      }
    }
    const short = solveIvp((() => [[1]]) as never, [0, 1], [1, 1], { vectorized: true } as never) as {
      failure?: { kind: string }
    }
    assert.equal(short.failure!.kind, 'wrongLength')
  })
})

describe.each(EVERY_METHOD)('a right-hand side that writes into y, $method', (options) => {
  it('does not change the solution, and is told so', () => {
    for (const y0 of [Float64Array.of(1, 2), Float32Array.of(1, 2)] as Float64Array[]) {
      const good = solveIvp((_t, y) => [-y[0]!, y[0]! - y[1]!], [0, 1], y0, { ...options, denseOutput: true })
      const bad = solveIvp(
        (_t, y) => {
          y[0]! *= -1
          y[1]! -= 1
          return [y[0]!, -y[0]! - (y[1]! + 1)]
        },
        [0, 1],
        y0,
        { ...options, denseOutput: true },
      )
      assert.deepEqual(bad.states, good.states)
      assert.deepEqual(bad.sol!(0.4), good.sol!(0.4))
      assert.equal(bad.warnings.filter((text) => text.includes('wrote into y')).length, 1)
      assert.isEmpty(good.warnings)
    }
  })

  it('may return y itself', () => {
    const result = solveIvp((_t, y) => y, [0, 1], [1], options)
    assert.isEmpty(result.warnings)
    assert.closeTo(result.yEnd[0]!, Math.E, options.method === 'Euler' ? 0.05 : 0.02)
  })

  it('is named in the advice of a solve that fails', () => {
    const { failure } = solveIvp(
      (t, y) => {
        y[0]! += 1
        return [t > 0.5 ? NaN : 1]
      },
      [0, 1],
      [0],
      options,
    )
    assert.match(failure!.advice, /wrote into y/)
  })
})

it('notices a write into any component of a long state', () => {
  for (const component of [0, 299, 4999]) {
    const { warnings } = solveIvp(
      (_t, y) => {
        y[component]! += 1
        return new Float64Array(5000)
      },
      [0, 1],
      new Float64Array(5000).fill(1),
    )
    assert.include(warnings[0], `component ${component},`)
  }
})

it('notices a write that comes later and goes on, in a solver object too', () => {
  const solver = new RK45(
    (t, y) => {
      if (t > 0.2) y[0]! += 1e-3
      return [0]
    },
    0,
    [1.5],
    1,
    { maxStep: 0.0005 },
  )
  for (const _ of solver);
  assert.equal(solver.warnings.filter((text) => text.includes('wrote into y')).length, 1)
})
