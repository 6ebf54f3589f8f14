import { axisX, axisY, dot, gridX, ruleY, text, type PlotOptions } from '@observablehq/plot'
import type { PlotSize } from './chart.ts'

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
  const { width = 640, height = 400 } = size
  const { title, legend, rows, dots, label, format, from, to } = input
  const margin = { left: 116, top: 54 }
  const headline = { frameAnchor: 'top-left', textAnchor: 'start', lineAnchor: 'top', dx: 6 - margin.left } as const // prettier-ignore
  return {
    width,
    height,
    marginLeft: margin.left,
    marginRight: 24,
    marginTop: margin.top,
    marginBottom: 40,
    style: { fontSize: '12px' },
    ariaLabel: title,
    ariaDescription: legend,
    x: { domain: [from, to] },
    y: { type: 'point', domain: rows, padding: 0.6 },
    marks: [
      gridX({ strokeOpacity: 0.15 }),
      ruleY(rows, { strokeOpacity: 0.15 }),
      axisY({ tickSize: 0, label: null }),
      axisX({ ticks: 4, tickFormat: format, label, labelAnchor: 'center', labelArrow: 'none' }),
      text([title], { ...headline, dy: -margin.top + 6, fontSize: 13, fontWeight: 'bold' }),
      text([legend], { ...headline, dy: -margin.top + 24, fillOpacity: 0.7 }),
      dot(
        dots.filter(({ value }) => Number.isFinite(value)),
        { x: 'value', y: 'row', fill: 'color', r: 5, fillOpacity: 0.85 },
      ),
    ],
    color: { type: 'identity' },
  }
}
