import { assert, describe, it } from 'vitest'
import { solveWithPullback, type DifferentiableRhs, type Gradients } from '../../src/adjoint/index.ts'
import type { FloatArray } from '../../src/index.ts'
import { spiral } from './spiral.ts'
import reference from './torchdiffeq.json' with { type: 'json' }
import { twoLayerNet } from './twoLayerNet.ts'

type Problem = (typeof reference.problems)[number]

const PROBLEMS: Readonly<Record<string, <V extends FloatArray>(given: Problem) => DifferentiableRhs<V>>> = {
  spiral: ({ theta }) => spiral(theta),
  network: ({ h0, theta }) =>
    twoLayerNet({ n: h0.length, m: (theta.length - h0.length) / (2 * h0.length + 2) }, theta),
}

/** Of half the mean square of all outputs after the first. */
function gradientsOf<V extends FloatArray>(
  given: Problem,
  h0: V,
  tolerances: { rtol: number; atol: number },
): { readonly states: ReadonlyArray<V>; readonly gradients: Gradients<V> } {
  const { result, pullback } = solveWithPullback(PROBLEMS[given.problem]!<V>(given), given.ts, h0, {
    ...tolerances,
    backward: { norm: 'blocks' },
  })
  const count = (given.ts.length - 1) * h0.length
  const incoming = result.states.map((h, j) => h.map((value) => (j === 0 ? 0 : value / count)) as V)
  return { states: result.states, gradients: pullback(incoming) }
}

/** Every component within `bound` of the largest expected one. */
function near(name: string, found: ArrayLike<number>, expected: ArrayLike<number>, bound: number): void {
  assert.equal(found.length, expected.length, name)
  const size = Math.max(...Array.from(expected, Math.abs))
  for (let i = 0; i < expected.length; i++) {
    assert.isAtMost(Math.abs(found[i]! - expected[i]!), bound * size, `${name}[${i}]`)
  }
}

describe.each(reference.problems)("torchdiffeq's gradients of the $problem", (given) => {
  const compare = (h0: FloatArray, tolerances: { rtol: number; atol: number }, bound: number): void => {
    const { states, gradients } = gradientsOf(given, h0, tolerances)
    given.expected.states.forEach((state, j) => near(`states[${j}]`, states[j]!, state, bound))
    near('h0', gradients.h0, given.expected.h0, bound)
    near('theta', gradients.theta, given.expected.theta, bound)
    near('ts', gradients.ts, given.expected.ts, bound)
  }

  it('are ours to 1e-6 in double precision', () => {
    compare(Float64Array.from(given.h0), { rtol: 1e-9, atol: 1e-12 }, 1e-6)
  })

  it('are ours to 1e-3 in single precision', () => {
    compare(Float32Array.from(given.h0), { rtol: 1e-5, atol: 1e-6 }, 1e-3)
  })
})
