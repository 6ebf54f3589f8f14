import { assert, describe, it } from 'vitest'
import { solveWithPullback, type GradientMethod } from '../../src/adjoint/index.ts'
import { solveIvp, type AdaptiveMethod, type FloatArray } from '../../src/index.ts'
import { GRADIENT_PROBLEMS, type GradientProblem } from './problems.ts'

const METHODS: ReadonlyArray<AdaptiveMethod> = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA']
const IMPLICIT: ReadonlySet<string> = new Set(['Radau', 'BDF', 'LSODA'])

const incomingOf = ({ ts, h0 }: GradientProblem): number[][] =>
  ts.map((_, j) => h0.map((_value, i) => Math.cos(1 + 2 * i + 3 * j)))

/** dL/d[h0 | theta] of L = sum of incoming . h by central differences of a tight solve; Richardson's extrapolation leaves e^4. */
function differencesOf(problem: GradientProblem): number[] {
  const { ts, h0, theta, rhs } = problem
  const incoming = incomingOf(problem)
  const loss = (x: ReadonlyArray<number>): number => {
    const { f } = rhs<Float64Array>(x.slice(h0.length))
    const { states } = solveIvp(f as never, [ts[0]!, ts.at(-1)!], Float64Array.from(x.slice(0, h0.length)), {
      method: 'DOP853',
      rtol: 1e-13,
      atol: 1e-14,
      tEval: ts,
      inPlace: true,
    })
    return states.reduce((sum, h, j) => sum + h.reduce((s, value, i) => s + value * incoming[j]![i]!, 0), 0)
  }
  const x = [...h0, ...theta]
  const slope = (k: number, e: number): number => {
    const moved = (by: number): number[] => x.map((value, j) => (j === k ? value + by : value))
    return (loss(moved(e)) - loss(moved(-e))) / (2 * e)
  }
  return x.map((_, k) => (4 * slope(k, 5e-4) - slope(k, 1e-3)) / 3)
}

describe.each(GRADIENT_PROBLEMS)('$name', (problem) => {
  const truth = differencesOf(problem)
  const size = Math.max(1, ...truth.map(Math.abs))
  const worst = <V extends FloatArray>(
    make: (values: ReadonlyArray<number>) => V,
    method: AdaptiveMethod,
    gradient: GradientMethod,
    tolerances: { readonly rtol: number; readonly atol: number },
  ): number => {
    const { ts, h0, theta, rhs } = problem
    const { pullback } = solveWithPullback(rhs<V>(theta), ts, make(h0), { method, gradient, ...tolerances })
    const { h0: dh0, theta: dtheta, failure } = pullback(incomingOf(problem).map(make))
    assert.isUndefined(failure)
    const found = [...dh0, ...dtheta]
    return Math.max(...found.map((value, k) => Math.abs(value - truth[k]!))) / size
  }

  const cases = METHODS.flatMap((method) =>
    (['backsolve', 'interpolating', 'discrete'] as const)
      .filter((gradient) => gradient !== 'discrete' || !IMPLICIT.has(method))
      .map((gradient) => [method, gradient] as const),
  )

  it.each(cases)('%s, %s: agrees with finite differences in both precisions', (method, gradient) => {
    const double = worst((x) => Float64Array.from(x), method, gradient, { rtol: 1e-8, atol: 1e-10 })
    assert.isBelow(double, 2e-6)
    const single = worst((x) => Float32Array.from(x), method, gradient, { rtol: 2e-5, atol: 1e-6 })
    assert.isBelow(single, 2e-3)
  })
})
