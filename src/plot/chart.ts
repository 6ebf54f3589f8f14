import {
  axisX,
  axisY,
  dot,
  gridY,
  line,
  text,
  type Markish,
  type PlotOptions,
  type ScaleOptions,
} from '@observablehq/plot'
import { endLabels, widthOfLabels, type EndLabel } from './endLabels.ts'
import { AT_MIDDLE, frame, headlines, sized, UNDER_HEADLINES, type PlotSize } from './frame.ts'
import { thinned, type Series } from './series.ts'
import { largest } from './statistics.ts'
import type { TrainingRecord } from './trainingRecord.ts'

const AROUND = { ...UNDER_HEADLINES, left: 52 }

/** The horizontal axis. */
export type XAxis = ScaleOptions & {
  readonly domain: readonly [number, number]
  readonly label: string
  readonly ticks: number | number[]
}

/** What one chart adds to the frame that all share. */
export interface ChartParts {
  readonly title: string
  readonly legend: string
  readonly note: string
  /** Default: images trained on, to the last record's. */
  readonly x?: XAxis
  readonly y: ScaleOptions & { readonly domain: [number, number]; readonly ticks: number | number[] }
  /** A value as its label says it; empty for a name alone. */
  readonly format: (y: number) => string
  readonly marks?: readonly Markish[]
}

/** A chart of a report, of some quantity against images trained on: drawn in the page's colour, its curves labelled at their ends. Figures for notebooks: `figure`. */
export function chart(
  size: PlotSize,
  series: readonly Series[],
  records: readonly TrainingRecord[],
  parts: ChartParts,
): PlotOptions {
  const { width } = sized(size)
  const { title, legend, note, y, format, marks = [] } = parts
  const {
    label: xLabel,
    ticks: xTicks,
    tickFormat: xFormat,
    ...xScale
  } = parts.x ?? imagesAxis(records, width)
  const labels = labelsOf(series, format)
  const margin = { ...AROUND, right: widthOfLabels(labels.map(({ text: label }) => label)) }
  const isEmpty = series.every((s) => s.raw.length + s.smooth.length + s.measured.length === 0)
  const inside = { x: 'x', y: 'y', clip: true } as const
  const { ticks, tickFormat, ...scale } = y
  return {
    ...frame(size, margin, title),
    ariaDescription: isEmpty ? 'No records.' : legend,
    x: xScale,
    y: scale,
    marks: [
      gridY({ ticks, strokeOpacity: 0.15 }),
      axisY({ ticks, tickSize: 0, label: null, ...(tickFormat === undefined ? {} : { tickFormat }) }),
      axisX({
        ticks: xTicks,
        ...(xFormat === undefined ? {} : { tickFormat: xFormat }),
        label: xLabel,
        ...AT_MIDDLE,
      }),
      ...headlines(title, legend, margin),
      text(isEmpty ? ['nothing recorded yet'] : [], { frameAnchor: 'middle', fillOpacity: 0.7 }),
      text(note ? [note] : [], { frameAnchor: 'bottom-left', dx: 6, dy: -6, fillOpacity: 0.85 }),
      ...series.map((s) =>
        line(thinned(s.raw), { ...inside, stroke: s.color, strokeOpacity: 0.28, strokeWidth: 1 }),
      ),
      ...marks,
      ...series.map((s) => line(s.smooth, { ...inside, stroke: s.color, strokeWidth: 2 })),
      // A line through one point is invisible.
      ...series.map((s) =>
        dot(s.smooth.length === 1 ? s.smooth : s.measured, { x: 'x', y: 'y', fill: s.color, r: 3.5 }),
      ),
      endLabels(labels),
    ],
  }
}

function imagesAxis(records: readonly TrainingRecord[], width: number): XAxis {
  const xMax = Math.max(1, largest(records.map((r) => r.images).filter(Number.isFinite)))
  return {
    domain: [0, xMax],
    label: 'images trained on',
    ticks: Math.max(2, Math.round(width / 130)),
    tickFormat: (d: number) =>
      d === 0 ? '0' : xMax >= 1e6 ? `${d / 1e6}M` : xMax >= 1e4 ? `${d / 1000}k` : String(d),
  }
}

/** The name and the last value of each curve, at the end of what says most of it: exact measurements, else the mean, else the noise. */
function labelsOf(series: readonly Series[], format: ChartParts['format']): EndLabel[] {
  return series.flatMap(({ name, color, measured, smooth, raw }) => {
    const last = measured.at(-1) ?? smooth.at(-1) ?? raw.at(-1)
    return last === undefined ? [] : [{ text: `${name} ${format(last.y)}`.trimEnd(), color, ...last }]
  })
}
