import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { bandedStructure, denseStructure, sparseStructure } from '../../../src/ivp/jacobian/structure.ts'
import { complexShiftedSystem, shiftedSystem } from '../../../src/ivp/linalg/factorizations.ts'
import { Shift } from '../../../src/ivp/linalg/shift.ts'
import type { JacobianMatrix } from '../../../src/ivp/linalg/jacobianMatrix.ts'

const STORAGES = ['dense', 'banded', 'sparse'] as const

/** A matrix with entries only where |i - j| <= width, and (for 'sparse') in the last row and column. */
const matrix = fc.integer({ min: 1, max: 9 }).chain((n) =>
  fc.record({
    rows: fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    }),
    b: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n, maxLength: n }),
    storage: fc.constantFrom(...STORAGES),
  }),
)

function store(
  rows: number[][],
  storage: (typeof STORAGES)[number],
): { J: JacobianMatrix; entries: number[][] } {
  const n = rows.length
  const isStored = (i: number, j: number): boolean =>
    storage === 'dense' ||
    (i - j <= Math.min(2, n - 1) && j - i <= Math.min(1, n - 1)) ||
    (storage === 'sparse' && (i === n - 1 || j === 0))
  const structure =
    storage === 'dense'
      ? denseStructure(n)
      : storage === 'banded'
        ? bandedStructure(n, Math.min(2, n - 1), Math.min(1, n - 1))
        : sparseStructure(n, isStored)
  const J = structure.empty()
  const entries = rows.map((row, i) => row.map((value, j) => (isStored(i, j) ? value : 0)))
  entries.forEach((row, i) =>
    row.forEach((value, j) => {
      if (!isStored(i, j)) return
      if (J.kind === 'dense') J.values[j * n + i] = value
      else if (J.kind === 'banded') J.values[(J.upper + i - j) * n + j] = value
      else {
        const rowsOfColumn = J.rowIndex.slice(J.columnStart[j]!, J.columnStart[j + 1]!)
        J.values[J.columnStart[j]! + rowsOfColumn.indexOf(i)] = value
      }
    }),
  )
  return { J, entries }
}

describe('shifted systems', () => {
  it('solve (alpha I + beta J) x = b in every storage', () => {
    fc.assert(
      fc.property(matrix, fc.double({ min: 12, max: 20, noNaN: true }), ({ rows, b, storage }, alpha) => {
        const { J, entries } = store(rows, storage)
        const before = J.values.slice()
        const system = shiftedSystem(J)
        assert.isTrue(system.factor(J, new Shift().set(alpha, 0, -1.1)))
        const x = Float64Array.from(b)
        system.solve(x, 0)
        entries.forEach((row, i) => {
          const product = row.reduce((sum, value, j) => sum - 1.1 * value * x[j]!, alpha * x[i]!)
          assert.closeTo(product, b[i]!, 1e-12)
        })
        assert.deepEqual(J.values, before, 'J is not modified')
      }),
      { numRuns: 500 },
    )
  })
  it('solve with a complex shift', () => {
    fc.assert(
      fc.property(matrix, ({ rows, b, storage }) => {
        const { J, entries } = store(rows, storage)
        const system = complexShiftedSystem(J)
        assert.isTrue(system.factor(J, new Shift().set(11, 7, -1)))
        const n = b.length
        const v = Float64Array.from([...b, ...b.map((value) => 1 - value)])
        system.solve(v, 0, n)
        const re = v.subarray(0, n)
        const im = v.subarray(n)
        entries.forEach((row, i) => {
          const real = row.reduce((sum, value, j) => sum - value * re[j]!, 11 * re[i]! - 7 * im[i]!)
          const imaginary = row.reduce((sum, value, j) => sum - value * im[j]!, 11 * im[i]! + 7 * re[i]!)
          assert.closeTo(real, b[i]!, 1e-12)
          assert.closeTo(imaginary, 1 - b[i]!, 1e-12)
        })
      }),
      { numRuns: 500 },
    )
  })
  it('dense and banded pivot; sparse does not, and tells: a smaller step brings the diagonal back', () => {
    for (const storage of STORAGES) {
      const { J } = store(
        [
          [0, 1, 0],
          [1, 0, 1],
          [0, 2, 1],
        ],
        storage,
      )
      const system = shiftedSystem(J)
      assert.equal(system.factor(J, new Shift().set(0, 0, 1)), storage !== 'sparse')
      if (storage === 'sparse') continue
      const x = Float64Array.of(2, 4, 7)
      system.solve(x, 0)
      ;[1, 2, 3].forEach((value, i) => assert.closeTo(x[i]!, value, 1e-14))
    }
  })
  it.each(STORAGES)('%s: singular and non-finite matrices are told', (storage) => {
    const { J } = store(
      [
        [1, 0],
        [0, 0],
      ],
      storage,
    )
    assert.isFalse(shiftedSystem(J).factor(J, new Shift().set(0, 0, 1)))
    assert.isFalse(shiftedSystem(J).factor(J, new Shift().set(NaN, 0, 1)))
    assert.isFalse(complexShiftedSystem(J).factor(J, new Shift().set(0, 0, 1)))
  })
})
