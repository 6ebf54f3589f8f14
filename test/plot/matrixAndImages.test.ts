import { Resvg } from '@resvg/resvg-js'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { imagesPlot, matrixPlot } from '../../src/plot/index.ts'

const elements = (svg: string, selector: string): Element[] => [
  ...parseHTML(`<body>${svg}</body>`).document.querySelectorAll(selector),
]
const texts = (svg: string): string[] => elements(svg, 'text').map((node) => node.textContent ?? '')

describe('matrixPlot', () => {
  const svg = matrixPlot({
    title: 'Confusion',
    rows: 'label',
    columns: 'prediction',
    names: ['cat', 'automobile', 'c < d'],
    counts: [
      [7, 0, 1],
      [0, 9, 0],
      [2, 0, 0],
    ],
  })

  it('writes every count that is not zero into its cell, those on the diagonal blue and the others orange', () => {
    const cells = elements(svg, 'rect').map((cell) => cell.closest('g[fill]')!.getAttribute('fill'))
    expect(cells).toEqual(['#0072b2', '#0072b2', '#d55e00', '#d55e00'])
    expect(texts(svg).filter((line) => /^\d+$/.test(line)).toSorted()).toEqual(['1', '2', '7', '9']) // prettier-ignore
  })

  it('names both directions, and the classes by their first letters', () => {
    expect(texts(svg)).toEqual(expect.arrayContaining(['Confusion', 'label', 'prediction', 'cat', 'autom', 'c < d'])) // prettier-ignore
  })
})

describe('imagesPlot', () => {
  const grey = { pixels: [0, 255, 255, 0, 0, 255], caption: '4 -> 9' }
  const plotted = imagesPlot({
    title: 'a < "b"',
    height: 2,
    width: 3,
    channels: 1,
    pictures: [grey, grey, grey],
    columns: 2,
    scale: 10,
  })

  it('draws the pixels that it was given', () => {
    const { width, pixels } = new Resvg(plotted).render()
    const at = (x: number, y: number): number => pixels[4 * (y * width + x)]!
    const drawn = [0, 1].flatMap((row) => [0, 1, 2].map((column) => at(14 + 10 * column + 5, 34 + 10 * row + 5))) // prettier-ignore
    expect(drawn).toEqual(grey.pixels)
  })

  it('puts each picture in its place with its caption', () => {
    const places = elements(plotted, 'svg > g').map((group) => group.getAttribute('transform'))
    expect(places).toEqual(['translate(14,34)', 'translate(58,34)', 'translate(14,80)'])
    expect(texts(plotted)).toEqual(['a < "b"', '4 -> 9', '4 -> 9', '4 -> 9'])
  })

  it('takes three channels as red, green and blue', () => {
    const colours = imagesPlot({
      title: '',
      height: 1,
      width: 2,
      channels: 3,
      pictures: [{ pixels: [255, 0, 0, 0, 255, 51], caption: '' }],
    })
    expect(elements(colours, 'rect')[0]!.getAttribute('fill')).toBe('#ff0000')
    expect(elements(colours, 'path')[0]!.getAttribute('fill')).toBe('#00ff33')
  })
})
