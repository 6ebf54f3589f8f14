import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { columnGroups, type ColumnGroups } from '../../../src/ivp/jacobian/columnGroups.ts'
import { FiniteDifferences } from '../../../src/ivp/jacobian/finiteDifferences.ts'
import { bandedStructure, denseStructure, sparseStructure } from '../../../src/ivp/jacobian/structure.ts'

/** A chain of reactions: neighbours only; magnitudes from 0.1 to 30. */
const n = 6
const size = (i: number): number => 10 ** (i / 2 - 1)
function chain(y: Float64Array): Float64Array {
  return y.map((x, i) => (i > 0 ? y[i - 1]! * x : 0) - x * x + (i < n - 1 ? 0.5 * y[i + 1]! : 0))
}
function chainJacobian(y: Float64Array, i: number, j: number): number {
  if (j === i - 1) return y[i]!
  if (j === i + 1) return 0.5
  return i === j ? (i > 0 ? y[i - 1]! : 0) - 2 * y[i]! : 0
}

const STRUCTURES = {
  dense: denseStructure(n),
  banded: bandedStructure(n, 1, 1),
  sparse: sparseStructure(n, (i, j) => Math.abs(i - j) <= 1),
}

function columnsOf({ start, columns }: ColumnGroups): number[][] {
  return Array.from({ length: start.length - 1 }, (_, g) => [...columns.subarray(start[g]!, start[g + 1])])
}

describe('finite differences', () => {
  it.each(Object.keys(STRUCTURES) as (keyof typeof STRUCTURES)[])('%s: agree with the derivative', (kind) => {
    let evaluations = 0
    const source = new FiniteDifferences(
      STRUCTURES[kind],
      (_, count, write, read) => {
        evaluations += count
        for (let g = 0; g < count; g++) {
          const state = new Float64Array(n)
          write(g, state)
          read(g, chain(state))
        }
      },
      1e-10,
      Number.EPSILON,
    )
    const y = Float64Array.from({ length: n }, (_, i) => 1.7 * size(i))
    // The increments adapt from one Jacobian to the next
    for (let round = 0; round < 3; round++) {
      evaluations = 0
      const J = source.evaluate(0, y, chain(y))
      if (J.kind === 'sparse') {
        for (let j = 0; j < n; j++)
          for (let k = J.columnStart[j]!; k < J.columnStart[j + 1]!; k++)
            check(J.values[k]!, J.rowIndex[k]!, j)
      } else {
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++)
            if (J.kind === 'dense') check(J.values[j * n + i]!, i, j)
            else if (Math.abs(i - j) <= 1) check(J.values[(1 + i - j) * n + j]!, i, j)
      }
    }
    if (kind !== 'dense') assert.isAtMost(evaluations, 6, 'three groups, each tried twice at most')
    assert.equal(source.count, 3)
    function check(value: number, i: number, j: number): void {
      const column = Array.from({ length: n }, (_, k) => Math.abs(chainJacobian(y, k, j)))
      assert.closeTo(value, chainJacobian(y, i, j), 3e-7 * Math.max(...column), `entry ${i}, ${j}`)
    }
  })
  it('groups columns that share no row, and few of them', () => {
    const pattern = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.array(fc.array(fc.boolean(), { minLength: size, maxLength: size }), {
        minLength: size,
        maxLength: size,
      }),
    )
    fc.assert(
      fc.property(pattern, (has) => {
        const groups = columnsOf(columnGroups(sparseStructure(has.length, (i, j) => has[i]![j]!)))
        assert.deepEqual(
          groups.flat().sort((a, b) => a - b),
          [...has.keys()],
        )
        for (const group of groups)
          for (const row of has) assert.isAtMost(group.filter((j) => row[j]).length, 1)
      }),
    )
  })
  it('a band needs no search: what is taken together is what a search would find', () => {
    const whole = fc.nat(4)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), whole, whole, (size, lower, upper) => {
        const band = bandedStructure(size, Math.min(lower, size - 1), Math.min(upper, size - 1))
        assert.deepEqual(band.groups(), columnGroups(band))
      }),
    )
    assert.deepEqual(denseStructure(5).groups(), columnGroups(denseStructure(5)))
  })
})
