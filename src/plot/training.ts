import {
  axisX,
  axisY,
  dot,
  gridY,
  line,
  ruleY,
  text,
  type Markish,
  type PlotOptions,
  type ScaleOptions,
} from '@observablehq/plot'
import type { TrainingRecord } from './trainingRecord.ts'

export interface PlotSize {
  /** Units of the SVG, 640 x 400 by default; text is 12 or 13 units high whatever the size. */
  readonly width?: number
  readonly height?: number
}

/** Colours that stand out by 4 to 1 or more from white as well as from a dark page. */
const BLUE = '#2b7bd6'
const ORANGE = '#c8620a'

const NETS = [
  { net: 'odenet', name: 'ODENet', color: BLUE },
  { net: 'stem', name: 'stem only', color: ORANGE },
] as const

const MARGIN = { top: 54, right: 82, bottom: 40, left: 52 }
const LABEL_HEIGHT = 32
/** A smoothed value is the mean over this share of the run, so that long and short runs look equally calm. */
const SMOOTHED_SHARE = 0.04
/** A raw curve is drawn with two points (lowest, highest) in each of this many parts of the run. */
const RAW_PARTS = 400

interface Point {
  readonly x: number
  readonly y: number
}

/** What is known of one quantity; points have finite coordinates and ascend in x. */
interface Series {
  readonly name: string
  readonly color: string
  /** Noisy measurements: drawn faint, and smoothed. */
  readonly raw: readonly Point[]
  readonly smooth: readonly Point[]
  /** Few, exact measurements: drawn as dots. */
  readonly measured: readonly Point[]
}

/**
 * Loss against images trained on: each batch faint, their moving mean as a line, held-out images as dots. Logarithmic.
 * Losses that are not finite and positive have no place on the axis; a note in the plot counts them.
 */
export function lossCurve(records: readonly TrainingRecord[], size: PlotSize = {}): PlotOptions {
  const isDrawable = (loss: number): boolean => Number.isFinite(loss) && loss > 0
  const series = seriesOfNets(records, (r) => (isDrawable(r.loss) ? r.loss : Number.NaN))
  const trend = series.flatMap((s) => [...s.smooth, ...s.measured]).map((p) => p.y)
  const raw = series.flatMap((s) => s.raw).map((p) => p.y)
  // Single batches fall far below the trend at the end of a run; they would flatten all the rest.
  const low = trend.length > 0 ? smallest(trend) / 2 : 0.1
  const high = trend.length > 0 ? Math.max(largest(trend) * 1.1, quantile(raw, 0.99)) : 3
  const domain: [number, number] = [low, Math.max(high, low * 4)]
  const missing = records.filter((r) => !isDrawable(r.loss)).length
  return chart(size, series, records, {
    title: 'Loss (cross-entropy, nats)',
    legend: 'Faint: each batch. Line: their mean. Dots: test images.',
    note: missing > 0 ? `${missing} of ${records.length} losses are not finite and positive: not drawn` : '',
    y: { type: 'log', domain, ticks: ticksOfLog(domain), tickFormat: (d: number) => String(d) },
    format: (loss) => loss.toPrecision(2),
  })
}

/**
 * Accuracy on held-out images against images trained on, of the ODENet and of its stem alone; behind them the moving
 * mean of the batches' accuracies. A net that was tested only once also gets a dashed line at that height.
 */
