import { axisX, axisY, cell, text, type PlotOptions } from '@observablehq/plot'
import { optionNames } from '../ivp/check/optionNames.ts'
import { checkSized } from './figureOptions.ts'
import { frame, inCorner, sized, type PlotSize } from './frame.ts'
import { toSvg } from './render.ts'

export interface MatrixPlotOptions extends PlotSize {
  readonly title: string
  /** What the rows stand for, and what the columns. */
  readonly rows: string
  readonly columns: string
  /** Of the classes, in both directions. */
  readonly names: readonly string[]
  /** `counts[row][column]`, not negative. */
  readonly counts: readonly ArrayLike<number>[]
}

const OPTIONS = optionNames<Omit<MatrixPlotOptions, keyof PlotSize>>({
  title: true,
  rows: true,
  columns: true,
  names: true,
  counts: true,
})

const MARGIN = { top: 34, right: 20, bottom: 46, left: 62 }
/** Letters of a name that stand beside a cell. */
const SHORT = 5
const INK = '#222'

/**
 * Counts in a square of cells, as of labels against predictions: what is on the diagonal blue by its share of the row, what is off it orange; a zero is left blank.
 * @returns an SVG document as text
 */
export function matrixPlot(options: MatrixPlotOptions): string {
  checkSized('matrixPlot', options, OPTIONS)
  const { title, rows, columns, names, counts } = options
  const { width, height } = sized({ width: 440, height: 420, ...options })
  const cells = counts.flatMap((row, i) => {
    const sum = Array.from(row).reduce((total, count) => total + count, 0)
    return Array.from(row, (count, j) => ({
      x: j,
      y: i,
      count,
      share: count / sum,
      isRight: i === j,
    })).filter((one) => one.count > 0)
  })
  const short = (index: number): string => names[index]!.slice(0, SHORT)
  const domain = names.map((_, i) => i)
  const shade = { x: 'x', y: 'y', inset: 0.5 } as const
  const plot: PlotOptions = {
    ...frame({ width, height }, MARGIN, title),
    style: { fontSize: '12px', background: 'white', color: INK },
    x: { type: 'band', domain },
    y: { type: 'band', domain },
    marks: [
      cell(cells.filter(({ isRight }) => isRight), { ...shade, fill: '#0072b2', fillOpacity: ({ share }) => 0.15 + 0.4 * share }), // prettier-ignore
      // A single mistake must stay visible beside a hundred: shaded by the root
      cell(cells.filter(({ isRight }) => !isRight), { ...shade, fill: '#d55e00', fillOpacity: ({ share }) => Math.min(0.7, 0.12 + 1.3 * Math.sqrt(share)) }), // prettier-ignore
      text(cells, { x: 'x', y: 'y', text: 'count', fill: INK }),
      axisX({ tickSize: 0, tickFormat: short, label: columns, labelAnchor: 'center', labelArrow: 'none' }),
      axisY({ tickSize: 0, tickFormat: short, label: rows, labelAnchor: 'center', labelArrow: 'none' }),
      inCorner(title, MARGIN, { x: 8, y: 8 }, { fontSize: 14, fontWeight: 'bold' }),
    ],
  }
  return toSvg(plot)
}
