import { DOMParser } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { curvesPlot, type CurvesInput } from '../../src/plot/curvesPlot.ts'
import { pathsPlot } from '../../src/plot/pathsPlot.ts'
import { toSvg } from '../../src/plot/render.ts'
import { rowsPlot } from '../../src/plot/rowsPlot.ts'

function draw(options: Parameters<typeof toSvg>[0]): {
  svg: string
  texts: string[]
  all: (s: string) => Element[]
} {
  const svg = toSvg(options)
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement
  const all = (selector: string): Element[] => [...root.querySelectorAll(selector)] as unknown as Element[]
  return { svg, all, texts: all('text').map((e) => e.textContent) }
}

const curve = { name: 'a', color: '#2b7bd6', points: [{ x: 1, y: 2 }, { x: 10, y: 4 }], hasDots: true } // prettier-ignore
const input: CurvesInput = {
  title: 'Title',
  legend: 'Legend.',
  curves: [curve],
  x: { label: 'x', format: String },
  y: { format: String },
}

describe('curvesPlot', () => {
  it('draws a line and its dots, and names it', () => {
    const { all, texts } = draw(curvesPlot(input))
    expect(all('circle')).toHaveLength(2)
    for (const text of ['Title', 'Legend.', 'x', 'a']) expect(texts).toContain(text)
  })

  it('leaves out what has no place on the axes, and draws rules', () => {
    const points = [...curve.points, { x: 2, y: Number.NaN }, { x: 0, y: 1 }, { x: 3, y: -1 }]
    const { all, svg } = draw(curvesPlot({ ...input, curves: [{ ...curve, points }], x: { ...input.x, isLog: true }, y: { ...input.y, isLog: true }, rules: [3] })) // prettier-ignore
    expect(all('circle')).toHaveLength(2)
    expect(all('[stroke-dasharray="4,4"]')).toHaveLength(1)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('runs from right to left when reversed', () => {
    const at = (isReversed: boolean): number[] =>
      draw(curvesPlot({ ...input, x: { ...input.x, isReversed } }))
        .all('circle')
        .map((circle) => Number(circle.getAttribute('cx')))
    expect(at(false)[0]).toBeLessThan(at(false)[1]!)
    expect(at(true)[0]).toBeGreaterThan(at(true)[1]!)
  })

  it('says that there is nothing to draw', () => {
    expect(draw(curvesPlot({ ...input, curves: [] })).texts).toContain('nothing recorded yet')
  })
})

describe('rowsPlot', () => {
  it('puts a dot in its row, and none for what is not a number', () => {
    const dots = [
      { row: 'first', value: 0.5, color: '#2b7bd6' },
      { row: 'second', value: 0.7, color: '#c8620a' },
      { row: 'second', value: Number.NaN, color: '#2b7bd6' },
    ]
    const { all, texts } = draw(
      rowsPlot({ title: 'T', legend: 'L', rows: ['first', 'second'], dots, label: 'share', format: String, from: 0, to: 1 }), // prettier-ignore
    )
    expect(texts).toEqual(expect.arrayContaining(['first', 'second', 'share']))
    const circles = all('circle')
    expect(circles.map((circle) => circle.getAttribute('fill'))).toEqual(['#2b7bd6', '#c8620a'])
    expect(Number(circles[0]!.getAttribute('cy'))).toBeLessThan(Number(circles[1]!.getAttribute('cy')))
  })
})

describe('pathsPlot', () => {
  it('draws every path, and names the mean of each group at its end', () => {
    const points = [[0, 0], [1, 2]] as const // prettier-ignore
    const paths = [0, 0, 1].map((group) => ({ group, points }))
    const means = [0, 1].map((group) => ({ group, points, name: `class ${group}` }))
    const { all, texts } = draw(
      pathsPlot({ title: 'T', legend: 'L', paths, means, xLabel: 'first', yLabel: 'second' }),
    )
    expect(texts).toEqual(expect.arrayContaining(['class 0', 'class 1', 'first', 'second']))
    // Three ends, and ring and disc of each mean
    expect(all('circle')).toHaveLength(3 + 4)
    expect(all('path[d^="M"]').length).toBeGreaterThanOrEqual(5)
  })
})
