import { Resvg } from '@resvg/resvg-js'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { errorPlot, linePlot, panels, phasePlot } from '../../src/plot/index.ts'

const elements = (svg: string, selector: string): Element[] => [
  ...parseHTML(`<body>${svg}</body>`).document.querySelectorAll(selector),
]
const texts = (svg: string): string[] => elements(svg, 'text').map((node) => node.textContent ?? '')

const steps = [0.5, 0.25, 0.125]
const euler = { name: 'Euler', x: steps, y: steps.map((h) => 2 * h) }

describe('figures for notebooks', () => {
  it('name both axes, the title and every named curve, whatever letters they have', () => {
    const svg = linePlot({
      title: 'a < b & c, 0.0001',
      x: { label: 't (s)' },
      y: { label: 'h(t)' },
      curves: [
        { name: 'x < 1 & y', x: [0, 1], y: [0, 1] },
        { x: [0, 1], y: [1, 0] },
      ],
    })
    expect(texts(svg)).toEqual(expect.arrayContaining(['a < b & c, 0.0001', 't (s)', 'h(t)', 'x < 1 & y']))
    expect(elements(svg, 'circle')).toHaveLength(0)
  })

  it('interrupt a curve where it is not finite', () => {
    const svg = linePlot({
      title: '',
      x: { label: 'x' },
      y: { label: 'y' },
      curves: [{ x: [0, 1, 2, 3, 4], y: [0, 1, Number.NaN, 1, 0] }],
    })
    const [path] = elements(svg, 'g[aria-label="line"] path')
    expect(path!.getAttribute('d')!.match(/M/g)).toHaveLength(2)
  })

  it('draw a reference of slope p as a straight line of that slope below its curve', () => {
    const svg = errorPlot({
      title: '',
      x: { label: 'step', domain: [0.1, 1] },
      y: { label: 'error', domain: [0.01, 1] },
      curves: [euler],
      slopes: [1],
    })
    expect(texts(svg)).toContain('slope 1')
    const [curve, reference] = elements(svg, 'g[aria-label="line"] path').map((path) =>
      path
        .getAttribute('d')!
        .match(/[\d.]+/g)!
        .map(Number),
    )
    const ends = ([x, y]: number[], [u, v]: number[]): number => (v! - y!) / (u! - x!)
    expect(ends(reference!.slice(0, 2), reference!.slice(-2))).toBeCloseTo(ends(curve!.slice(0, 2), curve!.slice(-2)), 2) // prettier-ignore
    expect(Math.max(...curve!.filter((_, i) => i % 2 === 1))).toBeLessThan(Math.max(...reference!.filter((_, i) => i % 2 === 1))) // prettier-ignore
  })

  it('point arrows where the field points, on axes of different lengths too, and none at rest', () => {
    const svg = phasePlot({
      title: '',
      x: { label: 'x', domain: [-1, 1] },
      y: { label: 'y', domain: [-10, 10] },
      width: 482, // A square frame
      height: 476,
      field: (x) => (x > 0 ? [1, 10] : [0, 0]),
    })
    const turns = elements(svg, 'g[aria-label="vector"] path').map((path) => path.getAttribute('transform')!)
    expect(turns.length).toBeGreaterThan(10)
    expect(turns.every((turn) => turn.includes('rotate(45)'))).toBe(true)
  })

  it('stand beside each other in one document, which is drawn even where a line runs far out of its frame', () => {
    const steep = linePlot({
      title: 'a > b',
      x: { label: 'x' },
      y: { label: 'y', domain: [0, 1] },
      curves: [{ x: [0, 0.5, 1], y: [0, 0.5, 100] }],
      width: 300,
      height: 200,
    })
    const svg = panels([steep, steep, steep], 2)
    const [all] = elements(svg, 'svg')
    expect([all!.getAttribute('width'), all!.getAttribute('height')]).toEqual(['600', '400'])
    const places = elements(svg, 'svg > g').map((group) => group.getAttribute('transform'))
    expect(places).toEqual(['translate(0,0)', 'translate(300,0)', 'translate(0,200)'])
    expect(new Resvg(svg).render().width).toBe(600)
  })
})
