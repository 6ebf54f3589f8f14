import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, solveIvp } from '../../src/index.ts'
import { equilibrium, linearSolution } from '../../src/linear/index.ts'

const matrixAndVectors = fc.integer({ min: 1, max: 4 }).chain((n) => {
  const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n, maxLength: n })
  return fc.tuple(fc.array(vector, { minLength: n, maxLength: n }), vector, vector, fc.boolean())
})

describe('linearSolution', () => {
  it('is what the solver computes, for singular matrices too, forwards and backwards', () => {
    fc.assert(
      fc.property(matrixAndVectors, ([W, b, h0, isSingular]) => {
        if (isSingular) W[0] = W[W.length - 1]!.map((value) => (W.length === 1 ? 0 : 2 * value))
        const exact = linearSolution({ W, b }, h0, 1)
        for (const t1 of [3, -1]) {
          const solved = solveIvp(
            (_, h) => W.map((row, i) => row.reduce((s, w, j) => s + w * h[j]!, b[i]!)),
            [1, t1],
            h0,
            {
              method: 'DOP853',
              rtol: 1e-12,
              // Errors of h0's last digits grow, and h0 may be small
              atol: 1e-16,
            },
          )
          const end = exact(t1)
          const scale = Math.max(
            ...end.map(Math.abs),
            ...solved.states.flatMap((y) => [...y]).map(Math.abs),
            1,
          )
          solved.states.at(-1)!.forEach((y, i) => assert.closeTo(y, end[i]!, 1e-9 * scale))
        }
      }),
      { numRuns: 50 },
    )
  })
  it('has the closed forms of one component', () => {
    const grow = linearSolution({ W: [[0.7]], b: [2] }, [1])
    for (const t of [-3, 0, 0.1, 5]) {
      const exact = Math.exp(0.7 * t) + (2 / 0.7) * Math.expm1(0.7 * t)
      assert.closeTo(grow(t)[0]! / exact, 1, 1e-14)
    }
    assert.closeTo(linearSolution({ W: [[0]], b: [2] }, [1])(3)[0]!, 7, 1e-14)
  })
  it('gives rows for many times, as sol does', () => {
    const rows = linearSolution(
      {
        W: [
          [0, 1],
          [-1, 0],
        ],
      },
      [0, 1],
    )([0, 1, 2])
    assert.deepEqual(
      rows.map((row) => row.length),
      [3, 3],
    )
    assert.closeTo(rows[0]![2]!, Math.sin(2), 1e-15)
  })
  it.each([
    ['W', () => linearSolution({ W: [[1, 2]] }, [1])],
    ['b', () => linearSolution({ W: [[1]], b: [1, 2] }, [1])],
    ['h0', () => linearSolution({ W: [[1]] }, [NaN])],
    ['t0', () => linearSolution({ W: [[1]] }, [1], Infinity)],
    ['t', () => linearSolution({ W: [[1]] }, [1])(NaN)],
  ] as const)('rejects a bad %s', (option, call) => {
    try {
      call()
      assert.fail('was accepted')
    } catch (error) {
      assert.instanceOf(error, IvpInputError)
      assert.equal(error.option, option)
    }
  })
})

describe('equilibrium', () => {
  it('is where nothing moves, and null where W is singular', () => {
    const ode = {
      W: [
        [-1, 2],
        [0.5, -3],
      ],
      b: [1, -2],
    }
    const rest = equilibrium(ode)!
    linearSolution(ode, rest)(10).forEach((h, i) => assert.closeTo(h, rest[i]!, 1e-13))
    assert.isNull(
      equilibrium({
        W: [
          [1, 2],
          [2, 4],
        ],
        b: [1, 1],
      }),
    )
  })
})