export function accuracyCurve(records: readonly TrainingRecord[], size: PlotSize = {}): PlotOptions {
  const series = seriesOfNets(records, (r) => r.accuracy).map((s) =>
    // Without a test, the batches are all that is known: then their mean is the curve.
    s.measured.length > 0 ? { ...s, raw: s.smooth, smooth: s.measured } : { ...s, raw: [] },
  )
  const tested = series.flatMap((s) => s.smooth).map((p) => p.y)
  const low = tested.length > 0 ? Math.min(0.9, Math.floor(smallest(tested) * 10 - 1e-9) / 10) : 0
  return chart(size, series, records, {
    title: 'Accuracy on test images',
    legend: 'Dots: tests. Faint: mean over the batches trained on.',
    note: '',
    y: {
      domain: [Math.max(0, low), 1],
      ticks: 6,
      tickFormat: (d: number) => `${Math.round(d * 1000) / 10} %`,
    },
    format: (accuracy) => `${(100 * accuracy).toFixed(1)} %`,
    marks: series
      .filter((s) => s.measured.length === 1)
      .map((s) => ruleY(s.measured, { y: 'y', stroke: s.color, strokeDasharray: '4,4', strokeOpacity: 0.7 })),
  })
}

/** Evaluations of the ODENet's right-hand side in each step: in its solve, and in the gradient of the solve. */
export function evaluationsCurve(records: readonly TrainingRecord[], size: PlotSize = {}): PlotOptions {
  const steps = records.filter((r) => r.kind === 'step' && r.net === 'odenet')
  const directions = [
    { name: 'forward', color: BLUE, field: 'nfeForward' },
    { name: 'backward', color: ORANGE, field: 'nfeBackward' },
  ] as const
  const series = directions.map(({ name, color, field }): Series => {
    const raw = points(steps, (r) => (field in r ? (r as Record<typeof field, number>)[field] : Number.NaN))
    return { name, color, raw, smooth: movingMean(raw), measured: [] }
  })
  const values = series.flatMap((s) => s.raw).map((p) => p.y)
  return chart(size, series, steps, {
    title: 'Evaluations of the right-hand side in a step',
    legend: 'Faint: each step. Line: their mean.',
    note: '',
    y: { domain: [0, Math.max(1, largest(values) * 1.08)], ticks: 6 },
    format: (evaluations) => evaluations.toFixed(1),
  })
}

interface ChartParts {
  readonly title: string
  readonly legend: string
  readonly note: string
  readonly y: ScaleOptions & { readonly domain: [number, number]; readonly ticks: number | number[] }
  /** A value as its label says it. */
  readonly format: (y: number) => string
  readonly marks?: readonly Markish[]
}

