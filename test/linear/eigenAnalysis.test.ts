import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { eigenAnalysis, linearSolution } from '../../src/linear/index.ts'

describe('eigenAnalysis', () => {
  it('gives eigenpairs: W v = lambda v', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) =>
          fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: n, maxLength: n }), {
            minLength: n,
            maxLength: n,
          }),
        ),
        (W) => {
          const { pairs, spectralAbscissa } = eigenAnalysis(W)
          const n = W.length
          for (const { re, im, vector } of pairs) {
            assert.closeTo(Math.hypot(...vector.re, ...vector.im), 1, 1e-12)
            W.forEach((row, i) => {
              const real = row.reduce((s, w, j) => s + w * vector.re[j]!, 0)
              const imaginary = row.reduce((s, w, j) => s + w * vector.im[j]!, 0)
              assert.closeTo(real, re * vector.re[i]! - im * vector.im[i]!, 1e-9 * n)
              assert.closeTo(imaginary, re * vector.im[i]! + im * vector.re[i]!, 1e-9 * n)
            })
          }
          assert.equal(spectralAbscissa, Math.max(...pairs.map(({ re }) => re)))
          const trace = W.reduce((s, row, i) => s + row[i]!, 0)
          assert.closeTo(
            pairs.reduce((s, { re }) => s + re, 0),
            trace,
            1e-9,
          )
        },
      ),
    )
  })
  it.each([
    [
      'saddle',
      [
        [1, 0],
        [0, -1],
      ],
    ],
    [
      'stable node',
      [
        [-1, 1],
        [0, -3],
      ],
    ],
    [
      'unstable node',
      [
        [1, 0],
        [1, 3],
      ],
    ],
    [
      'stable star',
      [
        [-2, 0],
        [0, -2],
      ],
    ],
    [
      'unstable degenerate node',
      [
        [2, 1],
        [0, 2],
      ],
    ],
    [
      'stable spiral',
      [
        [-0.1, 1],
        [-1, -0.1],
      ],
    ],
    [
      'unstable spiral',
      [
        [0.1, 1],
        [-1, 0.1],
      ],
    ],
    [
      'centre',
      [
        [0, 2],
        [-1, 0],
      ],
    ],
    [
      'line of equilibria',
      [
        [1, 2],
        [2, 4],
      ],
    ],
    [
      'line of equilibria',
      [
        [0, 1],
        [0, 0],
      ],
    ],
    [
      'plane of equilibria',
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ])('names a %s', (portrait, W) => assert.equal(eigenAnalysis(W).portrait, portrait as never))
  it('is not led astray by denormal entries', () => {
    const { pairs } = eigenAnalysis([
      [0, 0, 0],
      [0, 7e-5, 0],
      [-1.5e-323, 0, 0],
    ])
    assert.deepEqual(
      pairs.map(({ re }) => re),
      [7e-5, 0, 0],
    )
  })
  it('ends on matrices that unlimited iterations do not end on', () => {
    const { pairs } = eigenAnalysis([
      [0, 0, -1, -1],
      [0, 0, -1, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ])
    const sorted = [...pairs].sort((a, b) => a.im - b.im)
    const expected = [-Math.SQRT2, 0, 0, Math.SQRT2]
    sorted.forEach(({ re, im }, j) => {
      assert.closeTo(re, 0, 1e-14)
      assert.closeTo(im, expected[j]!, 1e-14)
    })
  })
  it('ends on every matrix of small integers, and of any size of entries', () => {
    const matrices = (entry: fc.Arbitrary<number>): fc.Arbitrary<number[][]> =>
      fc
        .integer({ min: 1, max: 7 })
        .chain((n) =>
          fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
        )
    const extreme = fc.double({ noNaN: true, noDefaultInfinity: true })
    for (const entry of [fc.constantFrom(0, 0, 1, -1), extreme]) {
      fc.assert(
        fc.property(matrices(entry), (W) => {
          assert.equal(eigenAnalysis(W).pairs.length, W.length)
        }),
        { numRuns: 500 },
      )
    }
  })
  it('tells stability and stiffness', () => {
    const stiff = eigenAnalysis([
      [-1, 0, 0],
      [0, -1000, 1],
      [0, 0, -10],
    ])
    assert.equal(stiff.stability, 'asymptotic')
    assert.closeTo(stiff.stiffnessRatio, 1000, 1e-9)
    assert.isNull(stiff.portrait)
    assert.equal(
      eigenAnalysis([
        [0, 1],
        [-1, 0],
      ]).stability,
      'marginal',
    )
    assert.isNaN(eigenAnalysis([[1]]).stiffnessRatio)
    // The rate is what the exact solution shows
    const W = [
      [-0.3, 4],
      [0, -2],
    ]
    const h = linearSolution({ W }, [1, 1])
    assert.closeTo(Math.log(h(41)[0]! / h(40)[0]!), eigenAnalysis(W).spectralAbscissa, 1e-12)
  })
})
