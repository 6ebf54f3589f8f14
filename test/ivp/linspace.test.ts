import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { IvpInputError, linspace, solveIvp } from '../../src/index.ts'

describe('linspace', () => {
  it('gives the numbers of numpy', () => {
    // numpy 2.4.6
    assert.equal(linspace(0, 1, 11)[3], 0.30000000000000004)
    assert.equal(linspace(0, 0.3, 4)[3], 0.3)
    assert.deepEqual([...linspace(-1, 1, 4)], [-1, -0.33333333333333337, 0.33333333333333326, 1])
    assert.equal(linspace(0, 1).length, 50)
    assert.deepEqual([...linspace(2, 5, 1)], [2])
    assert.deepEqual([...linspace(2, 5, 0)], [])
    assert.deepEqual([...linspace(3, 3, 3)], [3, 3, 3])
    assert.deepEqual([...linspace(5, 2, 4)], [5, 4, 3, 2])
    assert.deepEqual([...linspace(0, 1e-323, 5)], [0, 0, 5e-324, 1e-323, 1e-323])
  })

  it('has both ends exactly, keeps its direction, and is a tEval', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(number, number, fc.integer({ min: 2, max: 200 }), (start, stop, num) => {
        const list = linspace(start, stop, num)
        assert.equal(list.length, num)
        assert.equal(list[0], start)
        assert.equal(list.at(-1), stop)
        const direction = Math.sign(stop - start)
        if (Math.abs(stop - start) < 1e-6) return
        for (let i = 1; i < num; i++) assert.isAbove(direction * (list[i]! - list[i - 1]!), 0)
        assert.deepEqual(solveIvp(() => [0], [start, stop], [1], { tEval: list }).t, list)
      }),
    )
  })

  it('names what it cannot take', () => {
    const wrong: ReadonlyArray<readonly [args: ReadonlyArray<unknown>, option: string]> = [
      [[NaN, 1], 'start'],
      [['0', 1], 'start'],
      [[0, Infinity], 'stop'],
      [[0, 1n], 'stop'],
      [[0], 'stop'],
      [[-1e308, 1e308], 'stop'],
      [[0, 1, -1], 'num'],
      [[0, 1, 1.5], 'num'],
      [[0, 1, NaN], 'num'],
      [[0, 1, 1e12], 'num'],
      [[0, 1, '5'], 'num'],
      [[0, 1, null], 'num'],
    ]
    for (const [args, option] of wrong) {
      try {
        ;(linspace as (...args: ReadonlyArray<unknown>) => unknown)(...args)
        assert.fail(`${String(args)} was accepted`)
      } catch (error) {
        assert.instanceOf(error, IvpInputError)
        assert.equal(error.option, option)
      }
    }
  })
})
