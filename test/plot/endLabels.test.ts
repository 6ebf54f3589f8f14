import fc from 'fast-check'
import { DOMParser } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { curvesPlot } from '../../src/plot/curvesPlot.ts'
import { spread } from '../../src/plot/endLabels.ts'
import { toSvg } from '../../src/plot/render.ts'

const LINE_HEIGHT = 16

describe('labels moved apart', () => {
  it('are so far apart, in their order and between the bounds, and none moves that has room', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 8 }), (heights) => {
        const wanted = heights.toSorted((a, b) => a - b)
        const places = spread(wanted, LINE_HEIGHT, 0, 200)
        const hasRoom = wanted.every((y, i) => i === 0 || y - wanted[i - 1]! >= LINE_HEIGHT)
        if (hasRoom) expect(places.every((y, i) => Math.abs(y - wanted[i]!) < 1e-9)).toBe(true)
        for (const [i, y] of places.entries()) {
          expect(y).toBeGreaterThanOrEqual(-1e-9)
          expect(y).toBeLessThanOrEqual(200 + 1e-9)
          if (i > 0) expect(y - places[i - 1]!).toBeGreaterThanOrEqual(LINE_HEIGHT - 1e-9)
        }
      }), // prettier-ignore
      { seed: 1 },
    )
  })

  it('share the way: two of one height move by half a line each, three by a line at most', () => {
    expect(spread([100, 100], LINE_HEIGHT, 0, 200)).toEqual([92, 108])
    expect(spread([100, 100, 100], LINE_HEIGHT, 0, 200)).toEqual([84, 100, 116])
    expect(spread([20, 100, 100], LINE_HEIGHT, 0, 200)).toEqual([20, 92, 108])
    expect(spread([0, 0], LINE_HEIGHT, 0, 200)).toEqual([0, 16])
    expect(spread([200, 200], LINE_HEIGHT, 0, 200)).toEqual([184, 200])
  })
})

describe('a label off the end of its curve', () => {
  const draw = (ends: readonly { x: number; y: number }[]) => {
    const curves = ends.map((end, i) => ({
      name: `curve ${i}`,
      color: ['#2b7bd6', '#c8620a'][i]!,
      points: [{ x: 0, y: 0 }, end],
      hasDots: true,
    }))
    const axis = { from: 0, to: 10, format: String }
    const svg = toSvg(curvesPlot({ title: '', legend: '', curves, x: { label: '', ...axis }, y: axis }))
    const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement
    const labels = root.querySelector('g[aria-label="labels"]')!
    const numbers = (text: string | null): number[] => (text ?? '').match(/-?[\d.]+/g)!.map(Number)
    return {
      heights: [...labels.querySelectorAll('text')].map((e) => numbers(e.getAttribute('transform'))[1]!),
      leads: [...labels.querySelectorAll('path')].map((e) => numbers(e.getAttribute('d'))),
      dots: [...root.querySelectorAll('circle')].map((e) => [
        Number(Number(e.getAttribute('cx')).toFixed(2)),
        Number(Number(e.getAttribute('cy')).toFixed(2)),
      ]),
    }
  }

  it('has a line from that end to it', () => {
    const { heights, leads, dots } = draw([{ x: 10, y: 5 }, { x: 10, y: 5 }]) // prettier-ignore
    expect(Math.abs(heights[0]! - heights[1]!)).toBe(LINE_HEIGHT)
    expect(leads).toHaveLength(2)
    for (const [i, lead] of leads.entries()) {
      expect(lead.slice(0, 2)).toEqual(dots[1])
      expect(lead.at(-1)).toBe(heights[i])
    }
  })

  it('has one too where the curve ends long before the edge, and none where the label is beside it', () => {
    const { heights, leads, dots } = draw([{ x: 10, y: 9 }, { x: 3, y: 2 }]) // prettier-ignore
    expect(leads).toHaveLength(1)
    expect(leads[0]!.slice(0, 2)).toEqual(dots[3])
    expect(heights[0]).toBeCloseTo(dots[1]![1]!, 1)
  })
})
