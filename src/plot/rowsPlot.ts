import { axisX, axisY, dot, gridX, ruleY, type PlotOptions } from '@observablehq/plot'
import { AT_MIDDLE, frame, headlines, UNDER_HEADLINES, type PlotSize } from './frame.ts'

const MARGIN = { ...UNDER_HEADLINES, right: 24, left: 116 }

/** One dot: a value of a named row. */
export interface RowDot {
  readonly row: string
  readonly value: number
  readonly color: string
}

export interface RowsInput {
  readonly title: string
  readonly legend: string
  /** From top to bottom. */
  readonly rows: readonly string[]
  readonly dots: readonly RowDot[]
  readonly label: string
  readonly format: (value: number) => string
  readonly from: number
  readonly to: number
}

/** Values by rows with names, a dot for each; those that are not finite are left out. */
export function rowsPlot(input: RowsInput, size: PlotSize = {}): PlotOptions {
  const { title, legend, rows, dots, label, format, from, to } = input
  return {
    ...frame(size, MARGIN, title),
    ariaDescription: legend,
    x: { domain: [from, to] },
    y: { type: 'point', domain: rows, padding: 0.6 },
    marks: [
      gridX({ strokeOpacity: 0.15 }),
      ruleY(rows, { strokeOpacity: 0.15 }),
      axisY({ tickSize: 0, label: null }),
      axisX({ ticks: 4, tickFormat: format, label, ...AT_MIDDLE }),
      ...headlines(title, legend, MARGIN),
      dot(
        dots.filter(({ value }) => Number.isFinite(value)),
        { x: 'value', y: 'row', fill: 'color', r: 5, fillOpacity: 0.85 },
      ),
    ],
    color: { type: 'identity' },
  }
}