function chart(
  size: PlotSize,
  series: readonly Series[],
  records: readonly TrainingRecord[],
  parts: ChartParts,
): PlotOptions {
  const { width = 640, height = 400 } = size
  const { title, legend, note, y, format, marks = [] } = parts
  const xMax = Math.max(1, largest(records.map((r) => r.images).filter(Number.isFinite)))
  const isEmpty = series.every((s) => s.raw.length + s.smooth.length + s.measured.length === 0)
  const inside = { x: 'x', y: 'y', clip: true } as const
  const headline = {
    frameAnchor: 'top-left',
    textAnchor: 'start',
    lineAnchor: 'top',
    dx: 6 - MARGIN.left,
  } as const
  const { ticks, tickFormat, ...scale } = y
  return {
    width,
    height,
    marginTop: MARGIN.top,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    style: { fontSize: '12px' },
    ariaLabel: title,
    ariaDescription: isEmpty ? 'No records.' : legend,
    x: { domain: [0, xMax] },
    y: scale,
    marks: [
      gridY({ ticks, strokeOpacity: 0.15 }),
      axisY({ ticks, tickSize: 0, label: null, ...(tickFormat === undefined ? {} : { tickFormat }) }),
      axisX({
        ticks: Math.max(2, Math.round(width / 130)),
        tickFormat: (d: number) =>
          d === 0 ? '0' : xMax >= 1e6 ? `${d / 1e6}M` : xMax >= 1e4 ? `${d / 1000}k` : String(d),
        label: 'images trained on',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      text([title], { ...headline, dy: -MARGIN.top + 6, fontSize: 13, fontWeight: 'bold' }),
      text([legend], { ...headline, dy: -MARGIN.top + 24, fillOpacity: 0.7 }),
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

/** Labels at the right edge of the frame, at the height of the last value and moved apart where they would overlap. */
function labelsAtEnds(
  series: readonly Series[],
  y: ChartParts['y'],
  height: number,
  format: ChartParts['format'],
): { label: string; color: string; dy: number }[] {
  const frame = height - MARGIN.top - MARGIN.bottom
  const along = y.type === 'log' ? Math.log : (value: number): number => value
  const [low, high] = y.domain.map(along) as [number, number]
  const labels = series.flatMap((s) => {
    const last = s.smooth.at(-1) ?? s.measured.at(-1)
    if (!last) return []
    const fraction = (high - along(last.y)) / (high - low)
    return {
      label: `${s.name}\n${format(last.y)}`,
      color: s.color,
      dy: Math.min(1, Math.max(0, fraction)) * frame,
    }
  })
  labels.sort((a, b) => a.dy - b.dy)
  // Down from the top, then up from the bottom, where there is room for all of them again.
  for (const [i, label] of labels.entries()) {
    const above = labels[i - 1]
    if (above) label.dy = Math.max(label.dy, above.dy + LABEL_HEIGHT)
  }
  let floor = frame
  for (const label of labels.toReversed()) {
    label.dy = Math.min(label.dy, floor)
    floor = label.dy - LABEL_HEIGHT
  }
  return labels
}

function seriesOfNets(records: readonly TrainingRecord[], value: (r: TrainingRecord) => number): Series[] {
  return NETS.map(({ net, name, color }) => {
    const own = records.filter((r) => r.net === net)
    const raw = points(
      own.filter((r) => r.kind === 'step'),
      value,
    )
    const measured = points(
      own.filter((r) => r.kind === 'eval'),
      value,
    )
    return { name, color, raw, smooth: movingMean(raw), measured }
  })
}

/** In the order of x: a run that was resumed may have gone over some steps twice. */
function points<R extends TrainingRecord>(records: readonly R[], value: (r: R) => number): Point[] {
  return records
    .map((r) => ({ x: r.images, y: value(r) }))
    .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y))
    .sort((a, b) => a.x - b.x)
}

/**
 * Mean over a window around each point. At the start, where curves are steep, the window shrinks on both sides alike;
 * at the end it only loses its right side, so that the last value is still a mean and not one batch.
 */
function movingMean(raw: readonly Point[]): Point[] {
  const half = Math.ceil((raw.length * SMOOTHED_SHARE) / 2)
  const sums = [0]
  for (const p of raw) sums.push(sums.at(-1)! + p.y)
  return thinned(
    raw.map(({ x }, i) => {
      const reach = Math.min(half, i)
      const [from, to] = [i - reach, Math.min(i + reach + 1, raw.length)]
      return { x, y: (sums[to]! - sums[from]!) / (to - from) }
    }),
  )
}

/** The lowest and the highest point of each part of a long curve; a short one as it is. Ends are kept. */
function thinned(curve: readonly Point[]): Point[] {
  if (curve.length <= 2 * RAW_PARTS) return [...curve]
  const kept: Point[] = [curve[0]!]
  for (let part = 0; part < RAW_PARTS; part++) {
    const from = Math.floor((part * curve.length) / RAW_PARTS)
    const members = curve.slice(from, Math.floor(((part + 1) * curve.length) / RAW_PARTS))
    const lowest = members.reduce((a, b) => (b.y < a.y ? b : a))
    const highest = members.reduce((a, b) => (b.y > a.y ? b : a))
    kept.push(...(lowest.x <= highest.x ? [lowest, highest] : [highest, lowest]))
  }
  kept.push(curve.at(-1)!)
  return kept
}

/** 1, 2 and 5 times powers of ten; only the powers where there would be too many. */
function ticksOfLog([low, high]: readonly [number, number]): number[] {
  const ticks: number[] = []
  const factors = high / low > 1000 ? [1] : [1, 2, 5]
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`)
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  }
  return ticks
}

function smallest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity)
}

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity)
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(fraction * (sorted.length - 1))] ?? -Infinity
}
