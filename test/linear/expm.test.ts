import fc from 'fast-check'
import { Matrix, determinant, inverse } from 'ml-matrix'
import { assert, describe, it } from 'vitest'
import { IvpInputError } from '../../src/index.ts'
import { expm } from '../../src/linear/index.ts'

const square = (n: number, size: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.double({ min: -size, max: size, noNaN: true }), { minLength: n * n, maxLength: n * n })
    .map((values) => Matrix.from1DArray(n, n, values))

/** Both matrices agree to `tolerance` of their largest entry. */
function assertNear(a: Matrix, b: Matrix, tolerance: number): void {
  const scale = Math.max(Matrix.abs(a).max(), Matrix.abs(b).max(), 1e-300)
  assert.isAtMost(Matrix.abs(Matrix.sub(a, b)).max() / scale, tolerance)
}

describe('expm', () => {
  it('has closed forms', () => {
    assertNear(expm([[0]]), new Matrix([[1]]), 0)
    assertNear(expm(Matrix.diag([1, -2, 3])), Matrix.diag([1, -2, 3].map(Math.exp)), 4e-16)
    const angle = 100.3
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    assertNear(
      expm([
        [0, -angle],
        [angle, 0],
      ]),
      new Matrix([
        [c, -s],
        [s, c],
      ]),
      1e-13,
    )
    // Nilpotent: the series ends
    assertNear(
      expm([
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ]),
      new Matrix([
        [1, 1, 0.5],
        [0, 1, 1],
        [0, 0, 1],
      ]),
      3e-16,
    )
  })
  it('is not scaled too much where the matrix is far from normal', () => {
    // exp([[a, c], [0, b]]) = [[e^a, c (e^a - e^b) / (a - b)], [0, e^b]]
    for (const c of [1, 1e3, 1e6, 1e9]) {
      const exact = new Matrix([
        [Math.E, c * Math.sinh(1)],
        [0, 1 / Math.E],
      ])
      const ours = expm([
        [1, c],
        [0, -1],
      ])
      assertNear(ours, exact, 1e-15)
      assert.closeTo(ours.get(1, 1) * Math.E, 1, 1e-14)
    }
  })
  it('inverts by its negative, adds exponents, and has determinant e^trace', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) => square(n, 3)),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (A, s) => {
          const E = expm(A)
          const condition = E.norm() * expm(Matrix.mul(A, -1)).norm()
          fc.pre(condition < 1e8)
          assertNear(E.mmul(expm(Matrix.mul(A, -1))), Matrix.eye(A.rows), 1e-13 * condition)
          assertNear(expm(Matrix.mul(A, s)).mmul(expm(Matrix.mul(A, 1 - s))), E, 1e-13 * condition)
          assert.closeTo(determinant(E) / Math.exp(A.trace()), 1, 1e-12 * condition)
        },
      ),
    )
  })
  it('goes along with a change of basis', () => {
    fc.assert(
      fc.property(square(4, 2), square(4, 1), (A, P) => {
        const basis = P.add(Matrix.eye(4).mul(5))
        assertNear(
          expm(basis.mmul(A).mmul(inverse(basis))),
          basis.mmul(expm(A)).mmul(inverse(basis)),
          1e-11 * Math.exp(A.norm()),
        )
      }),
    )
  })
  it('takes rows, typed rows and anything with get, and leaves them alone', () => {
    const rows = [Float64Array.of(0, 1), Float64Array.of(-1, 0)]
    const object = { rows: 2, columns: 2, get: (i: number, j: number) => rows[i]![j]! }
    assertNear(expm(rows), expm(object), 0)
    assert.deepEqual([...rows[0]!], [0, 1])
  })
  it.each([
    [[], 'matrix'],
    [[[1, 2]], 'square'],
    [[[1, 2], [3]], 'matrix'],
    [[[NaN]], 'finite'],
    [3, 'matrix'],
    [null, 'matrix'],
  ] as [never, string][])('rejects %j', (bad, word) => {
    try {
      expm(bad)
      assert.fail('was accepted')
    } catch (error) {
      assert.instanceOf(error, IvpInputError)
      assert.equal(error.option, 'A')
      assert.include(error.message, word)
    }
  })
})
