import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { principalComponents } from '../../../src/model/study/principalComponents.ts'

describe('principalComponents', () => {
  it('finds the axes of a plane in space', () => {
    const points = [-2, -1, 0, 1, 2].flatMap((a) => [-1, 1].map((b) => [3 * a + 5, b, -4 * a]))
    const { explained, coordinates } = principalComponents(points)
    assert.closeTo(explained[0] + explained[1], 1, 1e-12)
    // Lengths along (3, 0, -4) / 5, whose largest entry is made positive
    points.forEach(([x, , z], i) => assert.closeTo(coordinates[i]![0], -((x! - 5) * 3 - z! * 4) / 5, 1e-9))
    points.forEach(([, y], i) => assert.closeTo(coordinates[i]![1], y!, 1e-9))
  })

  it('keeps distances in two dimensions, orders its shares, and centres', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true })
    const pairs = fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(pairs, (points) => {
        const { coordinates, explained } = principalComponents(points)
        const distance = (of: readonly (readonly [number, number])[], i: number): number =>
          Math.hypot(of[i]![0] - of[0]![0], of[i]![1] - of[0]![1])
        points.forEach((_, i) => assert.closeTo(distance(coordinates, i), distance(points, i), 1e-8))
        assert.isAtLeast(explained[0], explained[1])
        for (const axis of [0, 1] as const) {
          assert.closeTo(coordinates.reduce((sum, point) => sum + point[axis], 0), 0, 1e-8) // prettier-ignore
        }
      }),
      // Products of such numbers are subnormal
      { examples: [[[[0, -1 / 7], [6.4e-323, 0]]]] }, // prettier-ignore
    )
  })

  it('takes points that are all the same', () => {
    const { explained, coordinates } = principalComponents([[1, 2], [1, 2]]) // prettier-ignore
    assert.deepEqual(explained, [0, 0])
    assert.deepEqual(coordinates[0], [0, 0])
  })
})
