import { assert, describe, it } from 'vitest'
import { solveIvp, type MethodName } from '../../src/index.ts'

type Rhs = (t: number, y: ArrayLike<number>) => number[]

const PROBLEMS: Record<string, { f: Rhs; y0: number[]; end: number }> = {
  oscillator: { f: (_, y) => [y[1]!, -4 * y[0]!], y0: [1, 0], end: 10 },
  logistic: { f: (_, y) => [1.2 * y[0]! * (1 - y[0]! / 3)], y0: [0.1], end: 10 },
  'Lotka-Volterra': {
    f: (_, y) => [1.5 * y[0]! - y[0]! * y[1]!, -3 * y[1]! + y[0]! * y[1]!],
    y0: [1, 1.5],
    end: 8,
  },
  'van der Pol': { f: (_, y) => [y[1]!, 2 * (1 - y[0]! ** 2) * y[1]! - y[0]!], y0: [2, 0], end: 12 },
  decay: { f: (t, y) => [-50 * (y[0]! - Math.cos(t))], y0: [0], end: 3 },
}

const METHODS: MethodName[] = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA']

describe('single precision', () => {
  const cases = Object.keys(PROBLEMS).flatMap((name) => METHODS.map((method) => ({ name, method })))
  it.each(cases)('$method on $name ends within 20 tolerances of double precision', ({ name, method }) => {
    const { f, y0, end } = PROBLEMS[name]!
    const options = { method, rtol: 1e-4, atol: 1e-5 }
    const single = solveIvp(f, [0, end], Float32Array.from(y0), options)
    const double = solveIvp(f, [0, end], Float64Array.from(y0), options)
    assert.isTrue(single.success)
    assert.instanceOf(single.y[0], Float32Array)
    single.states.at(-1)!.forEach((y, i) => {
      const reference = double.states.at(-1)![i]!
      assert.closeTo(y, reference, 20 * (options.atol + options.rtol * Math.abs(reference)))
    })
  })
})
