import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { denseStructure } from '../../../src/ivp/jacobian/structure.ts'
import { DenseComplexLu } from '../../../src/ivp/linalg/denseComplexLu.ts'
import { DenseLu } from '../../../src/ivp/linalg/denseLu.ts'
import type { DenseMatrix } from '../../../src/ivp/linalg/jacobianMatrix.ts'
import { Shift } from '../../../src/ivp/linalg/shift.ts'
import type { ComplexShiftedSystem, ShiftedSystem } from '../../../src/ivp/linalg/shiftedSystem.ts'
import { ComplexLu2, ComplexLu3 } from '../../../src/ivp/linalg/smallComplexLu.ts'
import { Lu2, Lu3 } from '../../../src/ivp/linalg/smallLu.ts'
import { WasmDenseComplexLu, WasmDenseLu } from '../../../src/ivp/linalg/wasmDenseLu.ts'
import { toLuModule, toSmallLu } from '../../../tools/generateLu.mjs'

/** Entries of all magnitudes, zeros of both signs among them, and repeated ones: pivots that are equal, columns that need no work. */
const entry = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
  { weight: 3, arbitrary: fc.constantFrom(0, -0, 1, -1) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
)
const system = (n: number): fc.Arbitrary<System> =>
  fc.record({
    values: fc.array(entry, { minLength: n * n, maxLength: n * n }),
    b: fc.array(entry, { minLength: 2 * n, maxLength: 2 * n }),
    alpha: fc.constantFrom(0, 3, 1e4),
    beta: fc.constantFrom(-1, -0.37),
  })

interface System {
  readonly values: number[]
  readonly b: number[]
  readonly alpha: number
  readonly beta: number
}

function dense(values: ReadonlyArray<number>, n: number): DenseMatrix {
  const J = denseStructure(n).empty() as DenseMatrix
  J.values.set(values)
  return J
}

/** Holds both against plain loops, bit for bit. */
function compare(
  real: (n: number) => ShiftedSystem<DenseMatrix>,
  complex: (n: number) => ComplexShiftedSystem<DenseMatrix>,
  sizes: fc.Arbitrary<number>,
): void {
  fc.assert(
    fc.property(sizes.chain(system), ({ values, b, alpha, beta }) => {
      const n = b.length / 2
      const J = dense(values, n)
      const shift = new Shift().set(alpha, alpha / 3, beta)
      const pairs = [
        [new DenseLu(n), real(n)],
        [withImaginaryPart(new DenseComplexLu(n), n), withImaginaryPart(complex(n), n)],
      ] as const
      for (const [plain, other] of pairs) {
        const isRegular = plain.factor(J, shift)
        assert.equal(other.factor(J, shift), isRegular)
        if (isRegular) {
          const expected = Float64Array.from(b)
          const x = Float64Array.from(b)
          plain.solve(expected, 0)
          other.solve(x, 0)
          assert.deepEqual(x, expected)
        }
        other.release()
      }
    }),
    { numRuns: 2000 },
  )
}

function withImaginaryPart(system: ComplexShiftedSystem<DenseMatrix>, n: number): ShiftedSystem<DenseMatrix> {
  return {
    factor: (J, shift) => system.factor(J, shift),
    solve: (v, at) => system.solve(v, at, at + n),
    release: () => system.release(),
  }
}

describe('LU factors written out', () => {
  it('are those of plain loops, bit for bit', () => {
    compare(
      (n) => (n === 2 ? new Lu2() : new Lu3()),
      (n) => (n === 2 ? new ComplexLu2() : new ComplexLu3()),
      fc.constantFrom(2, 3),
    )
  })
  it('come from node tools/generateLu.mjs', () => {
    const path = (name: string): URL => new URL(`../../../src/ivp/linalg/${name}.ts`, import.meta.url)
    assert.equal(readFileSync(path('smallLu'), 'utf8'), toSmallLu(false))
    assert.equal(readFileSync(path('smallComplexLu'), 'utf8'), toSmallLu(true))
  })
})

describe('LU factors in wasm', () => {
  it('are those of plain loops, bit for bit', () => {
    compare(
      (n) => WasmDenseLu.of(n)!,
      (n) => WasmDenseComplexLu.of(n)!,
      fc.integer({ min: 1, max: 21 }),
    )
  })
  it('refuse a matrix that is not finite', () => {
    for (const bad of [NaN, Infinity]) {
      const J = dense([1, 2, 3, 4, bad, 5, 6, 7, 8], 3)
      assert.isFalse(WasmDenseLu.of(3)!.factor(J, new Shift().set(1, 0, -1)))
      assert.isFalse(WasmDenseComplexLu.of(3)!.factor(J, new Shift().set(1, 1, -1)))
    }
  })
  it('of two systems at a time do not touch each other; memory is used again after release', () => {
    const n = 9
    const J = dense(
      Array.from({ length: n * n }, (_, e) => Math.sin(e)),
      n,
    )
    const ones = new Float64Array(n).fill(1)
    const solve = (lu: WasmDenseLu): Float64Array => {
      const x = ones.slice()
      lu.solve(x, 0)
      return x
    }
    const first = WasmDenseLu.of(n)!
    first.factor(J, new Shift().set(4, 0, -1))
    const before = solve(first)
    const second = WasmDenseLu.of(n)!
    second.factor(J, new Shift().set(7, 0, -1))
    const other = solve(second)
    assert.notDeepEqual(other, before)
    assert.deepEqual(solve(first), before)
    second.release()
    second.release()
    const third = WasmDenseLu.of(n)!
    third.factor(J, new Shift().set(7, 0, -1))
    assert.deepEqual(solve(third), other)
    const fourth = WasmDenseLu.of(n)!
    fourth.factor(J, new Shift().set(4, 0, -1))
    assert.deepEqual(solve(third), other, 'a memory given back twice is lent once')
  })
  it('come from the bytes in the tree: node tools/generateLu.mjs', async () => {
    const path = new URL('../../../src/ivp/linalg/luBytes.ts', import.meta.url)
    assert.equal(readFileSync(path, 'utf8'), await toLuModule())
  })
})
