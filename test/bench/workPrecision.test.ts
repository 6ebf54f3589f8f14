import { assert, describe, it } from 'vitest'
import { best, leads, smallestLead, type Curve, type Kind } from '../../bench/lib/workPrecision.ts'

const curve = (name: string, kind: Kind, ...points: [error: number, seconds: number][]): Curve => ({
  name,
  kind,
  points: points.map(([error, seconds]) => ({ rtol: error, error, seconds, nfev: 1 })),
})

describe('the least time for an error', () => {
  const steep = curve('steep', 'ours', [1e-2, 1], [1e-4, 100])
  const flat = curve('flat', 'ours', [1e-2, 5], [1e-6, 20])

  it('lies between two points on a straight line in logarithms', () => {
    assert.closeTo(best([steep], 1e-3)!.seconds, 10, 1e-12)
  })
  it('is that of a point with a smaller error where the curve has none as large', () => {
    assert.deepEqual(best([steep], 0.5), { name: 'steep', seconds: 1 })
  })
  it('is that of the fastest curve there', () => {
    assert.deepEqual(best([steep, flat], 1e-2), { name: 'steep', seconds: 1 })
    assert.equal(best([steep, flat], 1e-4)!.name, 'flat')
  })
  it('does not exist where no curve is as precise', () => {
    assert.isNull(best([steep, flat], 1e-7))
  })
  it('counts a point that is better in both, also on a curve that goes back', () => {
    const zigzag = curve('zigzag', 'ours', [1e-3, 9], [1e-5, 2], [1e-4, 4])
    assert.equal(best([zigzag], 1e-3)!.seconds, 2)
  })
})

describe('leads', () => {
  const ours = [curve('ours', 'ours', [1e-2, 1], [1e-6, 10])]

  it('are the other time over ours at the same error', () => {
    const all = leads(ours, curve('peer', 'javascript', [1e-2, 3], [1e-6, 5]), 0)
    assert.deepEqual(
      all.map(({ ratio }) => ratio),
      [3, 0.5],
    )
    assert.equal(smallestLead(all)!.ratio, 0.5)
  })
  it('are unknown where the other is more precise than we are: the smallest of all', () => {
    const all = leads(ours, curve('peer', 'javascript', [1e-2, 3], [1e-8, 500]), 0)
    assert.isNull(smallestLead(all)!.ratio)
  })
  it('leave out errors that cannot be told', () => {
    assert.lengthOf(leads(ours, curve('peer', 'javascript', [1e-2, 3], [1e-8, 500]), 1e-7), 1)
    assert.isNull(smallestLead([]))
  })
})
