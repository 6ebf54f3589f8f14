import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { bandedStructure, denseStructure } from '../../../src/ivp/jacobian/structure.ts'
import { bandedBytes } from '../../../src/ivp/linalg/bandedArrays.ts'
import { BandedComplexLu } from '../../../src/ivp/linalg/bandedComplexLu.ts'
import { BandedLu } from '../../../src/ivp/linalg/bandedLu.ts'
import { DenseComplexLu } from '../../../src/ivp/linalg/denseComplexLu.ts'
import { DenseLu } from '../../../src/ivp/linalg/denseLu.ts'
import type { BandedMatrix, DenseMatrix, JacobianMatrix } from '../../../src/ivp/linalg/jacobianMatrix.ts'
import { takeLuMemory, type LuMemory } from '../../../src/ivp/linalg/luMemory.ts'
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
const system = (n: number, columns = n): fc.Arbitrary<System> =>
  fc.record({
    values: fc.array(entry, { minLength: n * columns, maxLength: n * columns }),
    b: fc.array(entry, { minLength: 2 * n, maxLength: 2 * n }),
    alpha: fc.constantFrom(0, 3, 1e4),
    beta: fc.constantFrom(-1, -0.37),
  })

type Band = readonly [n: number, lower: number, upper: number]

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

/** Holds two factorizations against each other, bit for bit. */
function same<M extends JacobianMatrix>(
  plain: ShiftedSystem<M>,
  other: ShiftedSystem<M>,
  J: M,
  { b, alpha, beta }: Pick<System, 'b' | 'alpha' | 'beta'>,
): void {
  const shift = new Shift().set(alpha, alpha / 3, beta)
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

/** Holds both against plain loops. */
function compare(
  real: (n: number) => ShiftedSystem<DenseMatrix>,
  complex: (n: number) => ComplexShiftedSystem<DenseMatrix>,
  sizes: fc.Arbitrary<number>,
): void {
  fc.assert(
    fc.property(sizes.chain(system), (of) => {
      const n = of.b.length / 2
      const J = dense(of.values, n)
      same(new DenseLu(n), real(n), J, of)
      same(withImaginaryPart(new DenseComplexLu(n), n), withImaginaryPart(complex(n), n), J, of)
    }),
    { numRuns: 2000 },
  )
}

function withImaginaryPart<M extends JacobianMatrix>(
  system: ComplexShiftedSystem<M>,
  n: number,
): ShiftedSystem<M> {
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

describe('banded LU factors in wasm', () => {
  const band = fc
    .tuple(fc.integer({ min: 1, max: 17 }), fc.nat(5), fc.nat(5))
    .map(([n, lower, upper]) => [n, Math.min(lower, n - 1), Math.min(upper, n - 1)] as const)
  const memoryFor = ([n, lower, upper]: Band, parts: 1 | 2): LuMemory =>
    takeLuMemory(bandedBytes(n, lower, upper, parts))!
  const stored = (band: Band, values: ReadonlyArray<number>): BandedMatrix => {
    const J = bandedStructure(...band).empty() as BandedMatrix
    J.values.set(values.slice(0, J.values.length))
    return J
  }

  it('are those of plain loops, bit for bit', () => {
    fc.assert(
      fc.property(
        band.chain((b) => fc.tuple(fc.constant(b), system(b[0], b[1] + b[2] + 1))),
        ([of, numbers]) => {
          const J = stored(of, numbers.values)
          same(new BandedLu(...of), new BandedLu(...of, memoryFor(of, 1)), J, numbers)
          const other = withImaginaryPart(new BandedComplexLu(...of, memoryFor(of, 2)), of[0])
          same(withImaginaryPart(new BandedComplexLu(...of), of[0]), other, J, numbers)
        },
      ),
      { numRuns: 4000 },
    )
  })

  it('refuse a matrix that is not finite, and give their memory back once', () => {
    const of = [12, 2, 3] as const
    const J = stored(
      of,
      Array.from({ length: 72 }, (_, e) => (e === 40 ? NaN : Math.sin(e))),
    )
    const [real, complex] = [
      new BandedLu(...of, memoryFor(of, 1)),
      new BandedComplexLu(...of, memoryFor(of, 2)),
    ]
    assert.isFalse(real.factor(J, new Shift().set(1, 0, -1)))
    assert.isFalse(complex.factor(J, new Shift().set(1, 1, -1)))
    const memory = memoryFor(of, 1)
    const lu = new BandedLu(...of, memory)
    lu.release()
    lu.release()
    assert.equal(memoryFor(of, 1), memory)
    assert.notEqual(memoryFor(of, 1), memory)
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
