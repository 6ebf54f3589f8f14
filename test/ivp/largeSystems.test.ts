import { assert, describe, it } from 'vitest'
import { solveIvp, type MethodName } from '../../src/index.ts'

/** Heat conduction on n inner points of a rod: tridiagonal, stiff; the first mode decays as exp(-lambda t). */
const n = 2000
const lambda = 4 * (n + 1) ** 2 * Math.sin(Math.PI / (2 * (n + 1))) ** 2
const y0 = Float64Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 1)) / (n + 1)))

function heat(_: number, y: Float64Array, dydt: Float64Array): void {
  const c = (n + 1) ** 2
  for (let i = 0; i < n; i++) dydt[i] = c * ((y[i - 1] ?? 0) - 2 * y[i]! + (y[i + 1] ?? 0))
}

const tridiagonal = { rows: n, columns: n, get: (i: number, j: number) => (Math.abs(i - j) <= 1 ? 1 : 0) }

describe('n = 2000, tridiagonal', () => {
  const cases = (['Radau', 'BDF', 'LSODA'] as MethodName[]).flatMap((method) => [
    { method, name: 'a band', options: { lband: 1, uband: 1 } },
    { method, name: 'a sparsity pattern', options: { jacSparsity: tridiagonal } },
  ])
  // Dense factors take n^3 / 3 = 2.7e9 multiplications each, and 2000 evaluations for a Jacobian
  it.each(cases.filter(({ method, name }) => method !== 'LSODA' || name === 'a band'))(
    '$method finishes with $name',
    ({ method, options }) => {
      const start = performance.now()
      const result = solveIvp(heat, [0, 0.1], y0, {
        method,
        inPlace: true,
        rtol: 1e-4,
        atol: 1e-7,
        ...options,
      })
      assert.isTrue(result.success)
      assert.closeTo(result.states.at(-1)![n / 2]! / Math.exp(-lambda * 0.1), 1, 5e-3)
      assert.isBelow(performance.now() - start, 5000)
    },
  )
})
