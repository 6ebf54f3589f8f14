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
import { AT_MIDDLE, frame, headlines, sized, UNDER_HEADLINES, type PlotSize } from './frame.ts'
import { thinned, type Series } from './series.ts'
import { largest } from './statistics.ts'
import type { TrainingRecord } from './trainingRecord.ts'

const MARGIN = { ...UNDER_HEADLINES, right: 82, left: 52 }
const LABEL_HEIGHT = 32

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
  /** A value as its label says it. */
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
  const { width, height } = sized(size)
  const { title, legend, note, y, format, marks = [] } = parts
  const {
    label: xLabel,
    ticks: xTicks,
    tickFormat: xFormat,
    ...xScale
  } = parts.x ?? imagesAxis(records, width)
  const isEmpty = series.every((s) => s.raw.length + s.smooth.length + s.measured.length === 0)
  const inside = { x: 'x', y: 'y', clip: true } as const
  const { ticks, tickFormat, ...scale } = y
  return {
    ...frame(size, MARGIN, title),
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
      ...headlines(title, legend, MARGIN),
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
      ...labelsAtEnds(series, y, height, format).map(({ label, color, dy }) =>
        text([label], {
          frameAnchor: 'top-right',
          textAnchor: 'start',
          lineAnchor: 'middle',
          dx: 8,
          dy,
          fill: color,
          fontWeight: 'bold',
          lineHeight: 1.15,
        }),
      ),
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

/** Labels at the right edge of the frame, at the height of the last value and moved apart where they would overlap. */
function labelsAtEnds(
  series: readonly Series[],
  y: ChartParts['y'],
  height: number,
  format: ChartParts['format'],
): { label: string; color: string; dy: number }[] {
  const inside = height - MARGIN.top - MARGIN.bottom
  const along = y.type === 'log' ? Math.log : (value: number): number => value
  const [low, high] = y.domain.map(along) as [number, number]
  const labels = series.flatMap((s) => {
    const last = s.smooth.at(-1) ?? s.measured.at(-1)
    if (!last) return []
    const fraction = (high - along(last.y)) / (high - low)
    return {
      label: `${s.name}\n${format(last.y)}`,
      color: s.color,
      dy: Math.min(1, Math.max(0, fraction)) * inside,
    }
  })
  labels.sort((a, b) => a.dy - b.dy)
  // Down from the top, then up from the bottom, where there is room for all of them again.
  for (const [i, label] of labels.entries()) {
    const above = labels[i - 1]
    if (above) label.dy = Math.max(label.dy, above.dy + LABEL_HEIGHT)
  }
  let floor = inside
  for (const label of labels.toReversed()) {
    label.dy = Math.min(label.dy, floor)
    floor = label.dy - LABEL_HEIGHT
  }
  return labels
}
